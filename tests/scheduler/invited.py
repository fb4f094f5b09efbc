"""A series, its guests, and the calendar that reads what is mailed about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from integrations.ics.encode import encode
from scheduler.cadence import MONTHLY, Cadence, periods
from scheduler.effects import SendInvite
from scheduler.ids import AgreementId, PairId, PersonId, SeriesId, Uid
from scheduler.invite import Attendee, Invite
from scheduler.itip import (
    Edition,
    Guests,
    Revision,
    Words,
    last_revision,
    moved,
    single,
    taken_out,
    whole,
)
from scheduler.localtime import instant, zone
from scheduler.series import Meeting, MeetingKey, MeetingState, Series
from scheduler.timespan import Span
from tests.servers.itip import ItipClient

NOW = datetime(2026, 2, 2, 9, 0, 0, 250_000, tzinfo=UTC)
WORDS = Words("Ida and Leyla", "The agenda: https://troth.test/a/1")
GUESTS = Guests(
    Attendee("meet@hafen.test", "Hafen Mentoring"),
    (Attendee("ida@acme.test", "Ida"), Attendee("leyla@hafen.test", "Leyla")),
)


def a_series(
    count: int = 6,
    *,
    unplaced: frozenset[int] = frozenset(),
    where: str = "Europe/Berlin",
    cadence: Cadence | None = None,
) -> Series:
    cadence = cadence or Cadence("week", 2)
    first = date(2026, 3, 3)
    if cadence == MONTHLY:
        days = [date(2026, 3 + k, d) for k, d in enumerate([10, 14, 12, 9, 14, 11])]
        rrule = f"FREQ=MONTHLY;BYDAY=2TU;COUNT={count}"
    else:
        days = [first + timedelta(days=cadence.days * k) for k in range(count)]
        rrule = f"FREQ=WEEKLY;INTERVAL={cadence.every};COUNT={count}"
    starts = [instant(day, time(15), zone(where)) for day in days[:count]]
    length = timedelta(minutes=45)
    meetings = tuple(
        Meeting(MeetingKey(SeriesId("s"), at), k, None, MeetingState.UNPLACED)
        if k in unplaced
        else Meeting(MeetingKey(SeriesId("s"), at), k, Span(at, at + length))
        for k, at in enumerate(starts)
    )
    return Series(
        id=SeriesId("s"),
        pair=PairId("p"),
        agreement=AgreementId("a"),
        uid=Uid("u@troth.test"),
        zone=where,
        anchor=PersonId("ida"),
        minutes=45,
        cadence=cadence,
        rrule=rrule,
        first=starts[0],
        periods=periods(cadence, first, count),
        meetings=meetings,
    )


def changed(series: Series, meeting: Meeting) -> Series:
    kept = [m for m in series.meetings if m.key != meeting.key]
    return replace(
        series, meetings=tuple(sorted([*kept, meeting], key=lambda m: m.key))
    )


class Booking:
    """A series, what was mailed about it, and the calendar that read the mails."""

    def __init__(self, series: Series, *, whole_object: bool) -> None:
        self.series = series
        self.whole_object = whole_object
        self.sent: list[Invite] = []
        self.client = ItipClient("leyla@hafen.test")
        self.send(whole(series, self.edition(series.uid)))

    def edition(self, uid: Uid) -> Edition:
        """Always at the same reading of the clock: stamps must rise all the same."""
        last = last_revision(
            (SendInvite(PersonId("leyla"), invite) for invite in self.sent), uid
        )
        revision = last.next(NOW) if last else Revision.first(NOW)
        return Edition(revision, WORDS, GUESTS.asking("leyla@hafen.test"))

    def send(self, invite: Invite) -> None:
        self.sent.append(invite)
        self.client.receive(encode(invite))

    def do(self, act: str, which: int, by: int) -> None:
        live = self.series.live()
        if not live:
            return
        meeting = live[which % len(live)]
        uid = meeting.uid or self.series.uid
        match act:
            case "move" if by and meeting.span:
                shift = timedelta(minutes=15 * by)
                span = Span(meeting.span.start + shift, meeting.span.end + shift)
                moving = replace(meeting, span=span)
                self.series = changed(self.series, moving)
                self.send(
                    moved(
                        self.series,
                        moving,
                        self.edition(uid),
                        whole_object=self.whole_object,
                    )
                )
            case "cancel" | "replace":
                gone = replace(meeting, state=MeetingState.CANCELLED)
                self.series = changed(self.series, gone)
                self.send(
                    taken_out(
                        self.series,
                        gone,
                        self.edition(uid),
                        whole_object=self.whole_object,
                    )
                )
                if act == "replace" and meeting.span:
                    self.replace(meeting, timedelta(minutes=15 * (by or 1)))

    def replace(self, meeting: Meeting, shift: timedelta) -> None:
        assert meeting.span
        key = replace(meeting.key, n=meeting.key.n + 1)
        uid = Uid(f"{key.original_start:%Y%m%d}-{key.n}@troth.test")
        span = Span(meeting.span.start + shift, meeting.span.end + shift)
        new = Meeting(key, meeting.period, span, uid=uid)
        self.series = changed(self.series, new)
        self.send(single(self.series, new, self.edition(uid)))

    def expected(self) -> set[tuple[str, datetime, datetime]]:
        return {
            (m.uid or self.series.uid, m.span.start, m.span.end)
            for m in self.series.live()
            if m.span
        }
