"""Three months of the sample's pairs, lived through the use cases that people use.

Each life is an asynchronous generator: it yields the instant at which it acts next,
and acts when it is resumed. Whatever follows from an act, Troth itself does.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cli.sample.cast import Couple, Player, Way
from config.sample import Sample, delete_from_calendar
from config.services import Services
from scheduler.agreement import Programme
from scheduler.cadence import Cadence, add_months
from scheduler.connections import CalendarKind
from scheduler.ids import PairId, PersonId
from scheduler.localtime import instant, zone
from scheduler.people import Hours, Pair
from scheduler.promising import Said, keep
from scheduler.roster import PairWish, PersonWish
from scheduler.secret import Secret
from scheduler.series import Meeting, OfferState, Series
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.choose_showing import choose_showing
from scheduler.usecases.choose_time import choose_time
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.say_met import say_met
from scheduler.usecases.turn_promise import turn_promise
from scheduler.work import WorkKind

_DAY = timedelta(days=1)
#: How long before a meeting somebody deletes it, or both leave it out.
_BEFORE = timedelta(days=2)
_ANSWERS, _ACCEPTS, _PROMISES = time(9, 30), time(11), time(12)
#: How long somebody takes for what they promise.
_UNTIL = timedelta(days=4)


def first_day(couple: Couple, today: date) -> date:
    """The day on which a pair began, so that all of its story is over today."""
    cadence = Cadence.parse(couple.cadence)
    if couple.waits:
        return today + 5 * _DAY
    if cadence.unit == "month":
        return add_months(today.replace(day=1), -len(couple.story))
    return today - timedelta(weeks=cadence.every * len(couple.story)) - 4 * _DAY


@dataclass(frozen=True, slots=True)
class Life:
    """One pair's life, up to the instant `until`."""

    couple: Couple
    programme: Programme
    services: Services
    sample: Sample
    until: datetime
    #: For how long they agree to meet.
    weeks: int = 26

    async def lived(self) -> AsyncGenerator[datetime, None]:
        """Everything from being introduced to what is told of them today."""
        couple, services = self.couple, self.services
        first = first_day(couple, self.until.date())
        began = first - 6 * _DAY
        yield self._at(began, couple.mentor, _ACCEPTS)
        pair = await self._introduced(first)
        await self._connect(couple.mentor, pair.mentor)
        await self._connect(couple.mentee, pair.mentee)
        if couple.waits:
            return
        for days, person in enumerate(pair.both(), 1):
            yield self._at(began + days * _DAY, couple.mentor, _ACCEPTS)
            await self._accept(pair, person)
        if couple.shows:
            await self._show(pair)
        yield services.clock.now() + timedelta(hours=1)
        for period in range(len(couple.story) + 1):
            async for at in self._period(pair, period):
                yield at
        yield self.until - _DAY
        both = (pair.mentee, pair.mentor)
        for words, person in zip(couple.topics, both, strict=False):
            await add_topic(
                pair.id, person, words, begin=services.begin, clock=services.clock
            )

    async def _period(self, pair: Pair, period: int) -> AsyncGenerator[datetime, None]:
        found = await self._own(pair.id, period)
        if found is None:
            return
        series, meeting, start = found
        story = self.couple.story
        match story[period] if period < len(story) else "k":
            case "k":
                async for at in self._kept(pair, meeting):
                    yield at
            case "r" | "o" as letter:
                async for at in self._fallen(pair, series, meeting, letter):
                    yield at
            case "s":
                for days, person in ((3, pair.mentee), (2, pair.mentor)):
                    yield start - days * _DAY
                    await self._leave_out(pair, meeting, person)
            case _:
                return  # nobody answers

    async def _kept(
        self, pair: Pair, meeting: Meeting
    ) -> AsyncGenerator[datetime, None]:
        """They meet, and one of them promises something."""
        async for at in self._met(pair, meeting):
            yield at
        async for at in self._promised(pair, meeting):
            yield at

    async def _fallen(
        self, pair: Pair, series: Series, meeting: Meeting, letter: str
    ) -> AsyncGenerator[datetime, None]:
        """Somebody deletes it; in one of the two stories another time is chosen."""
        if meeting.span is None:
            return
        yield meeting.span.start - _BEFORE
        await self._delete(pair, series, meeting)
        if letter == "r":
            yield self.services.clock.now() + timedelta(hours=3)
            async for at in self._met(pair, await self._chosen(pair, meeting)):
                yield at

    def _at(self, day: date, player: Player, clock: time) -> datetime:
        return instant(day, clock, zone(player.zone))

    async def _introduced(self, first: date) -> Pair:
        couple = self.couple
        wish = PairWish(
            0,
            _wish(couple.mentor),
            _wish(couple.mentee),
            Cadence.parse(couple.cadence),
            couple.minutes,
            first,
            first + timedelta(weeks=self.weeks),
        )
        services = self.services
        return await add_pair(
            self.programme.id,
            wish,
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
        )

    async def _connect(self, player: Player, person: PersonId) -> None:
        """Have them connect their calendar, if they have one."""
        if player.way is Way.MAIL:
            return
        services = self.services
        await connect_calendar(
            person,
            self._calendar(player),
            begin=services.begin,
            open_calendar=services.open_calendar,
            clock=services.clock,
            months=services.settings.sync_horizon_months,
        )

    def _calendar(self, player: Player) -> CalendarWish:
        user, sample = player.user, self.sample
        if player.way is Way.FEED:
            url = Secret(sample.feed(user))
            return CalendarWish(CalendarKind.ICS, url, label="Published calendar")
        password = dict(sample.accounts)[user]
        return CalendarWish(
            CalendarKind.CALDAV,
            Secret(sample.home(user)),
            user,
            password,
            "Meetings",
            writable=True,
        )

    async def _accept(self, pair: Pair, person: PersonId) -> None:
        services = self.services
        async with services.begin(read_only=True) as uow:
            latest = (await uow.agreements.of_pair(pair.id))[-1]
        await accept_agreement(
            pair.id,
            person,
            latest.digest,
            begin=services.begin,
            clock=services.clock,
        )

    async def _show(self, pair: Pair) -> None:
        services = self.services
        for person in pair.both():
            await choose_showing(
                pair.id,
                person,
                given=True,
                begin=services.begin,
                clock=services.clock,
            )

    async def _own(
        self, pair: PairId, period: int
    ) -> tuple[Series, Meeting, datetime] | None:
        """The meeting that this period was planned with, if its end can be told."""
        async with self.services.begin(read_only=True) as uow:
            series = (await uow.series.of_pair(pair))[-1]
        for meeting in series.meetings:
            is_own = meeting.period == period and meeting.key.n == 0
            if is_own and meeting.span and meeting.span.end + 2 * _DAY < self.until:
                return series, meeting, meeting.span.start
        return None

    async def _met(
        self, pair: Pair, meeting: Meeting
    ) -> AsyncGenerator[datetime, None]:
        """Both say that they met, or in every second period one of them."""
        if meeting.span is None:
            return
        services, day = self.services, meeting.span.end.date() + _DAY
        people = (self.couple.mentor, self.couple.mentee)
        for number, player in enumerate(people[: 2 - meeting.period % 2]):
            yield self._at(day, player, _ANSWERS)
            await say_met(
                pair.id,
                pair.both()[number],
                meeting.key,
                met=True,
                begin=services.begin,
                clock=services.clock,
            )

    async def _promised(
        self, pair: Pair, meeting: Meeting
    ) -> AsyncGenerator[datetime, None]:
        """One of them promises something, and keeps it, unless it is the last."""
        texts, period = self.couple.promises, meeting.period
        if meeting.span is None or period >= len(texts) or not texts[period]:
            return
        services, number = self.services, (period + 1) % 2
        owner = pair.both()[number]
        player = (self.couple.mentor, self.couple.mentee)[number]
        yield self._at(meeting.span.end.date() + _DAY, player, _PROMISES)
        day = services.clock.now().astimezone(zone(player.zone)).date()
        promise = await make_promise(
            pair.id,
            owner,
            Said(texts[period], day + _UNTIL),
            begin=services.begin,
            clock=services.clock,
        )
        if period < len(texts) - 1:
            yield self._at(day + 2 * _DAY, player, _PROMISES)
            await turn_promise(
                pair.id,
                owner,
                promise.id,
                keep,
                begin=services.begin,
                clock=services.clock,
            )

    async def _delete(self, pair: Pair, series: Series, meeting: Meeting) -> None:
        """Somebody deletes it from their calendar, and the next poll sees that."""
        both = pair.both() if meeting.period % 2 else pair.both()[::-1]
        for person in both:
            calendar = await delete_from_calendar(
                self.sample, self.services, person, series, meeting
            )
            if calendar:
                async with self.services.begin() as uow:
                    now = self.services.clock.now()
                    await uow.work.add(WorkKind.SYNC, calendar, now)
                    await uow.commit()
                return

    async def _chosen(self, pair: Pair, fallen: Meeting) -> Meeting:
        """One of them chooses the first time that was offered."""
        services = self.services
        async with services.begin(read_only=True) as uow:
            offers = await uow.offers.of_pair(pair.id)
        about = [o for o in offers if o.about == fallen.key]
        offer = next((o for o in about if o.state is OfferState.OPEN), None)
        if offer is None:
            return fallen
        chosen = await choose_time(
            offer.id,
            offer.times[0],
            pair.mentee,
            **services.reading,
        )
        async with services.begin(read_only=True) as uow:
            series = await uow.series.get(fallen.key.series)
        return series.meeting(chosen.meeting) or fallen

    async def _leave_out(self, pair: Pair, meeting: Meeting, person: PersonId) -> None:
        services = self.services
        await leave_out(
            pair.id,
            meeting.key,
            person,
            **services.acting,
        )


def _wish(player: Player) -> PersonWish:
    return PersonWish(
        player.email,
        player.name,
        player.zone,
        Hours.parse(player.hours),
        language=player.language,
    )
