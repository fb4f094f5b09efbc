"""Ways to mangle a calendar: each takes bytes and dice, and gives other bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from tests.integrations.ics.invented.places import PLACES

NUMBERS = (b"0", b"-1", b"1", b"2", b"13", b"31", b"53", b"60", b"366", b"400", b"-366")
NUMBERS += (b"10000", b"2147483648", b"99999999999999999999", b"9" * 400, b"1e9", b"")
DATES = (b"00010101", b"16000101", b"19000229", b"19691231", b"19700101", b"20000229")
DATES += (b"20260231", b"21001231", b"99991231", b"20111230", b"20260329")
TIMES = (b"", b"T000000", b"T000000Z", b"T023000", b"T235960Z", b"T240000Z", b"T1200")
TIMES += (
    b"T120000z",
    b"T120000/PT1H",
    b"T120000Z/20270101T000000Z",
    b"T120000Z/P1000D",
)
ZONES = [place.zone.encode() for place in PLACES]
ZONES += [place.windows.encode() for place in PLACES]
ZONES += [b"Nowhere", b"UTC", b"Z", b"", b'"', b"/", b"/" * 40 + b"Europe/Berlin"]
ZONES += [b"../../etc/passwd", b"Europe", b"europe/BERLIN", b"Etc/GMT+12", b"A" * 5_000]
ZONES += [b"\xff\xfe", b"Own Pacific/Apia", b"GMT+0200", b"Europe/Berlin;X=1", b"\0"]
PARTS = (b"COUNT=1", b"COUNT=0", b"COUNT=100000000", b"UNTIL=20260101", b"UNTIL=x")
PARTS += (b"INTERVAL=0", b"INTERVAL=7", b"INTERVAL=999999999", b"BYSETPOS=-1,1")
PARTS += (b"BYSETPOS=366,-366", b"BYHOUR=0,6,12,18", b"BYMINUTE=0,1,2,3,4,5,6,7,8,9")
PARTS += (b"BYSECOND=0,30,60", b"BYWEEKNO=53,-53", b"BYYEARDAY=366,-366,1", b"WKST=SU")
PARTS += (b"BYMONTHDAY=31,-31,30", b"BYMONTH=2", b"BYDAY=-5FR,5MO,SU", b"BYDAY=53MO")
PARTS += (b"BYDAY=", b"RSCALE=HEBREW", b"SKIP=OMIT", b"FREQ=HOURLY", b"FREQ=SECONDLY")
PARTS += (b"FREQ=YEARLY", b"FREQ=MONTHLY", b"FREQ=DAILY", b"X=Y", b";;", b"=")
#: Every hour, minute and second; and what takes long to find, or is never found.
PARTS += (b"BYHOUR=" + b",".join(b"%d" % n for n in range(24)),)
PARTS += (b"BYMINUTE=" + b",".join(b"%d" % n for n in range(60)),)
PARTS += (b"BYSECOND=" + b",".join(b"%d" % n for n in range(60)),)
PARTS += (b"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", b"FREQ=DAILY;BYMONTHDAY=31;BYMONTH=6")
PARTS += (b"FREQ=HOURLY;COUNT=999999", b"FREQ=DAILY;BYDAY=MO;BYMONTHDAY=29;BYMONTH=2")
PARAMETERS = (
    b";VALUE=DATE",
    b";VALUE=PERIOD",
    b";RANGE=THISANDFUTURE",
    b";TZID=Nowhere",
)
PARAMETERS += (
    b";TZID=",
    b';X="a;b:c"',
    b';X="',
    b";",
    b";=",
    b";FBTYPE=FREE",
    b";a=b,c",
)
LINES = (b"RRULE:FREQ=DAILY", b"EXRULE:FREQ=DAILY", b"EXDATE:20260301T090000Z,")
LINES += (b"RECURRENCE-ID:20260301T090000Z", b"RDATE;VALUE=PERIOD:20260301T090000Z/P1D")
LINES += (b"DURATION:P1W", b"DURATION:-PT1H", b"DTEND:20260301", b"STATUS:CANCELLED")
LINES += (
    b"TRANSP:TRANSPARENT",
    b"SEQUENCE:7",
    b"DTSTAMP:20260301T000000Z",
    b"UID:same",
)
LINES += (b"BEGIN:VEVENT", b"END:VEVENT", b"BEGIN:VALARM", b"END:VCALENDAR", b"END:X")
LINES += (b"BEGIN:VCALENDAR", b"BEGIN:VTIMEZONE", b"BEGIN:DAYLIGHT", b"TZID:Own", b":")
LINES += (b"FREEBUSY:20260301T090000Z/PT1H", b"TZOFFSETTO:+2400", b"TZOFFSETFROM:-0001")

_DIGITS = re.compile(rb"-?\d{1,3}(?!\d)")
_DATE = re.compile(rb"\d{8}(T\d{6}Z?)?")
_ZONE = re.compile(rb"TZID=([^:;\r\n]*)|TZID:([^\r\n]*)")
_RULE = re.compile(rb"(?:RRULE|EXRULE):([^\r\n]*)", re.IGNORECASE)
_NAME = re.compile(rb"^[A-Z-]+(?=[:;])", re.MULTILINE)
_BLOCK = re.compile(rb"^BEGIN:(V\w+)\r?\n.*?^END:\1\r?\n", re.DOTALL | re.MULTILINE)

Mangle = Callable[[bytes, Random, Sequence[bytes]], bytes]


def byte(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(data) + 1)
    new = bytes(dice.choice(b'\0\r\n\t :;,="\\/TZP+-0\xc3\xff') for _ in range(3))
    return data[:at] + new[: dice.randint(0, 3)] + data[at + dice.randint(0, 3) :]


def flip(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]


def cut(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    low, high = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    if dice.random() < 0.9:
        high = min(high, low + 200)
    return data[:low] + data[high:]


def fold(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    """A fold, or a line break that is none, anywhere."""
    breaks = (
        b"\r\n ",
        b"\n\t",
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n ",
        b"\n \n ",
        b"\x0b",
    )
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice(breaks) + data[at:]
    return data


def line(data: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """A line dropped, doubled, moved, replaced or taken from another calendar."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at, to = dice.randrange(len(lines)), dice.randrange(len(lines))
    other = dice.choice(dice.choice(others).splitlines(keepends=True) or [b""])
    made = dice.choice(LINES) + b"\r\n"
    match dice.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[to])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines[at : at + 1] = [other, lines[at]]
        case 4:
            lines.insert(at, made)
        case _:
            lines[at] = made
    return b"".join(lines)


def block(data: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """A component doubled, dropped, put into another, or taken from elsewhere."""
    here = list(_BLOCK.finditer(data[10:]))
    there = _BLOCK.findall(dice.choice(others)[10:]) and list(
        _BLOCK.finditer(dice.choice(others)[10:])
    )
    if not here:
        return data
    one = dice.choice(here)
    other = dice.choice(there or here)[0]
    low, high = one.start() + 10, one.end() + 10
    match dice.randrange(4):
        case 0:
            return data[:low] + data[high:]
        case 1:
            return data[:low] + other * dice.choice((1, 1, 2, 200)) + data[low:]
        case 2:
            at = dice.randrange(low, high)
            at = data.find(b"\n", at) + 1
            return data[:at] + other + data[at:]
        case _:
            name = dice.choice((b"VCALENDAR", b"VEVENT", b"X-A", b"VTIMEZONE"))
            times = dice.choice((1, 2, 7, 9, 1_000))
            head, tail = b"BEGIN:%s\r\n" % name * times, b"END:%s\r\n" % name * times
            return data[:low] + head + one[0] + tail + data[high:]


def _replaced(
    data: bytes, dice: Random, pattern: re.Pattern[bytes], new: bytes, group: int = 0
) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data
    chosen = dice.choice(found)
    low, high = chosen.span(group)
    return data[:low] + new + data[high:] if low >= 0 else data


def number(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    return _replaced(data, dice, _DIGITS, dice.choice(NUMBERS))


def date(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    new = dice.choice(DATES) + dice.choice(TIMES)
    if dice.random() < 0.2:
        new = b",".join([new] * dice.choice((2, 50, 3_000)))
    return _replaced(data, dice, _DATE, new)


def zone(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    """A TZID swapped, of a time or of a VTIMEZONE."""
    return _replaced(data, dice, _ZONE, dice.choice(ZONES), dice.choice((1, 2)))


def rule(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    """A part more, or all parts new."""
    parts = b";".join(dice.sample(PARTS, dice.randint(1, 4)))
    if dice.random() < 0.5:
        return _replaced(data, dice, _RULE, b"FREQ=WEEKLY;" + parts, 1)
    found = list(_RULE.finditer(data))
    if not found:
        return data
    at = dice.choice(found).end()
    return data[:at] + b";" + parts + data[at:]


def parameter(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    found = list(_NAME.finditer(data))
    if not found:
        return data
    at = dice.choice(found).end()
    return data[:at] + dice.choice(PARAMETERS) + data[at:]


def small(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + data[at : at + 300].swapcase() + data[at + 300 :]


def encoding(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    text = data.decode(errors="replace")
    ways = ("utf-16", "utf-16-be", "utf-8-sig", "latin-1", "utf-32", "utf-7")
    return text.encode(dice.choice(ways), errors="replace")


def long(data: bytes, dice: Random, _: Sequence[bytes]) -> bytes:
    """One line very often, or very long."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at = dice.randrange(len(lines))
    if dice.random() < 0.5:
        lines[at] *= dice.choice((10, 500, 3_000))
    else:
        lines[at] = lines[at].rstrip() + b",;=:0" * dice.choice((50, 9_000)) + b"\r\n"
    return b"".join(lines)


OFTEN: tuple[Mangle, ...] = (byte, flip, fold, line, line, block, number, number)
OFTEN += (date, date, zone, rule, rule, rule, parameter)
SELDOM: tuple[Mangle, ...] = (cut, small, encoding, long)


def mangled(data: bytes, dice: Random, others: Sequence[bytes]) -> bytes:
    """Mangled one to six times over; at most a few megabytes of it are left."""
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        pool = SELDOM if dice.random() < 0.1 else OFTEN
        data = dice.choice(pool)(data, dice, others)[:3_000_000]
    return data
