"""A list of pairs as a coordinator hands it in: CSV in, wishes and problems out.

Nothing is saved from here. A cell that a spreadsheet would run is refused rather than
mended, because nobody is called `=cmd`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from zoneinfo import available_timezones

from scheduler.cadence import Cadence
from scheduler.daysoff import known_country
from scheduler.errors import Refused
from scheduler.localtime import zone
from scheduler.people import Hours

PERSON = ("name", "email", "zone", "hours", "country", "language")
COLUMNS = (
    *(f"mentor_{name}" for name in PERSON),
    *(f"mentee_{name}" for name in PERSON),
    "cadence",
    "minutes",
    "first_day",
    "last_day",
)
REQUIRED = frozenset({"mentor_email", "mentee_email"})
MOST_ROWS = 100_000
MOST_BYTES = 64 * 2**20

_EMAIL = re.compile(
    r"[^\s@,;<>()\[\]\"\\\x00-\x1f\x7f]+@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PersonWish:
    """One of the two; None where the list says nothing."""

    email: str
    name: str = ""
    zone: str | None = None
    hours: Hours | None = None
    country: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PairWish:
    """One good row; None where the programme's template decides."""

    row: int
    mentor: PersonWish
    mentee: PersonWish
    cadence: Cadence | None = None
    minutes: int | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that needs another look; `row` counts lines of the file from 1."""

    row: int
    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Every row of a list, as it was understood."""

    good: tuple[PairWish, ...]
    problems: tuple[Problem, ...]


def email_address(text: str, *, field: str) -> str:
    """One address, trimmed; `Refused` E_EMAIL for none, several, or no domain."""
    trimmed = text.strip()
    if len(trimmed) > 254 or not _EMAIL.fullmatch(trimmed):
        raise Refused(
            "E_EMAIL",
            f"{field} needs one mail address, like ada@example.org.",
            field=field,
        )
    return trimmed


def known_zone(text: str, *, field: str) -> str:
    """The name of a zone; `Refused` E_TZ_UNKNOWN with the nearest name there is."""
    name = text.strip()
    try:
        zone(name)
    except Refused:
        near = get_close_matches(name, available_timezones(), n=1)
        perhaps = f"; perhaps {near[0]}?" if near else "; give one like Europe/Berlin."
        words = f"{field}: there is no time zone {name[:64]!r}{perhaps}"
        raise Refused("E_TZ_UNKNOWN", words, field=field) from None
    return name


def read_roster(data: bytes) -> Roster:
    """Understand every row on its own.

    `Refused` for what concerns the file as a whole: E_CSV_TOO_BIG, E_CSV_ENCODING,
    E_CSV_HEADER, E_CSV_TOO_MANY.
    """
    good: list[PairWish] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for row, cells in list_rows(data):
        try:
            wish = pair_wish(row, cells)
            note_once(seen, wish)
        except Refused as refused:
            field = refused.field or ""
            problems.append(Problem(row, refused.code, field, refused.message))
        else:
            good.append(wish)
    return Roster(tuple(good), tuple(problems))


def note_once(seen: dict[tuple[str, str], int], wish: PairWish) -> None:
    """Remember a pair's row; `Refused` E_CSV_DUPLICATE the second time."""
    both = wish.mentor.email.lower(), wish.mentee.email.lower()
    first = seen.setdefault(both, wish.row)
    if first != wish.row:
        words = f"This pair stands in row {first} already."
        raise Refused("E_CSV_DUPLICATE", words, field="mentee_email")


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Refused("E_CSV_TOO_BIG", "The list is larger than 64 MiB.", field="file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "E_CSV_ENCODING",
            "The list is not UTF-8 throughout; save it as 'CSV UTF-8'.",
            field="file",
        ) from None


def list_rows(
    data: bytes, columns: tuple[str, ...] = COLUMNS
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The line and the cells of every row that is not empty, by column.

    Only `columns` may stand in the header. `Refused` as `read_roster` says.
    """
    reader = csv.reader(io.StringIO(_text(data)), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, columns)
        count = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise Refused(
                    "E_CSV_TOO_MANY",
                    "A list holds 100,000 pairs at most.",
                    field="file",
                )
            padded = [*cells, *[""] * (len(header) - len(cells))]
            extra = "" if len(cells) <= len(header) else "more cells than columns"
            named = dict(zip(header, padded, strict=False)) | {"": extra}
            yield reader.line_num, named
    except csv.Error:
        raise Refused(
            "E_CSV_HEADER",
            f"Line {reader.line_num} is not CSV; a quotation mark may be missing.",
            field="file",
        ) from None


def _check_header(header: list[str], columns: tuple[str, ...]) -> None:
    unknown = [name for name in header if name not in columns]
    missing = sorted(REQUIRED - set(header))
    if unknown or missing or len(set(header)) < len(header):
        what = (
            f"there is no column {unknown[0][:40]!r}"
            if unknown
            else f"the column {missing[0]} is missing"
            if missing
            else "a column stands there twice"
        )
        raise Refused(
            "E_CSV_HEADER",
            f"In the first line, {what}; the columns are {', '.join(columns)}.",
            field="header",
        )


def pair_wish(row: int, cells: Mapping[str, str]) -> PairWish:
    """What one row says; `Refused` with the field that is wrong."""
    if cells[""]:
        raise Refused("E_CSV_ROW", "This row has more cells than columns.", field="row")
    for field, cell in cells.items():
        if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
            words = f"{field} begins with {cell[:1]!r}, which a spreadsheet would run."
            raise Refused("E_CSV_FORMULA", words, field=field)
    mentor, mentee = _person("mentor", cells), _person("mentee", cells)
    if mentor.email.lower() == mentee.email.lower():
        words = "Mentor and mentee have the same address."
        raise Refused("E_EMAIL", words, field="mentee_email")
    cadence = cells.get("cadence", "").strip()
    return PairWish(
        row,
        mentor,
        mentee,
        Cadence.parse(cadence) if cadence else None,
        _minutes(cells.get("minutes", "").strip()),
        _day(cells, "first_day"),
        _day(cells, "last_day"),
    )


def _person(who: str, cells: Mapping[str, str]) -> PersonWish:
    def cell(name: str) -> str:
        return cells.get(f"{who}_{name}", "").strip()

    hours, zone_name = cell("hours"), cell("zone")
    return PersonWish(
        email_address(cell("email"), field=f"{who}_email"),
        " ".join(cell("name").split())[:100],
        known_zone(zone_name, field=f"{who}_zone") if zone_name else None,
        Hours.parse(hours, field=f"{who}_hours") if hours else None,
        known_country(cell("country"), field=f"{who}_country"),
        _language(cell("language").lower(), field=f"{who}_language"),
    )


def _language(text: str, *, field: str) -> str | None:
    if not text:
        return None
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z]{2})?", text):
        raise Refused("E_FIELD", f"{field} is a code like en or de.", field=field)
    return text


def _minutes(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 15 <= int(text) <= 480:
        raise Refused(
            "E_MINUTES", "minutes is a number from 15 to 480.", field="minutes"
        )
    return int(text)


def _day(cells: Mapping[str, str], field: str) -> date | None:
    text = cells.get(field, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = f"{field} is a date like 2026-09-28."
        raise Refused("E_DATE", words, field=field) from None
