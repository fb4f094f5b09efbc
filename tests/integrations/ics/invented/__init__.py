"""Calendars that are invented together with the busy time they stand for.

The busy time is found day by day from what was meant, never from the text, and with no
calendar library: a day is on a rule or it is not; a wall time is an instant of its zone
if that instant, looked at on the zone's clock, shows it.
"""
