"""Bad calendars 1 to 34, as the promises number them, with what is said of each."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.integrations.ics.texts import calendar, event

MIB = 1024 * 1024
START, END = "DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"
HOURS = ",".join(str(hour) for hour in range(24))
SIXTY = ",".join(str(minute) for minute in range(60))
DENSE = (
    "RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO,TU,WE,TH,FR,SA,SU"
    f";BYHOUR={HOURS};BYMINUTE={SIXTY};BYSECOND={SIXTY}"
)
#: What nobody may find again anywhere (cases 32 to 34).
CANARY = "zwetschge"
OWNER = f"{CANARY}@example.org"


@dataclass(frozen=True, slots=True)
class Case:
    """One file, and the code of its refusal or of the one warning; '' for neither.

    `busy` is how many busy spans it has in 2026, None where it is refused.
    """

    number: int
    name: str
    make: Callable[[], bytes]
    code: str = ""
    busy: int | None = 1

    @property
    def is_refused(self) -> bool:
        return self.code.startswith("E_")


class Reads:
    """A file that counts how often it is read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.times = 0

    def __iter__(self) -> Iterator[bytes]:
        self.times += 1
        yield self._data


def one(*lines: str, uid: str = "one@example.org") -> Callable[[], bytes]:
    return lambda: calendar(event(*lines, uid=uid))


def meeting(*lines: str) -> Callable[[], bytes]:
    return one(START, END, *lines)


def some(*events: str) -> Callable[[], bytes]:
    return lambda: calendar(*events)


def octets(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def refused(number: int, name: str, make: Callable[[], bytes], code: str) -> Case:
    return Case(number, name, make, code, None)


@cache
def bomb() -> bytes:
    """190 KiB of gzip that are 200 MB."""
    squeeze = zlib.compressobj(wbits=31)
    chunk = bytes(MIB)
    return b"".join(squeeze.compress(chunk) for _ in range(191)) + squeeze.flush()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("calendar.ics", calendar(event(START)))
    return file.getvalue()


def big() -> bytes:
    line = f"DESCRIPTION:{'x' * 990}"
    return calendar(*[line] * 21_200)


def many_dates(count: int) -> bytes:
    days = [f"2026{m:02}{d:02}" for m in range(1, 13) for d in range(1, 29)]
    times = [f"T{h:02}{m:02}00Z" for h in range(24) for m in range(0, 60, 3)]
    dates = [day + time for day in days for time in times][:count]
    lines = (",".join(dates[at : at + 50]) for at in range(0, len(dates), 50))
    return calendar(event(START, "DURATION:PT1M", *(f"RDATE:{d}" for d in lines)))


def changes(count: int) -> bytes:
    days = [f"2026{m:02}{d:02}" for m in range(1, 13) for d in range(1, 29)]
    whens = [f"{d}T{h:02}{m:02}00Z" for d in days for h in range(24) for m in (0, 30)]
    some = (
        event(f"RECURRENCE-ID:{when}", f"DTSTART:{when}", "DURATION:PT2M")
        for when in whens[:count]
    )
    return calendar(*some)


def nested() -> bytes:
    return calendar("BEGIN:VEVENT\n" * 5_000)


def in_zone(name: str, *before: str) -> Callable[[], bytes]:
    meant = event(f"DTSTART;TZID={name}:20260310T080000", "DURATION:PT1H")
    return some(*before, meant)


def ticking(name: str) -> str:
    return "\n".join(
        [
            "BEGIN:VTIMEZONE",
            f"TZID:{name}",
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            "RRULE:FREQ=MINUTELY",
            "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0100",
            "END:STANDARD",
            "END:VTIMEZONE",
        ]
    )


NEWER = event("DTSTART:20260106T090000Z", "DURATION:PT1H", "SEQUENCE:2")
CASES = (
    refused(1, "nothing", octets(b""), "E_ICS_EMPTY"),
    refused(1, "blanks", octets(b"\r\n \r\n\0"), "E_ICS_EMPTY"),
    refused(2, "login page", octets(b"<!DOCTYPE html><p>Sign"), "E_ICS_NOT_CALENDAR"),
    refused(3, "cut", lambda: meeting()()[:-20], "E_ICS_TRUNCATED"),
    refused(3, "cut in an event", lambda: meeting()()[:90], "E_ICS_TRUNCATED"),
    refused(4, "21 MB", big, "E_ICS_TOO_BIG"),
    refused(6, "ZIP", zipped, "E_ICS_NOT_CALENDAR"),
    refused(6, "PDF", octets(b"%PDF-1.7\n"), "E_ICS_NOT_CALENDAR"),
    refused(6, "gzip", lambda: gzip.compress(meeting()()), "E_ICS_NOT_CALENDAR"),
    Case(7, "every second", meeting("RRULE:FREQ=SECONDLY"), "W_RRULE_FREQ", 0),
    Case(8, "every minute", meeting("RRULE:FREQ=MINUTELY"), "W_RRULE_FREQ", 0),
    Case(8, "every hour", one(START, "DURATION:PT1M", "RRULE:FREQ=HOURLY"), "", 8655),
    Case(
        9,
        "a thousand million",
        one(START, "DURATION:PT1M", "RRULE:FREQ=HOURLY;BYMINUTE=0,30;COUNT=1000000000"),
        "W_RRULE_CAPPED",
    ),
    Case(9, "daily", meeting("RRULE:FREQ=DAILY;COUNT=1000000000"), "", 361),
    refused(10, "0", meeting("RRULE:FREQ=DAILY;INTERVAL=0"), "E_RRULE_INTERVAL"),
    refused(10, "-1", meeting("RRULE:FREQ=DAILY;INTERVAL=-1"), "E_RRULE_INTERVAL"),
    Case(
        11,
        "31 February",
        meeting("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"),
        "W_RRULE_NEVER",
        0,
    ),
    Case(
        12,
        "EXRULE",
        meeting("RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"),
        "W_RRULE_NEVER",
        0,
    ),
    refused(13, "dense", meeting(DENSE), "E_RRULE_TOO_COMPLEX"),
    Case(13, "dense, once", meeting(f"{DENSE};COUNT=1")),
    Case(
        14,
        "UNTIL too early",
        meeting("RRULE:FREQ=DAILY;UNTIL=20251231T000000Z"),
        "W_RRULE_EMPTY",
        0,
    ),
    Case(
        15,
        "UNTIL floating",
        one(
            "DTSTART;TZID=Europe/Berlin:20260302T100000",
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY;UNTIL=20260304T100000",
        ),
        "",
        3,
    ),
    refused(16, "no DTSTART", one("SUMMARY:x"), "E_EVENT_NO_START"),
    refused(
        17,
        "DTEND first",
        one(START, "DTEND:20260105T080000Z"),
        "E_EVENT_ENDS_BEFORE_START",
    ),
    refused(
        17, "DURATION < 0", one(START, "DURATION:-PT1H"), "E_EVENT_ENDS_BEFORE_START"
    ),
    Case(18, "100 years", one(START, "DURATION:P36500D"), "W_EVENT_LONG"),
    Case(19, "0001", one("DTSTART:00010105T090000Z"), "W_EVENT_YEAR", 0),
    Case(19, "9999", one("DTSTART:99990105T090000Z"), "W_EVENT_YEAR", 0),
    Case(20, "100,000 RDATEs", lambda: many_dates(100_000), "W_RRULE_CAPPED"),
    Case(20, "9,000 RDATEs", lambda: many_dates(9_000), "", 9_000),
    refused(
        21,
        "50,001 events",
        lambda: calendar("BEGIN:VEVENT\nEND:VEVENT\n" * 50_001),
        "E_ICS_TOO_MANY",
    ),
    Case(22, "5,000 changes", lambda: changes(5_000), "", 5_000),
    Case(22, "16,000 changes", lambda: changes(16_000), "W_RRULE_CAPPED"),
    Case(23, "twice", some(event(START, END, "SEQUENCE:1"), NEWER), "W_ICS_DUP_UID"),
    Case(24, "change alone", meeting("RECURRENCE-ID:20260104T090000Z")),
    Case(
        25,
        "change of no date",
        some(
            event(START, END, "RRULE:FREQ=WEEKLY;COUNT=2"),
            event("RECURRENCE-ID:20260106T090000Z", "DTSTART:20260107T090000Z"),
        ),
        "W_OVERRIDE_ALONE",
        2,
    ),
    Case(26, "a zone of nowhere", in_zone("Nowhere/Known"), "W_TZ_UNKNOWN"),
    Case(27, "Windows", in_zone("W. Europe Standard Time")),
    Case(28, "ticking Berlin", in_zone("Europe/Berlin", ticking("Europe/Berlin"))),
    Case(28, "ticking", in_zone("Mine", ticking("Mine")), "W_TZ_UNKNOWN"),
    Case(29, "NUL", meeting("SUMMARY:caf\0é"), "W_ICS_BYTES"),
    Case(
        29, "bad UTF-8", lambda: meeting("X:?")().replace(b"?", b"\xff"), "W_ICS_BYTES"
    ),
    Case(
        29,
        "half a pair",
        lambda: meeting("X:?")().replace(b"?", b"\xed\xa0\x80"),
        "W_ICS_BYTES",
    ),
    Case(29, "BOM", lambda: b"\xef\xbb\xbf" + meeting()(), "W_ICS_BYTES"),
    Case(29, "UTF-16", lambda: meeting()().decode().encode("utf-16"), "W_ICS_BYTES"),
    refused(30, "10 MB line", one("X:" + "x" * 10_000_000), "E_ICS_TOO_BIG"),
    refused(30, "1 M folds", one("X:" + "x\n " * 1_000_000), "E_ICS_TOO_BIG"),
    refused(31, "5,000 deep", nested, "E_ICS_DEPTH"),
    Case(
        32,
        "header injection",
        meeting(
            f"SUMMARY:{CANARY}\\r\\nBcc: {OWNER}",
            f'ORGANIZER;CN="{CANARY}\\nBcc: x":mailto:{OWNER}',
            f"ATTENDEE;CN={CANARY}:mailto:{OWNER}",
        ),
    ),
    Case(33, "HTML", meeting(f"SUMMARY:<script>{CANARY}</script>", f"X:{CANARY}")),
    Case(34, "ATTACH", meeting(f"ATTACH:file:///{CANARY}", f"URL:javascript:{CANARY}")),
)
