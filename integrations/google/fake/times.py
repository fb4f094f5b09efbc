"""Google's times: a whole day, or an instant shown in a zone; and instances' names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from integrations.google.fake.problems import Json, invalid
from scheduler.errors import Refused
from scheduler.localtime import midnight
from scheduler.localtime import zone as zone_of

DAY = timedelta(days=1)


def named_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name, or 400."""
    try:
        return zone_of(name)
    except Refused:
        raise invalid(f"Invalid time zone: {name}", "timeZone") from None


def read_instant(text: str) -> datetime:
    """The UTC instant of an RFC 3339 text with an offset, whole seconds; or 400."""
    when = datetime.fromisoformat(text.upper())
    if when.tzinfo is None:
        raise invalid("Missing time zone offset.")
    return when.astimezone(UTC).replace(microsecond=0)


def canonical(given: Mapping[str, str], home: str) -> Json:
    """An EventDateTime as it is kept: a day, or an instant in UTC with its zone."""
    if given.get("date"):
        if given.get("dateTime"):
            raise invalid("Give a date or a dateTime, not both.", "start")
        return {"date": given["date"]}
    if not given.get("dateTime"):
        raise invalid("Missing time.", "start")
    zone = named_zone(given.get("timeZone") or home)
    when = datetime.fromisoformat(given["dateTime"].upper())
    if when.tzinfo is None:
        if not given.get("timeZone"):
            raise invalid("Missing time zone definition.", "start")
        when = when.replace(tzinfo=zone)
    utc = when.astimezone(UTC).replace(microsecond=0)
    return {"dateTime": utc.isoformat(), "timeZone": zone.key}


def instant(kept: Mapping[str, str], home: str) -> datetime:
    """The UTC instant of a kept time; whole days begin in the calendar's zone."""
    if "date" in kept:
        return midnight(date.fromisoformat(kept["date"]), zone_of(home))
    return datetime.fromisoformat(kept["dateTime"]).astimezone(UTC)


def shown(kept: Mapping[str, str], zone: ZoneInfo) -> Json:
    """A kept time as an answer shows it, with the offset of this zone."""
    if "date" in kept:
        return dict(kept)
    local = datetime.fromisoformat(kept["dateTime"]).astimezone(zone)
    text = local.isoformat().replace("+00:00", "Z")
    return {"dateTime": text, "timeZone": kept["timeZone"]}


def stamp(kept: Mapping[str, str]) -> str:
    """How the id of the instance that begins then ends."""
    if "date" in kept:
        return kept["date"].replace("-", "")
    when = datetime.fromisoformat(kept["dateTime"]).astimezone(UTC)
    return f"{when:%Y%m%dT%H%M%SZ}"


def moved(kept: Mapping[str, str], by: timedelta) -> Json:
    """The same kind of time, later by this much (whole days for a day)."""
    if "date" in kept:
        day = date.fromisoformat(kept["date"]) + by
        return {"date": day.isoformat()}
    when = datetime.fromisoformat(kept["dateTime"]) + by
    return {**kept, "dateTime": when.isoformat()}


def between(start: Mapping[str, str], end: Mapping[str, str]) -> timedelta:
    """How long from one kept time to another of the same kind."""
    if "date" in start:
        return date.fromisoformat(end["date"]) - date.fromisoformat(start["date"])
    first, last = start["dateTime"], end["dateTime"]
    return datetime.fromisoformat(last) - datetime.fromisoformat(first)


def rfc3339(when: datetime) -> str:
    """As Google writes `updated`: UTC, milliseconds, Z."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"
