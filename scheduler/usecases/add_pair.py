"""Start a pair: two people, and a draft of their agreement proposed to both."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.agreement import Programme
from scheduler.ids import AgreementId, OutboxId, PairId, PersonId, ProgrammeId
from scheduler.joining import check, draft, newcomer, please_agree
from scheduler.outbox import letter_row
from scheduler.people import Pair, Person
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.roster import PairWish, PersonWish
from scheduler.work import WorkKind


async def add_pair(
    programme: ProgrammeId, wish: PairWish, *, begin: Begin, clock: Clock, ids: Ids
) -> Pair:
    """Save the two, their pair and a draft, and ask both to agree.

    Somebody whose address the programme knows is that person, as they are. A pair
    that is there already is answered as it stands, and nobody is asked again.
    """
    check(wish)
    now = clock.now()
    async with begin() as uow:
        home = await uow.programmes.get(programme)
        mentor = await _person(wish.mentor, home, uow, ids)
        mentee = await _person(wish.mentee, home, uow, ids)
        for known in await uow.pairs.of_person(mentor.id):
            if known.both() == (mentor.id, mentee.id) and known.closed is None:
                return known
        pair = Pair(PairId(ids.new()), programme, mentor.id, mentee.id)
        await uow.pairs.put(pair)
        both, new = (mentor, mentee), AgreementId(ids.new())
        version = draft(home, pair, both, wish, new=new, now=now)
        await uow.agreements.put(version)
        for person in both:
            letter = please_agree(pair.id, person.id)
            row = OutboxId(ids.new())
            await uow.outbox.add(
                letter_row(row, letter, person, now=now, revision=version.id)
            )
        act = Audited(now, programme, "coordinator", "pair begun", pair.id)
        await uow.audit.add(act)
        await uow.work.add(WorkKind.TEND, pair.id, now)
        await uow.commit()
    return pair


async def _person(
    wish: PersonWish, home: Programme, uow: UnitOfWork, ids: Ids
) -> Person:
    known = await uow.people.by_email(home.id, wish.email)
    if known:
        return known
    person = newcomer(wish, PersonId(ids.new()), home)
    await uow.people.put(person)
    return person
