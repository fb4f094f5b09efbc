"""Retention, the sealed audit and erasing, on every store."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.access import ApiToken, Audited, Link, Purpose, Scope, Session
from scheduler.auditing import Sealed
from scheduler.channels import Channel
from scheduler.connections import CalendarKind, Connection
from scheduler.effects import OutboxState, Outgoing, SendLetter
from scheduler.events import CalendarObject, Cursor, Occurrence
from scheduler.ids import (
    CalendarId,
    LinkId,
    OutboxId,
    PairId,
    PersonId,
    ProgrammeId,
    RemoteId,
)
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.people import Pair
from scheduler.ports.store import Begin
from scheduler.retention import Kept
from scheduler.secret import Secret
from scheduler.sync import SyncPlan
from scheduler.timespan import Span
from tests.contracts.test_store_series import series

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HAFEN, ADA, PAIR = ProgrammeId("hafen"), PersonId("ada"), PairId("p")
WORK = CalendarId("c")


def act(about: str, at: datetime = NOW, programme: ProgrammeId = HAFEN) -> Audited:
    return Audited(at, programme, "person:ada", "did", about, "E_CAUSE")


class TestTheAudit:
    async def test_is_read_by_programme_newest_first(self, any_begin: Begin):
        async with any_begin() as uow:
            for name in "abc":
                await uow.audit.add(act(name))
            await uow.audit.add(act("d", programme=ProgrammeId("elsewhere")))
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            page = await uow.audit.of_programme(HAFEN, most=2)
            rest = await uow.audit.of_programme(HAFEN, before=page[-1][0], most=2)
        assert [row.about for _, row in page] == ["c", "b"]
        assert [row.about for _, row in rest] == ["a"]

    async def test_is_read_day_by_day_in_order(self, any_begin: Begin):
        midnight = datetime(2026, 3, 2, tzinfo=UTC)
        rows = [
            act("late", midnight + DAY - timedelta(microseconds=1)),
            act("before", midnight - timedelta(microseconds=1)),
            act("first", midnight),
            act("after", midnight + DAY),
        ]
        async with any_begin() as uow:
            assert await uow.audit.first_at() is None
            for row in rows:
                await uow.audit.add(row)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.audit.first_at() == rows[1].at
            [one] = await uow.audit.of_day(date(2026, 3, 2), most=1)
            [two] = await uow.audit.of_day(date(2026, 3, 2), after=one[0])
        assert [one[1], two[1]] == [rows[0], rows[2]]

    async def test_keeps_one_seal_for_a_day(self, any_begin: Begin):
        second = Sealed(date(2026, 3, 2), 7, "d", "s")
        first = Sealed(date(2026, 3, 1), 0, "d", "s")
        again = replace(second, seal="with another key")
        async with any_begin() as uow:
            for one in (second, first, again):
                await uow.audit.put_seal(one)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.audit.seals() == (first, again)


async def connected(begin: Begin, *objects: CalendarObject) -> None:
    connection = Connection(WORK, ADA, CalendarKind.ICS, Secret("https://a.example/x"))
    cursor = Cursor(Span(NOW, NOW + HOUR), "t")
    async with begin() as uow:
        await uow.pairs.put(Pair(PAIR, HAFEN, ADA, PersonId("bob")))
        await uow.series.put(series("s", of=PAIR))
        await uow.calendars.put(connection)
        await uow.calendars.apply(WORK, SyncPlan(objects, frozenset(), cursor))
        await uow.commit()


def entry(name: str, *ends: datetime, uid: str = "") -> CalendarObject:
    found = tuple(Occurrence(end - HOUR, end - HOUR, end) for end in ends)
    return CalendarObject(RemoteId(name), uid, found)


async def drop(begin: Begin, kind: Kept, before: datetime, most: int = 100) -> int:
    async with begin() as uow:
        dropped = await uow.retention.drop(kind, before, most=most)
        await uow.commit()
    return dropped


class TestWhatPeopleWereBusyWith:
    async def test_goes_once_it_is_over(self, any_begin: Begin):
        early, late = NOW - DAY, NOW + DAY
        ours = entry("ours", early, uid="s@x.example")
        await connected(
            any_begin,
            entry("past", early),
            entry("weekly", late, early, late + DAY),
            entry("ahead", late),
            entry("touching", NOW),
            entry("empty"),
            ours,
        )
        assert await drop(any_begin, Kept.BUSY, NOW) == 2
        assert await drop(any_begin, Kept.BUSY, NOW) == 0
        async with any_begin(read_only=True) as uow:
            found = {one.id: one for one in await uow.calendars.objects(WORK)}
        assert sorted(found) == ["ahead", "empty", "ours", "touching", "weekly"]
        ends = [o.end for o in found[RemoteId("weekly")].occurrences]
        assert ends == [late, late + DAY]
        assert found[RemoteId("ours")] == ours

    async def test_goes_a_few_at_a_time(self, any_begin: Begin):
        past = [entry(name, NOW - DAY) for name in "abc"]
        await connected(any_begin, *past)
        steps = [await drop(any_begin, Kept.BUSY, NOW, most=2) for _ in range(3)]
        assert steps == [2, 1, 0]

    async def test_is_dropped_anew_after_it_was_read_anew(self, any_begin: Begin):
        await connected(any_begin, entry("weekly", NOW - DAY, NOW + DAY))
        assert await drop(any_begin, Kept.BUSY, NOW) == 1
        await connected(any_begin, entry("weekly", NOW - DAY, NOW + DAY))
        assert await drop(any_begin, Kept.BUSY, NOW) == 1


def sent(name: str, due_at: datetime, state: OutboxState) -> Outgoing:
    facts = Facts(agenda="# words", words="words", checked_at=NOW)
    letter = Letter(LetterKind.AGENDA, ADA, PAIR, facts)
    return Outgoing(
        OutboxId(name),
        f"agenda/{name}",
        HAFEN,
        PAIR,
        SendLetter(letter),
        due_at,
        state=state,
        trouble="550 <ada@a.example>",
    )


class TestMail:
    async def test_keeps_its_key_and_not_what_it_said(self, any_begin: Begin):
        old, waiting = NOW - DAY, OutboxState.WAITING
        rows = [
            sent("done", old, OutboxState.DONE),
            sent("dead", old, OutboxState.DEAD),
            sent("waiting", old, waiting),
            sent("young", NOW, OutboxState.DONE),
        ]
        async with any_begin() as uow:
            for row in rows:
                await uow.outbox.add(row)
            await uow.commit()
        assert await drop(any_begin, Kept.MAIL, NOW) == 2
        assert await drop(any_begin, Kept.MAIL, NOW) == 0
        async with any_begin() as uow:
            found = {row.id: row for row in await uow.outbox.of_pair(PAIR)}
            assert not await uow.outbox.add(replace(rows[0], id=OutboxId("again")))
        assert [found[row.id] for row in rows[2:]] == rows[2:]
        for row in rows[:2]:
            after = found[row.id]
            assert (after.key, after.state, after.due_at) == (row.key, row.state, old)
            assert isinstance(after.effect, SendLetter)
            assert after.effect.letter == Letter(LetterKind.AGENDA, ADA, PAIR, Facts())
            assert after.trouble == ""
            # Whatever makes it due again: it is too late for it.
            assert after.until == old


OLD, YOUNG = NOW - timedelta(microseconds=1), NOW


async def fill(begin: Begin) -> None:
    """One that is over before NOW, and one that is not, of everything."""
    async with begin() as uow:
        mine = Connection(WORK, ADA, CalendarKind.GOOGLE, Secret("primary"))
        await uow.calendars.put(mine)
        for name, at in (("old", OLD), ("young", YOUNG)):
            await uow.audit.add(act(name, at))
            await uow.inbox.add(name, "", at)
            await uow.repeats.add("scope", name, "d", 200, "{}", at)
            link = Link(LinkId(name), Purpose.PAGES, HAFEN, ADA, "", at)
            await uow.doors.put_link(link)
            session = Session(name, Scope.PERSON, HAFEN, ADA, "csrf", at - DAY, at)
            await uow.doors.put_session(session)
            token = ApiToken(name, Scope.PERSON, HAFEN, ADA, "", at - DAY, at)
            await uow.doors.put_token(token)
            channel = Channel(name, WORK, Secret("t"), "r", at - DAY, at)
            await uow.channels.put(channel)
        await uow.commit()


@pytest.mark.parametrize("kind", sorted(set(Kept) - {Kept.BUSY, Kept.MAIL}, key=str))
async def test_what_is_dropped_is_what_was_over(any_begin: Begin, kind: Kept):
    await fill(any_begin)
    assert await drop(any_begin, kind, NOW) == 1
    assert await drop(any_begin, kind, NOW) == 0
    gone = {
        "audit": Kept.AUDIT,
        "inbox": Kept.INBOX,
        "repeats": Kept.REPEATS,
        "links": Kept.LINKS,
        "sessions": Kept.SESSIONS,
        "tokens": Kept.TOKENS,
        "channels": Kept.CHANNELS,
    }
    async with any_begin() as uow:
        there = {
            "audit": bool(await uow.audit.about("old")),
            "inbox": not await uow.inbox.add("old", "", NOW),
            "repeats": await uow.repeats.find("scope", "old") is not None,
            "links": await uow.doors.link(LinkId("old")) is not None,
            "sessions": await uow.doors.session("old") is not None,
            "channels": await uow.channels.find("old") is not None,
            "tokens": await uow.doors.token("old") is not None,
        }
        assert there == {name: which is not kind for name, which in gone.items()}
        assert await uow.audit.about("young")
        assert not await uow.inbox.add("young", "", NOW)
        assert await uow.repeats.find("scope", "young")
        assert await uow.doors.link(LinkId("young"))
        assert await uow.doors.session("young")
        assert await uow.doors.token("young")
