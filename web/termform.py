"""The form in which terms are written: what was typed, and what is wrong with it.

Whatever comes in, nothing of it is lost: a field that cannot be read is named, with the
mend, above and beside what was typed there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from starlette.datastructures import FormData
from starlette.requests import Request

from scheduler.agreement import Terms
from scheduler.cadence import Cadence
from scheduler.daysoff import known_country
from scheduler.errors import Refused
from scheduler.people import Hours, Role, day_names, read_quiet_days
from scheduler.venue import read_venue

CADENCES = ("weekly", *(f"every {n} weeks" for n in range(2, 13)), "monthly")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: How often to look back, in weeks; 0 is never.
REVIEWS = ("0", "4", "6", "8", "12", "16", "24")
#: What the fields of the form choose from.
CHOICES = {"cadences": CADENCES, "weekdays": WEEKDAYS, "reviews": REVIEWS}
#: More than any field may hold.
_MOST = 4_000

#: Boxes: what is not ticked does not come along.
_BOXES = frozenset(
    {
        "book_without_asking",
        "agenda_in_event",
        *(f"{who}quiet" for who in ("", "mentor_", "mentee_")),
    }
)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class TermForm:
    """A form as it is shown: text for each field, and an error for some.

    A field of one person is called `hours`, `quiet` or `country`; where a form holds
    both people's, their role stands before it: `mentor_hours`.
    """

    values: Mapping[str, str]
    errors: Mapping[str, Refused] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        """Whether something needs another look."""
        return bool(self.errors)

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(name, "")


async def typed(request: Request) -> dict[str, str]:
    """Every field of a form as text; boxes of one name are joined by commas."""
    form: FormData = await request.form()
    found: dict[str, str] = {}
    for name in form:
        texts = [part[:_MOST] for part in form.getlist(name) if isinstance(part, str)]
        found[name] = ", ".join(texts)
    return found


def shown(terms: Terms, roles: Mapping[Role, str]) -> TermForm:
    """The form that says these terms; `roles` are the prefixes of people's fields."""
    values = {
        "cadence": str(terms.cadence),
        "minutes": str(terms.minutes),
        "first_day": terms.first_day.isoformat(),
        "last_day": terms.last_day.isoformat(),
        "notice_hours": str(terms.notice_hours),
        "book_without_asking": "yes" if terms.book_without_asking else "",
        "agenda_in_event": "yes" if terms.agenda_in_event else "",
        "where_kind": terms.venue.kind.value,
        "where": terms.venue.text,
        "off_limits": "\n".join(terms.off_limits),
        "review_weeks": str(terms.review_weeks or 0),
    }
    for role, prefix in roles.items():
        values[f"{prefix}hours"] = str(terms.hours_of(role))
        values[f"{prefix}quiet"] = day_names(terms.quiet_of(role))
        values[f"{prefix}country"] = terms.country_of(role)
    return TermForm(values)


@dataclass(slots=True)
class Reader:
    """Reads one field after the other, and remembers what could not be read."""

    values: Mapping[str, str]
    errors: dict[str, Refused] = field(default_factory=dict)

    def read(self, name: str, how: Callable[[str], Read], otherwise: Read) -> Read:
        """The field as a value; where it cannot be read, `otherwise` and an error.

        What did not come along at all is left as it is.
        """
        if name not in self.values:
            return otherwise
        try:
            return how(self.values[name].strip())
        except Refused as refused:
            self.errors[name] = refused
        except ValueError:
            self.errors[name] = _unreadable(name)
        return otherwise


def read_terms(
    values: Mapping[str, str], base: Terms, roles: Mapping[Role, str]
) -> tuple[Terms | None, TermForm]:
    """The terms that were typed, or None and the form with every error.

    What the form has no field for, such as the other one's hours, is as in `base`.
    """
    reader = Reader(values)
    kind = values.get("where_kind", base.venue.kind.value)
    changes: dict[str, Any] = {
        "cadence": reader.read("cadence", Cadence.parse, base.cadence),
        "minutes": reader.read("minutes", int, base.minutes),
        "first_day": reader.read("first_day", date.fromisoformat, base.first_day),
        "last_day": reader.read("last_day", date.fromisoformat, base.last_day),
        "notice_hours": reader.read("notice_hours", int, base.notice_hours),
        "book_without_asking": values.get("book_without_asking") == "yes",
        "agenda_in_event": values.get("agenda_in_event") == "yes",
        "venue": reader.read("where", lambda it: read_venue(kind, it), base.venue),
        "off_limits": reader.read("off_limits", _lines, base.off_limits),
        "review_weeks": reader.read(
            "review_weeks", lambda it: int(it) or None, base.review_weeks
        ),
    }
    for role, prefix in roles.items():
        changes |= _own(reader, base, role, prefix)
    try:
        terms = replace(base, **changes)
    except Refused as refused:
        reader.errors.setdefault(_field(refused, roles), refused)
    else:
        if not reader.errors:
            return terms, shown(terms, roles)
    known = shown(base, roles).values
    return None, TermForm(
        {n: it for n, it in known.items() if n not in _BOXES} | dict(values),
        reader.errors,
    )


def _own(reader: Reader, base: Terms, role: Role, prefix: str) -> dict[str, Any]:
    """What is said of one of the two."""

    def named(how: Callable[..., Read], name: str) -> Callable[[str], Read]:
        return lambda it: how(it, field=name)

    who = role.value
    return {
        f"{who}_hours": reader.read(
            f"{prefix}hours", named(Hours.parse, "hours"), base.hours_of(role)
        ),
        f"{who}_quiet": reader.read(
            f"{prefix}quiet", named(read_quiet_days, "quiet"), frozenset[int]()
        ),
        f"{who}_country": reader.read(
            f"{prefix}country", named(known_country, "Country"), base.country_of(role)
        ),
    }


def _field(refused: Refused, roles: Mapping[Role, str]) -> str:
    """The field of the form that a refused term was written in."""
    name = refused.field or "cadence"
    for role, prefix in roles.items():
        if name.startswith(f"{role.value}_"):
            return prefix + name.removeprefix(f"{role.value}_")
    return name


def _lines(text: str) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return tuple(line for line in lines if line)


_KINDS: Sequence[tuple[frozenset[str], str]] = (
    (frozenset({"first_day", "last_day"}), "is a day, like 2026-09-28"),
    (
        frozenset({"minutes", "notice_hours", "review_weeks", "weeks"}),
        "is a whole number, like 45",
    ),
)


def _unreadable(name: str) -> Refused:
    words = next((said for names, said in _KINDS if name in names), "cannot be read")
    label = name.replace("_", " ").capitalize()
    return Refused("E_FIELD", f"{label} {words}.", field=name)
