"""Copies, fallen periods, evidence, offers, doors and what was done already."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.access import ApiToken, Audited, Link, Purpose, Scope, Session
from scheduler.errors import NotFound
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import (
    CalendarId,
    Etag,
    EvidenceId,
    LinkId,
    OfferId,
    PairId,
    PersonId,
    ProgrammeId,
    RemoteId,
    SeriesId,
    Uid,
)
from scheduler.ports.store import Begin
from scheduler.series import (
    Copy,
    CopyState,
    LedgerRow,
    LedgerState,
    MeetingKey,
    Offer,
    OfferKind,
    OfferState,
    Route,
)
from scheduler.timespan import Span

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPAN = Span(NOW, NOW + HOUR)
ADA, BOB = PersonId("ada"), PersonId("bob")
PAIR, OTHER = PairId("p"), PairId("q")


class TestCopies:
    async def test_come_back_as_they_were(self, any_begin: Begin):
        copy = Copy(
            ADA,
            Uid("u1"),
            Route.WRITTEN,
            CopyState.THERE,
            CalendarId("c"),
            RemoteId("r"),
            Etag("e"),
            2,
            5,
            "ACCEPTED",
            missed_at=NOW,
            written_at=NOW,
            whole_object=True,
        )
        bobs = Copy(BOB, Uid("u1"), Route.IMIP)
        second = Copy(ADA, Uid("u0"), Route.IMIP)
        async with any_begin() as uow:
            for one in (bobs, copy, second, replace(bobs, uid=Uid("u3"))):
                await uow.copies.put(one)
            await uow.copies.put(copy)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            assert await uow.copies.find(ADA, Uid("u1")) == copy
            assert await uow.copies.find(BOB, Uid("u0")) is None
            found = await uow.copies.of_uids({Uid("u1"), Uid("u0"), Uid("none")})
            assert found == (second, copy, bobs)
            assert await uow.copies.of_uids(()) == ()


class TestTheLedger:
    async def test_has_one_row_for_a_period(self, any_begin: Begin):
        row = LedgerRow(SeriesId("s"), PAIR, 10, SPAN, LedgerState.OPEN, NOW)
        told = replace(row, state=LedgerState.OWED, told_at=NOW + HOUR)
        async with any_begin() as uow:
            await uow.ledger.put(row)
            await uow.ledger.put(replace(row, period=9))
            await uow.ledger.put(replace(row, series=SeriesId("t"), pair=OTHER))
            await uow.ledger.put(told)
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            found = await uow.ledger.of_pair(PAIR)
        assert found == (replace(row, period=9), told)


def seen(name: str, at: datetime = NOW, by: PersonId | None = ADA) -> Evidence:
    return Evidence(
        EvidenceId(name),
        PAIR,
        "s/20260302T090000Z/0",
        EvidenceKind.CANCELLED,
        at,
        NOW + 9 * HOUR,
        SourceKind.CALDAV,
        by,
        "detail",
    )


class TestEvidence:
    async def test_comes_back_by_time_and_id(self, any_begin: Begin):
        rows = [seen("b"), seen("a", NOW + HOUR), seen("c"), seen("d", NOW - HOUR)]
        async with any_begin() as uow:
            await uow.evidence.add(rows)
            await uow.evidence.add(())
            await uow.evidence.add([replace(seen("e"), pair=OTHER)])
            await uow.commit()
        async with any_begin(read_only=True) as uow:
            found = await uow.evidence.of_pair(PAIR)
        assert found == (rows[3], rows[0], rows[2], rows[1])

    async def test_seen_twice_is_one_row_and_the_first(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.evidence.add([seen("a"), seen("a", NOW + HOUR)])
            await uow.evidence.add([replace(seen("a"), detail="other"), seen("b")])
            assert await uow.evidence.of_pair(PAIR) == (seen("a"), seen("b"))

    async def test_can_forget_whose_act_it_was(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.evidence.add([seen("a"), seen("b", by=BOB), seen("c", by=None)])
            await uow.evidence.cut(ADA)
            found = await uow.evidence.of_pair(PAIR)
        assert found == (seen("a", by=None), seen("b", by=BOB), seen("c", by=None))


class TestOffers:
    async def test_come_back_as_they_were(self, any_begin: Begin):
        key = MeetingKey(SeriesId("s"), NOW, 1)
        times = (SPAN, Span(NOW + HOUR, NOW + 3 * HOUR))
        offer = Offer(OfferId("o"), PAIR, key, OfferKind.MOVE, times, NOW)
        taken = replace(
            offer, state=OfferState.TAKEN, chosen=times[1], chosen_by=BOB, times=()
        )
        async with any_begin() as uow:
            await uow.offers.put(offer)
            assert await uow.offers.get(offer.id) == offer
            await uow.offers.put(taken)
            await uow.offers.put(replace(offer, id=OfferId("n"), pair=OTHER))
            assert await uow.offers.of_pair(PAIR) == (taken,)
            with pytest.raises(NotFound):
                await uow.offers.get(OfferId("none"))


class TestDoors:
    async def test_links_come_back_and_are_revoked_together(self, any_begin: Begin):
        link = Link(
            LinkId("l1"),
            Purpose.CHOOSE,
            ProgrammeId("P"),
            ADA,
            "offer",
            NOW,
            PAIR,
            uses=1,
            single=True,
        )
        bobs = replace(link, id=LinkId("l2"), person=BOB)
        async with any_begin() as uow:
            await uow.doors.put_link(link)
            await uow.doors.put_link(bobs)
            assert await uow.doors.link(LinkId("l1")) == link
            await uow.doors.revoke_links(ADA)
            assert await uow.doors.link(LinkId("l1")) == replace(link, revoked=True)
            assert await uow.doors.link(LinkId("l2")) == bobs
            assert await uow.doors.link(LinkId("l3")) is None

    async def test_a_pair_s_links_are_closed_but_those_of_some_purposes(
        self, any_begin: Begin
    ):
        pages = Link(LinkId("m1"), Purpose.PAGES, ProgrammeId("P"), ADA, "", NOW, PAIR)
        chosen = replace(pages, id=LinkId("m2"), purpose=Purpose.CHOOSE, person=BOB)
        elsewhere = replace(chosen, id=LinkId("m3"), pair=PairId("another"))
        async with any_begin() as uow:
            for link in (pages, chosen, elsewhere):
                await uow.doors.put_link(link)
            await uow.doors.revoke_pair(PAIR, frozenset({Purpose.PAGES}))
            assert await uow.doors.link(pages.id) == pages
            assert await uow.doors.link(chosen.id) == replace(chosen, revoked=True)
            assert await uow.doors.link(elsewhere.id) == elsewhere

    async def test_sessions_come_back_until_they_end(self, any_begin: Begin):
        session = Session(
            "d", Scope.PERSON, ProgrammeId("P"), ADA, "csrf", NOW, NOW, "offer", PAIR
        )
        later = replace(session, seen_at=NOW + HOUR)
        async with any_begin() as uow:
            await uow.doors.put_session(session)
            await uow.doors.put_session(later)
            assert await uow.doors.session("d") == later
            await uow.doors.end_session("d")
            await uow.doors.end_session("d")
            assert await uow.doors.session("d") is None

    async def test_tokens_come_back(self, any_begin: Begin):
        token = ApiToken(
            "d", Scope.PROGRAMME, ProgrammeId("P"), None, "script", NOW, NOW + HOUR
        )
        async with any_begin() as uow:
            await uow.doors.put_token(token)
            assert await uow.doors.token("d") == token
            assert await uow.doors.token("e") is None


class TestWhatWasDoneAlready:
    async def test_the_audit_is_oldest_first(self, any_begin: Begin):
        acts = [
            Audited(NOW, ProgrammeId("P"), "troth", "book", "s", "pair"),
            Audited(NOW, None, "person:ada", "accept", "s"),
            Audited(NOW - HOUR, None, "coordinator", "close", "s"),
        ]
        async with any_begin() as uow:
            for act in acts:
                await uow.audit.add(act)
            await uow.audit.add(replace(acts[0], about="t"))
            assert await uow.audit.about("s") == (acts[2], acts[0], acts[1])

    async def test_a_mail_is_read_once(self, any_begin: Begin):
        async with any_begin() as uow:
            assert await uow.inbox.add("m1", "accepted", NOW)
            assert not await uow.inbox.add("m1", "ignored", NOW)
            assert await uow.inbox.add("m2", "accepted", NOW)

    async def test_a_write_is_answered_as_it_was_at_first(self, any_begin: Begin):
        async with any_begin() as uow:
            await uow.repeats.add("p:ada", "k", "digest", 201, '{"id": 1}', NOW)
            await uow.repeats.add("p:ada", "k", "digest", 409, "{}", NOW)
            first = ("digest", 201, '{"id": 1}')
            assert await uow.repeats.find("p:ada", "k") == first
            assert await uow.repeats.find("p:bob", "k") is None
