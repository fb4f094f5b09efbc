"""However a calendar is mangled, it is read or refused: nothing else is ever raised."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrations.ics.decode import decode
from scheduler.errors import Refused
from tests.cases import tried
from tests.integrations.ics.invented.inventing import FEATURES, dice_of, invented
from tests.integrations.ics.invented.meant import OWNER
from tests.integrations.ics.invented.places import PLACES
from tests.integrations.ics.texts import BERLIN

VALUES = [
    "",
    "0",
    "-1",
    "99999999999999999999",
    "00010101T000000Z",
    "00010101",
    "99991231T235959Z",
    "99991231T235959",
    "20260231T250000",
    "20260101T240000Z",
    "20260101T000060Z",
    "20260301T000000Z/20260201T000000Z",
    "20260301T000000Z/P9999999999W",
    "20260301T000000Z/99991231T235959Z",
    "P99999999999999D",
    "-P1D",
    "PT0S",
    "+2359",
    "-2359",
    "+9999",
    "FREQ=DAILY;INTERVAL=999999999999",
    "FREQ=YEARLY;UNTIL=00010101",
    "FREQ=HOURLY;UNTIL=99991231T235959Z",
    "FREQ=WEEKLY;BYSETPOS=-1;BYDAY=MO;COUNT=9999999999",
    "FREQ=MONTHLY;BYSETPOS=999999999,-999999999",
    "CANCELLED",
    "\u0661\u0662",
    "\ufffd",
    ",",
    ',,;=:"',
]
NAMES = [
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "EXRULE",
    "RDATE",
    "RDATE;VALUE=PERIOD",
    "EXDATE;VALUE=DATE",
    "EXDATE",
    "RECURRENCE-ID",
    "RECURRENCE-ID;RANGE=THISANDFUTURE",
    "DTSTART;TZID=Nowhere",
    "DTSTART;TZID=Own Europe/Berlin",
    "DTSTART;VALUE=DATE",
    "UID",
    "SEQUENCE",
    "DTSTAMP",
    "LAST-MODIFIED",
    "STATUS",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "BEGIN",
    "END",
    "ATTENDEE;PARTSTAT=DECLINED;EMAIL=",
    "FREEBUSY",
]
new_lines = st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)).map(":".join)
#: (what to do, where as a share of the file, with which line)
edits = st.tuples(
    st.sampled_from(["put", "replace", "drop", "double", "value"]),
    st.floats(0, 0.999),
    new_lines,
)


def mangled(data: bytes, changes: list[tuple[str, float, str]]) -> bytes:
    lines = data.decode(errors="replace").splitlines()
    for what, where, line in changes:
        at = int(where * len(lines))
        old = lines[at : at + 1]
        _, _, value = line.rpartition(":")
        new = {
            "put": [line, *old],
            "replace": [line],
            "drop": [],
            "double": old * 2,
            "value": [f"{one.partition(':')[0]}:{value}" for one in old],
        }[what]
        lines[at : at + 1] = new
    return "\r\n".join(lines).encode()


@settings(max_examples=tried(100), deadline=None)
@given(
    st.integers(0, 400), st.lists(edits, min_size=1, max_size=8), st.binary(max_size=3)
)
@example(1, [("value", 0.5, "RRULE:FREQ=DAILY")], b"")
def test_is_read_or_refused(
    seed: int, changes: list[tuple[str, float, str]], noise: bytes
) -> None:
    dice, place = dice_of(seed), PLACES[seed % len(PLACES)]
    calendar = invented(place, dice, dice.sample(sorted(FEATURES), 6))
    data, window = mangled(calendar.data, changes), place.window
    if noise:
        data = data[: len(data) // 2] + noise + data[len(data) // 2 :]
    try:
        found = decode(data, window=window, zone=BERLIN, owner=OWNER)
    except Refused as refused:
        assert refused.message.endswith(".")  # noqa: PT017 - either is fine
    else:
        assert all(window.covers(one) for one in found.busy(window))
        assert "canary" not in repr(found.objects)
