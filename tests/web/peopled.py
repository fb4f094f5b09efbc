"""A pair of the web world that has met for a while, and a programme of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.cadence import Cadence
from scheduler.consent import Consent
from scheduler.evidence import Evidence, EvidenceKind
from scheduler.ids import AgreementId, EvidenceId, PairId, PersonId, SeriesId, Uid
from scheduler.people import Pair, Person
from scheduler.series import Meeting, MeetingKey, Series
from tests.scheduler.pairs import FORTNIGHT, a_series, row
from tests.web.world import HAFEN, PAIR, World

#: A Monday so long ago that six periods of two weeks are over at the world's NOW.
FIRST = date(2026, 6, 15)


def series_of(pair: Pair, cadence: Cadence = FORTNIGHT, count: int = 9) -> Series:
    """Its series: some periods are over, the others are ahead."""
    name = SeriesId(f"series-{pair.id}")
    made = a_series(count, cadence, FIRST, str(name))
    meetings = tuple(
        Meeting(MeetingKey(name, m.key.original_start), m.period, m.span)
        for m in made.meetings
    )
    return replace(
        made,
        pair=pair.id,
        agreement=AgreementId(f"ruling-{pair.id}"),
        anchor=pair.mentee,
        uid=Uid(f"{pair.id}@troth.test"),
        meetings=meetings,
    )


def told(pair: Pair, series: Series, story: str) -> list[Evidence]:
    """Evidence: `k` they met, `o` somebody took it out; nothing for anything else."""
    rows: list[Evidence] = []
    for meeting, sign in zip(series.meetings, story, strict=False):
        assert meeting.span
        if sign == "k":
            at = meeting.span.end + timedelta(hours=20)
            rows.append(row(EvidenceKind.SAID_MET, meeting.key, at, by=pair.mentor))
        if sign == "o":
            at = meeting.span.start - timedelta(hours=30)
            rows.append(row(EvidenceKind.CANCELLED, meeting.key, at, by=pair.mentee))
    return [
        replace(one, id=EvidenceId(f"{pair.id}/{one.id}"), pair=pair.id) for one in rows
    ]


async def live(
    world: World,
    pair: Pair = PAIR,
    story: str = "kkokok",
    cadence: Cadence = FORTNIGHT,
    count: int = 9,
) -> Series:
    """Have a pair agree and meet as the story says."""
    series = series_of(pair, cadence, count)
    terms = Terms(cadence, 45, FIRST, date(2026, 12, 31))
    begun = series.first - timedelta(days=7)
    ruling = Agreement(
        series.agreement,
        pair.id,
        2,
        terms,
        AgreementState.IN_FORCE,
        in_force_at=begun,
    )
    async with world.services.begin() as uow:
        await uow.agreements.put(ruling)
        await uow.series.put(series)
        await uow.evidence.add(told(pair, series, story))
        await uow.commit()
    return series


async def show(world: World, pair: Pair = PAIR, people: Sequence[str] = ()) -> None:
    """Have people of a pair say yes to showing their figures; without any: both."""
    async with world.services.begin() as uow:
        for person in people or pair.both():
            consent = Consent(pair.id, PersonId(person), True, world.clock.now())
            await uow.consents.put(consent)
        await uow.commit()


async def people_a_programme(
    world: World, stories: Sequence[str], name: str = "many"
) -> list[Pair]:
    """Pairs of the programme, one for each story; an empty one has not begun."""
    pairs: list[Pair] = []
    for n, story in enumerate(stories):
        ids = [PersonId(f"{name}{n}-{who}") for who in ("a", "b")]
        async with world.services.begin() as uow:
            for person in ids:
                await uow.people.put(
                    Person(person, HAFEN, f"{person}", f"{person}@x.test", "UTC")
                )
            pair = Pair(PairId(f"{name}{n:03}"), HAFEN, *ids)
            await uow.pairs.put(pair)
            await uow.commit()
        if story:
            await live(world, pair, story)
        pairs.append(pair)
    return pairs
