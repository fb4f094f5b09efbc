"""Wall times as people type them: skipped and repeated ones are said, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime

from scheduler.errors import Refused
from scheduler.localtime import instant, is_repeated, is_skipped, zone
from web.sheets import day, place


def read_wall_time(
    text: str, zone_name: str, *, field: str, which: str = ""
) -> datetime:
    """The instant of a `datetime-local` value on this clock, in UTC.

    `which` is `first` or `second` where the time happens twice. `Refused` E_TIME for
    what is none, E_TIME_GAP for one that a clock change skips, with the time it
    becomes, and E_TIME_TWICE for a repeated one without `which`.
    """
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None:
        raise Refused(
            "E_TIME", "Give a day and a time, like 2026-03-06T15:00.", field=field
        )
    where = zone(zone_name)
    on, at = local.date(), local.time()
    clock, where_words = f"{at:%H:%M}", f"{day(on)} in {place(zone_name)}"
    if is_skipped(on, at, where):
        becomes = instant(on, at, where).astimezone(where)
        raise Refused(
            "E_TIME_GAP",
            f"{clock} does not exist on {where_words}; did you mean {becomes:%H:%M}?",
            field=field,
        )
    if is_repeated(on, at, where):
        if which not in {"first", "second"}:
            raise Refused(
                "E_TIME_TWICE",
                f"{clock} happens twice on {where_words}; say the first or the second.",
                field=field,
            )
        fold = 1 if which == "second" else 0
        return local.replace(tzinfo=where, fold=fold).astimezone(UTC)
    return instant(on, at, where)
