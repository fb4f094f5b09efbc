"""Read what the next meeting of a pair is about, inside one transaction."""

from __future__ import annotations

from datetime import datetime

from scheduler.copies import agenda_link
from scheduler.documents import shared
from scheduler.ids import PairId
from scheduler.planning import in_force
from scheduler.ports.links import Links
from scheduler.ports.store import UnitOfWork
from scheduler.preparing import Preparation, next_meeting, took_place
from scheduler.versions import places_before


async def read_agenda(
    uow: UnitOfWork, pair: PairId, now: datetime, *, links: Links
) -> Preparation | None:
    """The next meeting and its agenda; None when nothing is booked ahead."""
    every = await uow.series.of_pair(pair)
    found = next_meeting(every, now)
    versions = await uow.agreements.of_pair(pair)
    ruling = in_force(versions)
    if found is None or ruling is None:
        return None
    series, meeting = found
    both = await uow.pairs.get(pair)
    programme = await uow.programmes.get(both.programme)
    evidence = await uow.evidence.of_pair(pair)
    return Preparation(
        both,
        (await uow.people.get(both.mentor), await uow.people.get(both.mentee)),
        series,
        meeting,
        await uow.topics.of_pair(pair),
        await uow.ledger.of_pair(pair),
        evidence,
        await uow.copies.of_uids([meeting.uid or series.uid]),
        links.address(agenda_link(both, ruling.terms.last_day)),
        now,
        ruling.terms.agenda_in_event,
        took_place(every, evidence, now),
        programme.template.standing,
        await uow.promises.of_pair(pair),
        await uow.enclosures.of_pair(pair),
        ruling.terms.review_weeks is not None,
        ruling.terms.venue.location,
        places_before(versions, ruling),
        shared(meeting.key, await uow.documents.of_pair(pair)),
    )
