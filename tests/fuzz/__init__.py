"""Calendars mangled at random, decoded under the limits of production.

`make fuzz` looks for twenty minutes; `make test` decodes the first cases of it.
"""
