"""What is remembered of our own objects between two reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.events import CalendarObject, Coming, Cursor, Meaning, Occurrence, Rsvp
from scheduler.ids import Etag, RemoteId
from scheduler.rsvps import answer, heard
from scheduler.sync import SyncPlan, with_ours
from scheduler.timespan import Span

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DATES = [NOW + timedelta(days=n) for n in (7, 14)]
CURSOR = Cursor(Span(NOW, NOW + timedelta(days=99)), "t")
YES, NO, OFF = Rsvp(Coming.YES), Rsvp(Coming.NO), Rsvp(Coming.OFF)


def ours(name: str = "a", uid: str = "u", *rsvps: Rsvp) -> CalendarObject:
    dates = tuple(Occurrence(at, at, at + timedelta(hours=1)) for at in DATES)
    return CalendarObject(RemoteId(name), uid, dates, Etag("1"), rsvps=rsvps)


def test_an_answer_keeps_when_it_was_heard_until_another_one_comes() -> None:
    one = heard((), [YES], NOW)
    assert [r.heard_at for r in one] == [NOW]
    assert heard(one, [YES], LATER) == one
    (other,) = heard(one, [NO], LATER)
    assert (other.coming, other.heard_at) == (Coming.NO, LATER)
    (again,) = heard((other,), [YES], LATER + timedelta(hours=1))
    assert again.heard_at == LATER + timedelta(hours=1)


def test_who_was_never_seen_on_the_list_is_not_off_it() -> None:
    """Google may list a guest under another address than the one we know."""
    assert heard((), [OFF], NOW) == ()
    known = heard((), [YES], NOW)
    (off,) = heard(known, [OFF], LATER)
    assert (off.coming, off.heard_at) == (Coming.OFF, LATER)
    assert heard((off,), [OFF], LATER + timedelta(hours=1)) == (off,)


def test_a_date_has_its_own_answer_or_that_to_all_of_it() -> None:
    found = ours("a", "u", YES, replace(NO, original_start=DATES[1]))
    assert answer(found, DATES[0]) == YES
    assert answer(found, DATES[1]) == replace(NO, original_start=DATES[1])
    assert answer(ours(), DATES[0]) is None


def test_what_was_said_stays_where_nobody_asked_again() -> None:
    before = ours("a", "u", replace(YES, heard_at=NOW))
    plan = SyncPlan((replace(ours(), etag=Etag("2")),), frozenset(), CURSOR)
    for said in ({}, {RemoteId("a"): (YES,)}):
        (kept,) = with_ours(plan, (), [before], said, LATER).upsert
        assert kept == replace(before, etag=Etag("2"))
    (kept,) = with_ours(plan, (), [before], {RemoteId("a"): (NO,)}, LATER).upsert
    assert kept.rsvps == (replace(NO, heard_at=LATER),)


def test_of_ours_that_was_deleted_a_sign_stays_and_of_others_nothing() -> None:
    both = frozenset({RemoteId("a"), RemoteId("b")})
    plan = SyncPlan((), both, CURSOR)
    before = [ours("a"), ours("b", "")]
    after = with_ours(plan, both, before, {}, NOW)
    assert after.gone == {"b"}
    (sign,) = after.upsert
    assert (sign.id, sign.uid, sign.deleted, sign.etag) == ("a", "u", True, None)
    assert {one.meaning for one in sign.occurrences} == {Meaning.CANCELLED}
    assert not sign.busy()
    # What merely is not shown leaves nothing behind.
    assert with_ours(plan, (), before, {}, NOW) == plan


def test_a_part_that_people_split_goes_on_with_what_was_said() -> None:
    """promises.md F41, F45: an old answer is not new because the series was split."""
    before = ours("a", "u", replace(NO, heard_at=NOW))
    plan = SyncPlan((ours("a_R20260316T090000"),), frozenset(), CURSOR)
    name = RemoteId("a_R20260316T090000")
    (part,) = with_ours(plan, (), [before], {name: (NO,)}, LATER).upsert
    assert part.rsvps == before.rsvps
    (part,) = with_ours(plan, (), [before], {name: (OFF,)}, LATER).upsert
    assert part.rsvps == (replace(OFF, heard_at=LATER),)
    (part,) = with_ours(plan, (), [before], {}, LATER).upsert
    assert part.rsvps == ()
