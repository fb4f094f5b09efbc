"""`Invite` to iCalendar: the bytes that CalDAV stores and that iMIP mails.

The same `Invite` always gives the same bytes: nothing here asks the clock, and the
order of lines is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from integrations.ics.lines import bare, folded, line, text
from integrations.ics.vtimezone import vtimezone
from scheduler.invite import Attendee, Invite, Method, Override
from scheduler.localtime import zone
from scheduler.timespan import Span

PRODID = "-//Troth//Troth 1//EN"
#: Years beyond the last date known that the VTIMEZONE covers, for a rule goes on.
_YEARS_AHEAD = 2


def encode(invite: Invite) -> bytes:
    """A whole VCALENDAR (RFC 5545; with METHOD, RFC 5546), CRLF, folded, UTF-8.

    Times are wall time in the invite's zone; one that its wall clock cannot name
    (the second half of a repeated hour) is written in UTC. `Refused` E_TZ_UNKNOWN.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"]
    if invite.method is not Method.NONE:
        lines.append(f"METHOD:{invite.method.value}")
    if invite.zone != "UTC":
        lines += vtimezone(invite.zone, *_years(invite))
    lines += _event(invite, None)
    for override in sorted(invite.overrides, key=lambda o: o.original_start):
        lines += _event(invite, override)
    return folded([*lines, "END:VCALENDAR"])


def _years(invite: Invite) -> tuple[int, int]:
    instants = [invite.span.start, invite.span.end, *invite.exdates]
    instants += [o.original_start for o in invite.overrides]
    instants += [t for o in invite.overrides for t in (o.span.start, o.span.end)]
    if invite.recurrence_id:
        instants.append(invite.recurrence_id)
    return min(instants).year, max(instants).year + _YEARS_AHEAD


def _event(invite: Invite, override: Override | None) -> Iterator[str]:
    """One VEVENT: the master, or one override of it."""
    yield "BEGIN:VEVENT"
    yield line("UID", text(invite.uid))
    yield line("DTSTAMP", _utc(invite.stamp))
    yield f"SEQUENCE:{invite.sequence}"
    yield from _when(invite, override)
    yield line("SUMMARY", text(invite.summary))
    yield from _texts(invite, override)
    if invite.organizer:
        yield _user("ORGANIZER", invite.organizer, {})
    for attendee in invite.attendees:
        yield _user("ATTENDEE", attendee, _attending(attendee))
    for attachment in invite.attachments:
        media = {"FMTTYPE": attachment.media_type}
        yield line("ATTACH", bare(attachment.url), media)
    yield f"STATUS:{'CANCELLED' if invite.method is Method.CANCEL else 'CONFIRMED'}"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _when(invite: Invite, override: Override | None) -> Iterator[str]:
    where = zone(invite.zone)
    rule_time = invite.span.start.astimezone(where)
    if override:
        yield _date("RECURRENCE-ID", override.original_start, where, rule_time)
        yield from _times(override.span, where)
        return
    if invite.recurrence_id:
        yield _date("RECURRENCE-ID", invite.recurrence_id, where)
    yield from _times(invite.span, where)
    if invite.rrule:
        yield line("RRULE", bare(invite.rrule))
    for left_out in sorted(invite.exdates):
        yield _date("EXDATE", left_out, where, rule_time)


def _times(span: Span, where: ZoneInfo) -> Iterator[str]:
    yield _date("DTSTART", span.start, where)
    yield _date("DTEND", span.end, where)


def _texts(invite: Invite, override: Override | None) -> Iterator[str]:
    description = invite.description
    if override and override.description is not None:
        description = override.description
    if description:
        yield line("DESCRIPTION", text(description))
    if invite.location:
        yield line("LOCATION", text(invite.location))
    if invite.url:
        yield line("URL", bare(invite.url))


def _date(
    name: str, at: datetime, where: ZoneInfo, rule_time: datetime | None = None
) -> str:
    """A DATE-TIME in this zone's wall clock, or in UTC where that has no name for it.

    With `rule_time` the wall time is the rule's, if it means this instant: programs
    look for the date as the rule writes it, also where a clock change skips it.
    """
    local = at.astimezone(where)
    by_rule = rule_time and datetime.combine(local.date(), rule_time.time(), where)
    if by_rule and by_rule.astimezone(UTC) == at:
        local = by_rule
    if where.key == "UTC" or local.replace(fold=0).astimezone(UTC) != at:
        return line(name, _utc(at))
    return line(name, local.strftime("%Y%m%dT%H%M%S"), {"TZID": where.key})


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _user(name: str, user: Attendee, params: dict[str, str]) -> str:
    called = {"CN": user.name} if user.name else {}
    return line(name, f"mailto:{bare(user.email)}", params | called)


def _attending(attendee: Attendee) -> dict[str, str]:
    params = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": attendee.partstat}
    return params | ({"RSVP": "TRUE"} if attendee.rsvp else {})
