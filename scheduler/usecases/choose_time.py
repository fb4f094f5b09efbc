"""Choose one of the times that were offered: whoever is first chooses for both."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.copies import domain_of
from scheduler.effects import Address
from scheduler.errors import NotFound, Refused, Taken, Unavailable
from scheduler.ids import OfferId, PersonId
from scheduler.offering import an_offer, closed, other_times, still_wanted
from scheduler.ports.calendars import OpenCalendar
from scheduler.ports.links import Links
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.replacing import chosen, is_free
from scheduler.series import Meeting, MeetingKey, Offer, OfferState
from scheduler.situation import Change, Situation
from scheduler.timespan import Span, Spans
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation
from scheduler.usecases.read_afresh import read_afresh


class SlotTaken(Taken):
    """The time is no longer free (E_SLOT_TAKEN); `offer` holds what is, if anything."""

    def __init__(self, offer: Offer | None) -> None:
        super().__init__(
            "E_SLOT_TAKEN",
            "This time is no longer free; choose another one.",
            field="time",
        )
        self.offer = offer


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands now: the offer as it was taken, and the meeting at its time."""

    offer: Offer
    meeting: MeetingKey


async def choose_time(
    offer: OfferId,
    span: Span,
    person: PersonId,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
    months: int,
) -> Chosen:
    """Book a time of an offer, checked again on what both calendars say now.

    Choosing twice, or after the other did, changes nothing and answers with what was
    chosen. `NotFound` for anybody else's offer, `Refused` E_TIME for a time that is
    not in it, `SlotTaken` with the next times when it is no longer free, `Taken`
    E_OFFER_OVER when no other time is needed, `Unavailable` when a calendar does not
    answer.
    """
    async with begin(read_only=True) as uow:
        known = await uow.offers.get(offer)
        pair = await uow.pairs.get(known.pair)
    if person not in pair.both():
        raise NotFound("offer")
    if known.state is not OfferState.TAKEN and span not in known.times:
        raise Refused("E_TIME", "Choose one of the times offered.", field="time")
    await read_afresh(
        pair,
        begin=begin,
        open_calendar=open_calendar,
        clock=clock,
        ids=ids,
        months=months,
    )
    try:
        async with begin() as uow:
            case, current = await _load(uow, known, clock, links, sender)
            if current.state is OfferState.TAKEN:
                return _answer(case, current)
            meeting = still_wanted(case, current)
            if meeting is None or is_free(case, meeting, span):
                uid = ids.uid(domain_of(sender))
                change = chosen(case, current, span, person, uid)
                await keep_change(uow, case, change, ids=ids)
                await uow.commit()
                after = case.after(change)
                return _answer(after, _taken(after, current))
    except Taken as error:
        if error.code != "E_SLOT_TAKEN":
            raise
    raise SlotTaken(
        await _offer_again(
            known, span, begin=begin, clock=clock, ids=ids, links=links, sender=sender
        )
    )


async def _load(
    uow: UnitOfWork, known: Offer, clock: Clock, links: Links, sender: Address
) -> tuple[Situation, Offer]:
    """How things stand, on fresh calendars, and the offer as it is now."""
    now = clock.now()
    case = await load_situation(uow, known.pair, now, links=links, sender=sender)
    if case is None:
        raise NotFound("offer")
    current = next(o for o in case.offers if o.id == known.id)
    if current.state is not OfferState.TAKEN and case.view.stale(now):
        raise Unavailable("a calendar of the pair cannot be read now")
    return case, current


def _taken(case: Situation, offer: Offer) -> Offer:
    return next(o for o in case.offers if o.id == offer.id)


def _answer(case: Situation, offer: Offer) -> Chosen:
    """The meeting that stands at the chosen time, else the one it was about."""
    series = case.series_of(offer.about)
    found = [
        m.key
        for m in (series.meetings if series else ())
        if m.span == offer.chosen and m.key.original_start == offer.about.original_start
    ]
    return Chosen(offer, found[-1] if found else offer.about)


async def _offer_again(
    known: Offer,
    lost: Span,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Offer | None:
    """Up to three other times instead of an offer of which one was lost."""
    async with begin() as uow:
        case, current = await _load(uow, known, clock, links, sender)
        meeting = still_wanted(case, current)
        if meeting is None or current.state is not OfferState.OPEN:
            return None
        again = renewed(case, current, meeting, Spans.of([lost]))
        if again is None:
            return None
        change = Change(offers=(*closed((current,)), again))
        await keep_change(uow, case, change, ids=ids)
        await uow.commit()
        return again


def renewed(
    case: Situation, offer: Offer, meeting: Meeting, but: Spans
) -> Offer | None:
    """A new offer of the same kind, without the times of `but`, if any."""
    series = case.series_of(meeting.key)
    times = other_times(case, series, meeting, but) if series else None
    return an_offer(case, meeting, offer.kind, times) if times else None
