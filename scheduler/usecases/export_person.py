"""Everything that is kept about a person, in one document: `troth export`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scheduler.booking import uids
from scheduler.bounces import mailed_to
from scheduler.effects import Effect, SendInvite, SendLetter
from scheduler.errors import Refused
from scheduler.exporting import KeptPair, KeptPerson, document
from scheduler.ids import PersonId
from scheduler.people import Pair
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.reported import document as report_document
from scheduler.reviewing import theirs_to_see
from scheduler.usecases.read_report import read_report
from scheduler.usecases.see_audit import own_audit


async def export_person(
    person: PersonId, *, begin: Begin, now: datetime
) -> dict[str, Any]:
    """The document, closed pairs included; `NotFound` when there is no such person."""
    async with begin(read_only=True) as uow:
        pairs = await uow.pairs.of_person(person)
    reports = {pair.id: await _report(pair, begin=begin, now=now) for pair in pairs}
    async with begin(read_only=True) as uow:
        known = await uow.people.get(person)
        calendars = [
            (one, await uow.calendars.objects(one.id))
            for one in await uow.calendars.of_person(person)
        ]
        links, sessions, tokens = await uow.doors.of_person(person)
        kept = KeptPerson(
            known,
            await uow.programmes.get(known.programme),
            await uow.settings.fewer(person),
            tuple(calendars),
            await uow.accounts.of_person(person),
            links,
            sessions,
            tokens,
            await uow.outbox.alone(person),
            await own_audit(uow, person),
            await uow.erasures.find(person),
            tuple([await _pair(uow, p, person, reports[p.id]) for p in pairs]),
        )
    return document(kept, now)


async def _report(pair: Pair, *, begin: Begin, now: datetime) -> dict[str, Any] | None:
    try:
        return report_document(await read_report(pair.id, begin=begin, now=now))
    except Refused:
        return None  # nothing was ever booked


async def _pair(
    uow: UnitOfWork, pair: Pair, me: PersonId, report: dict[str, Any] | None
) -> KeptPair:
    partner = await uow.people.get(pair.partner(me))
    reviews = await uow.reviews.of_pair(pair.id)
    days = sorted({review.day for review in reviews})
    seen = [one for day in days for one in theirs_to_see(reviews, day, me) if one]
    consents = await uow.consents.of_pair(pair.id)
    copies = await uow.copies.of_uids(uids(await uow.series.of_pair(pair.id)))
    rows = await uow.outbox.of_pair(pair.id)
    return KeptPair(
        pair,
        partner.name,
        await uow.agreements.of_pair(pair.id),
        report,
        await uow.offers.of_pair(pair.id),
        await uow.promises.of_pair(pair.id),
        tuple(
            one
            for one in await uow.topics.of_pair(pair.id)
            if one.by == me or (one.shared and one.taken_back_at is None)
        ),
        await uow.notes.of_pair(pair.id),
        await uow.lines.of_pair(pair.id),
        await uow.enclosures.of_pair(pair.id),
        await uow.documents.of_pair(pair.id),
        tuple(seen),
        tuple(one for one in consents if one.person == me),
        tuple(one for one in copies if one.person == me),
        tuple(row for row in rows if _is_to(row.effect, me)),
    )


def _is_to(effect: Effect, person: PersonId) -> bool:
    """Whether a mail goes to them, or an entry into their calendar."""
    if isinstance(effect, (SendLetter, SendInvite)):
        return mailed_to(effect) == person
    return effect.person == person
