"""Pages: templates, and the words for times that they share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from scheduler.cadence import Cadence
from scheduler.effects import Effect, SendInvite, SendLetter
from scheduler.localtime import zone
from scheduler.people import Person
from scheduler.timespan import Span
from web.bands import joined

HERE = Path(__file__).parent


def place(zone_name: str) -> str:
    """The city that stands for a zone: `America/New_York` is New York."""
    return zone_name.rpartition("/")[2].replace("_", " ")


def day(when: datetime | date, zone_name: str = "UTC", *, year: bool = False) -> Markup:
    """`Tuesday 19 January` on this clock; day and month never break."""
    local = when.astimezone(zone(zone_name)) if isinstance(when, datetime) else when
    weekday = format_date(local, "EEEE", locale="en")
    rest = format_date(local, "d MMMM y" if year else "d MMMM", locale="en")
    return Markup("{} {}").format(weekday, Markup("&nbsp;").join(rest.split(" ")))


def hour(when: datetime, zone_name: str) -> str:
    """`15:00` on this clock."""
    return when.astimezone(zone(zone_name)).strftime("%H:%M")


def hours(span: Span, zone_name: str) -> str:
    """`15:00 to 15:45` on this clock."""
    return f"{hour(span.start, zone_name)} to {hour(span.end, zone_name)}"


def iso(when: datetime, zone_name: str) -> str:
    """For the `datetime` attribute."""
    return when.astimezone(zone(zone_name)).isoformat(timespec="minutes")


def first(person: Person) -> str:
    """What one calls them: the first name, or the address as long as none is known."""
    return person.name.split()[0] if person.name.strip() else person.email


def sentence(cadence: Cadence) -> str:
    """`Every two weeks`, at the beginning of a sentence."""
    if cadence.unit == "month":
        return "Every month"
    if cadence.every == 1:
        return "Every week"
    return f"Every {number(cadence.every)} weeks"


def kind(effect: Effect) -> str:
    """What an effect was to do, without a name or a time."""
    if isinstance(effect, SendLetter):
        return f"a letter ({effect.letter.kind.value})"
    return "an invitation" if isinstance(effect, SendInvite) else "a calendar entry"


def number(count: int) -> str:
    """Small numbers as words, as one writes them in a letter."""
    words = "no one two three four five six seven eight nine ten eleven twelve thirteen"
    named = words.split()
    return named[count] if 0 <= count < len(named) else str(count)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "place": place,
        "day": day,
        "hour": hour,
        "hours": hours,
        "iso": iso,
        "number": number,
        "first": first,
        "kind": kind,
        "sentence": sentence,
        "joined": joined,
    }
    return environment


def sheet(
    request: Request,
    name: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Response:
    """Render a template with the visitor, if there is one, and these facts."""
    visitor = getattr(request.state, "visitor", None)
    facts = {"visitor": visitor, "error": None} | facts
    body = _environment().get_template(name).render(facts)
    return HTMLResponse(body, status, headers)
