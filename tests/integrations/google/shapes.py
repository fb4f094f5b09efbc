"""Bodies of events, and a mirror that follows a calendar as Google's guide says."""

from typing import Any

Json = dict[str, Any]


def timed(day: int = 3, hour: int = 10, zone: str = "Europe/Berlin") -> Json:
    """One hour on a day of March 2026, on the wall clock of a zone."""
    start, end = f"2026-03-{day:02}T{hour:02}:00:00", f"2026-03-{day:02}T{hour + 1:02}"
    return {
        "start": {"dateTime": start, "timeZone": zone},
        "end": {"dateTime": f"{end}:00:00", "timeZone": zone},
    }


def weekly(count: int = 4, **more: Any) -> Json:
    """Tuesdays at ten, from the third of March on; summer time begins on the 29th."""
    rule = {"recurrence": [f"RRULE:FREQ=WEEKLY;COUNT={count}"]}
    return {"summary": "Mentoring", **timed(), **rule, **more}


def guests(*emails: str) -> list[Json]:
    return [{"email": email} for email in emails]


def listed(events: Any, **query: Any) -> tuple[list[Json], str | None]:
    """All pages of a list, and the token of the last."""
    items: list[Json] = []
    request = events.list(calendarId="primary", **query)
    answer: Json = {}
    while request is not None:
        answer = request.execute()
        assert ("nextPageToken" in answer) + ("nextSyncToken" in answer) <= 1
        items += answer["items"]
        request = events.list_next(request, answer)
    return items, answer.get("nextSyncToken")
