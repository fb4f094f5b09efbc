"""A world whose people pause, come back and close; and what must hold of it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from scheduler.asker import Asker
from scheduler.effects import SendInvite, SendLetter
from scheduler.evidence import EvidenceKind
from scheduler.ids import PairId, PersonId
from scheduler.invite import Invite
from scheduler.letters import LetterKind
from scheduler.pauses import Rest, rest
from scheduler.pausing import PauseWish
from scheduler.people import Pair
from scheduler.series import LedgerState, OfferState
from scheduler.timespan import Span
from scheduler.usecases.close_pair import close_pair
from scheduler.usecases.pause_pair import pause_pair
from scheduler.usecases.resume_pair import resume_pair
from scheduler.usecases.tend_pair import tend_pair
from scheduler.work import WorkKind
from tests.usecases.noticing import WINDOW, NoticingWorld

DAY = timedelta(days=1)
RESTS = (EvidenceKind.PAUSED, EvidenceKind.RESUMED, EvidenceKind.CLOSED)


class RestingWorld(NoticingWorld):
    """The noticing world, in which duties are done as well."""

    async def do(self, kind: WorkKind, subject: str) -> datetime | None:
        if kind is WorkKind.TEND:
            return await tend_pair(
                PairId(subject),
                begin=self.begin,
                clock=self.clock,
                ids=self.ids,
                links=self.links,
            )
        return await super().do(kind, subject)

    async def pause(
        self,
        pair: Pair,
        until: date,
        first: date | None = None,
        *,
        by: PersonId | None = None,
    ) -> Span:
        asker = Asker(self.programme, by)
        return await pause_pair(pair.id, PauseWish(until, first), asker, **self.ports)

    async def resume(self, pair: Pair, *, by: PersonId | None = None) -> None:
        await resume_pair(pair.id, Asker(self.programme, by), **self.ports)

    async def close(self, pair: Pair, *, by: PersonId | None = None) -> Pair:
        return await close_pair(pair.id, Asker(self.programme, by), **self.ports)

    async def rest(self, pair: Pair) -> Rest:
        return rest(await self.evidence(pair))

    def today(self) -> date:
        return self.clock.now().date()

    def told(self, kind: LetterKind) -> Counter[str]:
        """How many mails of a kind each address got."""
        return Counter(
            m.to.email for m in self.post.read().values() if m.subject == kind.value
        )

    async def written(self, pair: Pair) -> set[tuple[PersonId, Span]]:
        """Every meeting of theirs that a calendar which Troth writes shows."""
        found: set[tuple[PersonId, Span]] = set()
        for series in await self.series(pair):
            for uid in {series.uid, *(m.uid for m in series.meetings if m.uid)}:
                for person in pair.both():
                    if await self.connections(person):
                        shown = self.calendar(person).stands(uid, WINDOW)
                        found |= {(person, span) for span in shown}
        return found

    async def mails(self, pair: Pair, to: PersonId) -> list[Invite]:
        """What a person on mail was sent about their meetings, oldest first."""
        sent = await self.effects(pair, SendInvite)
        return [e.invite for e in sent if e.to == to]


async def a_resting_pair(
    mentor: str = "caldav", mentee: str = "mail"
) -> tuple[RestingWorld, Pair]:
    world = RestingWorld()
    await world.open()
    return world, await world.booked(mentor, mentee)


async def holds(world: RestingWorld, pair: Pair) -> None:
    """What is true at every instant, whatever was done."""
    now, rests = world.clock.now(), await world.rest(pair)
    for series in await world.series(pair):
        for meeting in series.live():
            assert meeting.span
            inside = any(s.start <= meeting.span.start < s.end for s in rests.spans)
            assert not (inside and meeting.span.start > now), "a meeting in a pause"
    for row in await world.ledger(pair):
        if row.state in {LedgerState.OPEN, LedgerState.BOOKED} and row.span.end > now:
            assert not rests.has_last_day(row.span)
    if rests.closed_at is not None:
        assert all(o.state is not OfferState.OPEN for o in await world.offers(pair))
    kinds = [e.kind for e in await world.evidence(pair) if e.kind in RESTS]
    # A closing that is taken back is told by what is proposed again.
    kinds = [
        kind
        for n, kind in enumerate(kinds)
        if kind is not EvidenceKind.RESUMED or kinds[n - 1] is not EvidenceKind.CLOSED
    ]
    letters = Counter(
        (r.effect.letter.kind, r.effect.letter.to)
        for r in await world.outbox(pair)
        if isinstance(r.effect, SendLetter)
    )
    for person in pair.both():
        for kind, said in (
            (LetterKind.PAUSED, EvidenceKind.PAUSED),
            (LetterKind.RESUMED, EvidenceKind.RESUMED),
            (LetterKind.GOODBYE, EvidenceKind.CLOSED),
        ):
            assert letters[kind, person] == kinds.count(said)
