"""Other times for a meeting: found on what is known now, kept as an offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scheduler.availability import NOTHING, Availability
from scheduler.evidence import stamp
from scheduler.ids import OfferId
from scheduler.outbox import digest
from scheduler.repair import Wanted, offers
from scheduler.series import Meeting, Offer, OfferKind, OfferState, Series
from scheduler.situation import Situation
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
