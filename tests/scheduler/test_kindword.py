"""A kind word goes out once for the same words on a day, and never crowds a pair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.access import Audited
from scheduler.consent import Consent, both_show, chosen, has_given, looked, looks
from scheduler.effects import Outgoing, SendLetter
from scheduler.errors import Refused
from scheduler.ids import OutboxId, PairId, PersonId, ProgrammeId
from scheduler.kindword import EACH, checked, word_rows, written_at
from scheduler.letters import LetterKind
from scheduler.people import Pair, Person

NOW = datetime(2026, 9, 21, 10, tzinfo=UTC)
HAFEN = ProgrammeId("hafen")
IDA, LEYLA = (
    Person(PersonId(name), HAFEN, name.title(), f"{name}@x.test", "Europe/Berlin")
    for name in ("ida", "leyla")
)
PAIR = Pair(PairId("p"), HAFEN, IDA.id, LEYLA.id)


def written(
    before: tuple[Outgoing, ...], words: str, now: datetime
) -> tuple[Outgoing, ...]:
    """What the outbox holds afterwards, as it keeps one row for each key."""
    to = [(OutboxId(f"{now}{p.id}"), p) for p in (IDA, LEYLA)]
    rows = word_rows(PAIR, to, "Subject", words, before, now)
    known = {row.key for row in before}
    return (*before, *(row for row in rows if row.key not in known))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), max_size=12))
@settings(max_examples=80)
def test_a_pair_gets_at_most_one_a_day_and_each_of_the_two_the_same(
    tries: list[tuple[str, int]],
):
    rows: tuple[Outgoing, ...] = ()
    now = NOW
    for words, hours in tries:
        now += timedelta(hours=hours)
        try:
            after = written(rows, words, now)
        except Refused:
            continue
        assert written(after, words, now) == after
        rows = after
    letters = [r.effect.letter for r in rows if isinstance(r.effect, SendLetter)]
    assert all(one.kind is LetterKind.KIND_WORD for one in letters)
    mine = [r for r in rows if r.key.split("/")[2] == IDA.id]
    assert len(mine) * 2 == len(rows)
    times = sorted(row.due_at for row in mine)
    assert all(b - a >= EACH for a, b in pairwise(times))


def test_other_words_wait_for_a_day():
    rows = written((), "one", NOW)
    assert written_at(rows) == NOW
    with pytest.raises(Refused, match="E_WRITTEN"):
        written(rows, "two", NOW + EACH - timedelta(minutes=1))
    assert len(written(rows, "two", NOW + EACH)) == 4


@given(st.text(max_size=200), st.text(max_size=6000))
def test_what_is_sent_is_words_and_nothing_else(subject: str, words: str):
    try:
        told, said = checked(subject, words)
    except Refused:
        return
    assert told == told.strip() and "\n" not in told and 0 < len(told) <= 120
    assert 0 < len(said) <= 4000
    assert not [c for c in told + said if c < " " and c != "\n"]
    assert checked(told, said) == (told, said)


@given(st.lists(st.tuples(st.sampled_from(["ida", "leyla", "x"]), st.booleans())))
def test_figures_are_shown_while_both_say_yes(said: list[tuple[str, bool]]):
    last: dict[str, Consent] = {}
    for n, (person, given_) in enumerate(said):
        at = NOW + timedelta(minutes=n)
        last[person] = Consent(PAIR.id, PersonId(person), given_, at)
    by_hand = [person for person, given_ in dict(said).items() if given_]
    shows = both_show(PAIR, last.values())
    assert shows == ({"ida", "leyla"} <= set(by_hand))
    assert has_given(IDA.id, last.values()) == ("ida" in by_hand)
    elsewhere = [Consent(PairId("q"), p, True, NOW) for p in (IDA.id, LEYLA.id)]
    assert not both_show(PAIR, elsewhere)


def test_looks_are_read_from_the_audit_the_last_one_first():
    rows = [
        looked(PAIR, NOW),
        chosen(Consent(PAIR.id, IDA.id, True, NOW), HAFEN),
        Audited(NOW, HAFEN, "coordinator", "kind word written", PAIR.id),
        looked(PAIR, NOW + EACH),
    ]
    assert looks(rows) == (NOW + EACH, NOW)
