"""Other times for a meeting: found on what is known now, kept as an offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scheduler.availability import NOTHING, Availability
from scheduler.errors import Taken, Unavailable
from scheduler.evidence import stamp
from scheduler.ids import OfferId
from scheduler.outbox import digest
from scheduler.repair import Wanted, offers
from scheduler.series import (
    Meeting,
    MeetingKey,
    MeetingState,
    Offer,
    OfferKind,
    OfferState,
    Series,
)
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.timespan import Span, Spans


def both_available(
    case: Situation, series: Series, meeting: Meeting
) -> tuple[Availability, Availability]:
    """When the two could meet if this meeting were not there."""
    without = Spans.of([meeting.span] if meeting.span else [])
    return case.view.availability(case.terms(series), case.now, without)


def other_times(
    case: Situation, series: Series, meeting: Meeting, but: Spans = NOTHING
) -> tuple[Span, ...] | None:
    """At most three clear times inside its period; None when a calendar is unknown.

    `but` holds times that were offered before and did not suit.
    """
    mentor, mentee = both_available(case, series, meeting)
    if mentor.busy is None or mentee.busy is None:
        return None
    mentor = replace(mentor, busy=mentor.busy | but)
    usual = meeting.key.original_start
    fallen = meeting.span or Span(usual, usual + series.length)
    wanted = Wanted(
        fallen,
        series.span_of(meeting.period),
        tuple(
            m.span.start
            for s in case.view.series
            for m in s.live()
            if m.span and m.key != meeting.key
        ),
        series.cadence.half,
        case.now + timedelta(hours=case.terms(series).notice_hours),
        series.zone,
    )
    return offers(wanted, mentor, mentee)


def an_offer(
    case: Situation, meeting: Meeting, kind: OfferKind, times: tuple[Span, ...]
) -> Offer:
    """The times as an offer, named after what it offers: deciding again is the same."""
    name = digest("offer", kind.value, meeting.key, *map(str, times), stamp(case.now))
    return Offer(
        OfferId(name), case.pair.id, meeting.key, kind, times, checked_at=case.now
    )


def closed(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Offers that no longer make sense."""
    return tuple(replace(o, state=OfferState.OVER) for o in offers)


def still_wanted(case: Situation, offer: Offer) -> Meeting | None:
    """The meeting that an offer is about, while it still needs another time."""
    meeting = case.meeting(offer.about)
    if meeting is None:
        return None
    is_wanted = offer.kind is kind_for(case, meeting)
    return meeting if is_wanted and can_change(case, meeting) else None


def kind_for(case: Situation, meeting: Meeting) -> OfferKind:
    """Whether another time moves this meeting, or takes its place."""
    stands = meeting.is_live and not case.is_missed(meeting)
    return OfferKind.MOVE if stands else OfferKind.REPLACE


def can_change(case: Situation, meeting: Meeting) -> bool:
    """Whether another time makes sense: it is ahead, or fell out and nothing stands.

    A meeting that was to have taken place and did not has fallen out like any other.
    """
    series = case.series_of(meeting.key)
    if case.pair.closed or series is None or meeting.state is MeetingState.SKIPPED:
        return False
    if meeting.is_live and not case.is_missed(meeting):
        return bool(meeting.span and meeting.span.start > case.now)
    stands = any(
        m.period == meeting.period and not case.is_missed(m) for m in series.live()
    )
    return not stands and case.now < series.span_of(meeting.period).end


def looked_again(case: Situation, key: MeetingKey) -> Change:
    """A further offer without any time that was offered before; nothing if none is.

    `Taken` E_OFFER_OVER when it needs no other time, `Unavailable` when a calendar is
    unknown.
    """
    series, meeting = case.found(key)
    if not can_change(case, meeting):
        raise Taken("E_OFFER_OVER", "This meeting does not need another time any more.")
    before = Spans.of(span for o in case.offers if o.about == key for span in o.times)
    times = other_times(case, series, meeting, before)
    if times is None:
        raise Unavailable("a calendar of the pair cannot be read now")
    if not times:
        return NO_CHANGE
    return Change(offers=(an_offer(case, meeting, kind_for(case, meeting), times),))
