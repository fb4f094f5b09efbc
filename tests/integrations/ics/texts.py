"""Calendars as texts, for tests."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from integrations.ics.decode import Decoded, decode
from scheduler.timespan import Span

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    """`2026-01-05 09:00` as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, end: str) -> Span:
    return Span(utc(start), utc(end))


YEAR = span("2026-01-01", "2027-01-01")


def calendar(*components: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN"]
    text = "\n".join([*lines, *components, "END:VCALENDAR", ""])
    return text.replace("\n", "\r\n").encode()


def event(*lines: str, uid: str = "one@example.org") -> str:
    named = [f"UID:{uid}"] if uid else []
    return "\n".join(["BEGIN:VEVENT", *named, *lines, "END:VEVENT"])


def read(
    *components: str,
    window: Span = YEAR,
    zone: ZoneInfo = BERLIN,
    owner: str = "",
) -> Decoded:
    return decode(calendar(*components), window=window, zone=zone, owner=owner)


def busy(
    *components: str,
    window: Span = YEAR,
    zone: ZoneInfo = BERLIN,
    owner: str = "",
) -> list[str]:
    """Busy spans as `2026-01-05 09:00/10:00`, the date again where it is another."""
    found = read(*components, window=window, zone=zone, owner=owner).busy(window)
    return [shown(one) for one in found]


def shown(one: Span) -> str:
    same = one.start.date() == one.end.date()
    end = f"{one.end:%H:%M}" if same else f"{one.end:%Y-%m-%d %H:%M}"
    return f"{one.start:%Y-%m-%d %H:%M}/{end}"


def codes(decoded: Decoded) -> list[str]:
    return [warning.code for warning in decoded.warnings]
