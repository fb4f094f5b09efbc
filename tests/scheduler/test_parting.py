"""Notes and lines: nothing of the other's is lost, nobody is told twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import Refused, Taken
from scheduler.ids import PairId, PersonId, SeriesId
from scheduler.parting import (
    Hand,
    LineKind,
    Note,
    left,
    note_undone,
    noted,
    untold_thanks,
)
from scheduler.series import MeetingKey

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAIR, IDA, LEYLA = PairId("p"), PersonId("ida"), PersonId("leyla")
KEY = MeetingKey(SeriesId("s"), NOW)
HOUR = timedelta(hours=1)


def hand(who: PersonId = LEYLA, at: datetime = NOW, key: MeetingKey = KEY) -> Hand:
    return Hand(PAIR, key, who, at)


texts = st.sampled_from(["", "a", "b", "long\nand wide"])


@given(st.lists(st.tuples(st.sampled_from([IDA, LEYLA]), texts, st.booleans())))
def test_nobody_writes_over_what_they_have_not_seen(written):
    """Each has the last text they read before them; some read first, some do not."""
    note: Note | None = None
    seen = {IDA: "", LEYLA: ""}
    for who, text, reads in written:
        now = note.edition if note else ""
        if reads:
            seen[who] = now
        if seen[who] != now and (note.text if note else "") != text:
            with pytest.raises(Taken, match="E_NOTE_CHANGED"):
                noted(note, text, hand(who), seen=seen[who])
            continue
        note = noted(note, text, hand(who), seen=seen[who])
        assert note.text == text
        seen[who] = note.edition


def test_a_change_can_be_undone_by_who_made_it():
    first = noted(None, "a", hand(), seen="")
    second = noted(first, "b", hand(IDA), seen=first.edition)
    with pytest.raises(Refused, match="E_UNDO"):
        note_undone(second, LEYLA, NOW)
    back = note_undone(second, IDA, NOW + 23 * HOUR)
    assert back.text == "a" and note_undone(back, IDA, NOW) == back
    with pytest.raises(Refused, match="E_UNDO"):
        note_undone(second, IDA, NOW + 24 * HOUR)


def test_a_note_has_an_end():
    with pytest.raises(Refused, match="E_NOTE"):
        noted(None, "x" * 5001, hand(), seen="")


def test_a_line_takes_the_place_of_the_one_before_and_twice_is_once():
    one = left((), LineKind.HEARD, "  You \n listened ", hand())
    assert one and one.text == "You listened"
    assert left([one], LineKind.HEARD, "You listened", hand()) is None
    other = left([one], LineKind.HEARD, "", hand(at=NOW + HOUR))
    assert other == replace(one, text="", at=NOW + HOUR)
    theirs = left([one], LineKind.HEARD, "You listened", hand(IDA))
    assert theirs and theirs.id != one.id
    assert left((), LineKind.THANKS, "", hand()) is None
    with pytest.raises(Refused, match="E_LINE"):
        left((), LineKind.THANKS, "x" * 301, hand())


def test_thanks_are_told_to_the_other_alone_and_once():
    thanks = left((), LineKind.THANKS, "For Tuesday", hand())
    heard = left((), LineKind.HEARD, "You listened", hand(at=NOW + HOUR))
    assert thanks and heard
    assert untold_thanks([heard, thanks], IDA) == thanks
    assert untold_thanks([heard, thanks], LEYLA) is None
    assert untold_thanks([replace(thanks, told_at=NOW)], IDA) is None
    assert untold_thanks([replace(thanks, text="")], IDA) is None
    key = replace(KEY, n=1)
    later = left((), LineKind.THANKS, "And today", hand(at=NOW + HOUR, key=key))
    assert later and untold_thanks([thanks, later], IDA) == later
