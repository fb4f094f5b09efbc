"""Whatever happens to a guest list, each has each meeting once, on one route."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import UNAVAILABLE
from scheduler.accounts import Need
from scheduler.effects import OutboxState, SendInvite, SendLetter
from scheduler.errors import Gone, NotFound, Refused, Taken, Unavailable
from scheduler.evidence import SourceKind
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import PersonId
from scheduler.invite import Method
from scheduler.letters import LetterKind
from scheduler.people import Hours, Pair
from scheduler.series import CopyState, OfferState
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.move_meeting import move_meeting
from tests.usecases.breaking import Crash
from tests.usecases.guesting import (
    ALL,
    READS,
    GuestingWorld,
    deletes,
    holds,
)
from tests.usecases.noticing import HOUR

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
MAY_REFUSE = (Refused, Taken, NotFound, Gone, Unavailable)

Story = Callable[[], Awaitable[tuple[GuestingWorld, Pair]]]


async def nobody_is_invited_twice(world: GuestingWorld, pair: Pair) -> None:
    """One edition of an object comes to a person once, in one way."""
    told: Counter[tuple[str, str]] = Counter()
    for row in await world.outbox(pair):
        match row.effect:
            case _ if row.state is not OutboxState.DONE:
                continue
            case SendInvite(to=to, invite=invite) if invite.method is Method.REQUEST:
                told[to, f"{invite.uid}/{invite.sequence}"] += 1
            case SendLetter(letter=letter) if letter.kind is LetterKind.INVITATION:
                told[letter.to or "", "/".join(row.key.split("/")[-2:])] += 1
            case _:
                continue
    assert set(told.values()) <= {1}
    live: Counter[tuple[str, str]] = Counter()
    for mail in world.google.world.mails:
        if "RECURRENCE-ID" in mail.ics:
            continue
        first = "SEQUENCE:0" in mail.ics
        live[mail.to, mail.event] += mail.method == "REQUEST" and first
    assert set(live.values()) <= {0, 1}


async def all_holds(world: GuestingWorld, pair: Pair) -> None:
    await holds(world, pair)
    await nobody_is_invited_twice(world, pair)


# A process may die at any step ------------------------------------------------------


async def agreed(
    mentee: frozenset[Need] = ALL, mentor_email: str = ""
) -> tuple[GuestingWorld, Pair]:
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    if mentor_email:
        await world.moves_to(pair.mentor, mentor_email)
    await world.at_google(pair.mentor)
    await world.at_google(pair.mentee, mentee)
    for person in pair.both():
        await world.accept(pair, person)
    return world, pair


async def other_times() -> tuple[GuestingWorld, Pair]:
    world, pair = await agreed()
    await world.work()
    hours = Hours.parse("Mon-Fri 15:00-18:00")
    await world.propose(pair, pair.mentor, mentor_hours=hours)
    await world.accept(pair, pair.mentee)
    return world, pair


async def a_pause() -> tuple[GuestingWorld, Pair]:
    world, pair = await agreed()
    await world.work()
    await world.pause(pair, date(2026, 5, 25), date(2026, 3, 30))
    return world, pair


async def roles_exchanged() -> tuple[GuestingWorld, Pair]:
    world, pair = await agreed(mentor_email="ida@gmail.com")
    await world.work()
    await world.disconnect(pair.mentor)
    return world, pair


async def no_calendar_left() -> tuple[GuestingWorld, Pair]:
    world, pair = await agreed(READS)
    await world.work()
    await world.disconnect(pair.mentor)
    return world, pair


async def picture(world: GuestingWorld, pair: Pair) -> dict[str, Any]:
    """What people see, what they were mailed, and what the store remembers of it."""
    where = {p: n for n, p in enumerate(pair.both())}
    return {
        "shown": [await world.shown(p) for p in pair.both()],
        "google": Counter((m.to, m.method) for m in world.google.world.mails),
        "mails": Counter(
            (m.to.email, m.subject, m.method) for m in world.post.read().values()
        ),
        "rows": Counter(
            (type(r.effect).__name__, r.state) for r in await world.outbox(pair)
        ),
        "copies": sorted(
            (where[c.person], c.state.value, c.route.value, c.sequence, c.generation)
            for c in await world.copies(pair)
        ),
    }


async def life(start: GuestingWorld, dies_at: int | None) -> GuestingWorld:
    """Some hours from the start on, with one death at this step."""
    world = deepcopy(start)
    world.fuse.at = dies_at and start.fuse.steps + dies_at
    await world.live_through(3 * HOUR, HOUR)
    return world


@pytest.mark.parametrize(
    ("story", "stride"),
    [
        (agreed, 2),
        (other_times, 4),
        (a_pause, 4),
        (roles_exchanged, 3),
        (no_calendar_left, 3),
    ],
)
async def test_who_dies_at_any_step_leaves_the_same_in_the_end(
    story: Story, stride: int
) -> None:
    start, pair = await story()
    whole = await life(start, None)
    await all_holds(whole, pair)
    expected = await picture(whole, pair)
    steps = whole.fuse.steps - start.fuse.steps
    assert steps > 20
    for k in range(1, steps + 1, stride):
        world = await life(start, k)
        assert await picture(world, pair) == expected, f"died at step {k}"
        await all_holds(world, pair)


# Whatever people do -----------------------------------------------------------------

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("move", "move", "delete", "delete", "choose", "choose"),
                *("leave out", "pause", "resume", "terms", "wait", "crash"),
                *("disconnect", "connect", "fault", "gone"),
            ]
        ),
        st.booleans(),
        st.integers(0, 5),
        st.integers(1, 6),
    ),
    min_size=2,
    max_size=8,
)
GRANTS = st.sampled_from([(ALL, ALL), (ALL, READS), (READS, ALL), (ALL, None)])


@given(ACTS, GRANTS, st.booleans())
# Shrinking a history of weeks takes minutes: what failed is told as it was drawn.
@settings(max_examples=8, deadline=None, phases=[Phase.reuse, Phase.generate])
def test_each_has_each_meeting_once_whatever_happens(
    acts: list[Any], grants: Any, gmail: bool
) -> None:
    asyncio.run(a_history(acts, grants, gmail=gmail))


async def a_history(acts: list[Any], grants: Any, *, gmail: bool) -> None:
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    for person, allowed in zip(pair.both(), grants, strict=True):
        if gmail or allowed is None:
            name = "ida" if person == pair.mentor else "leyla"
            await world.moves_to(person, f"{name}@gmail.com")
            world.google.add_account(f"{name}@gmail.com")
            world.emails[person] = f"{name}@gmail.com"
        if allowed is not None:
            await world.at_google(person, allowed)
    await world.agree(pair)
    await settled(world, pair)
    for act in acts:
        try:
            await do(world, pair, *act)
        except MAY_REFUSE:
            continue
        except Crash:
            world.fuse.at = None
        await settled(world, pair)


async def settled(world: GuestingWorld, pair: Pair) -> None:
    """Once all that is due is done, and faults are over, what must hold holds."""
    await world.live_through(8 * HOUR, HOUR)
    world.fuse.at = None
    await world.live_through(8 * HOUR, HOUR)
    await all_holds(world, pair)


async def do(
    world: GuestingWorld, pair: Pair, act: str, is_mentor: bool, a: int, b: int
) -> None:
    person = pair.mentor if is_mentor else pair.mentee
    today = world.today()
    match act:
        case "pause":
            first = today + timedelta(days=7 * a) if a else None
            await world.pause(pair, today + timedelta(days=7 * (a + b)), first)
        case "resume":
            await world.resume(pair, by=person)
        case "terms":
            hours = Hours.parse(f"Mon-Fri {12 + a}:00-18:00")
            await world.propose(pair, person, mentor_hours=hours)
            await world.accept(pair, pair.partner(person))
        case "wait":
            await world.live_through(b * 2 * DAY, 6 * HOUR)
        case "disconnect" | "connect" | "crash" | "fault":
            await befalls(world, person, act, a, b)
        case "delete" | "gone":
            await takes_away(world, pair, act, person, a, b)
        case _:
            await do_about_one(world, pair, act, person, a, b)


async def befalls(
    world: GuestingWorld, person: PersonId, act: str, a: int, b: int
) -> None:
    """What happens to calendars, and to us."""
    match act:
        case "disconnect":
            world.google.play()  # what cannot be taken out then stays in a calendar
            await world.disconnect(person)
        case "connect":
            await world.at_google(person, ALL if a > 2 else READS)
        case "crash":
            world.fuse.at = world.fuse.steps + 7 * a + b
        case _:
            method = ("events.insert", "events.patch", "events.delete")[a % 3]
            lost = Refuse(UNAVAILABLE, applied=b > 3)
            world.google.play(Rule(method, lost, times=b))


async def takes_away(
    world: GuestingWorld, pair: Pair, act: str, person: PersonId, a: int, b: int
) -> None:
    """One date or, seldom, all of them, in one's own calendar at Google."""
    series, meeting = await world.standing(pair), await world.meeting(pair, a)
    copy = await world.copy(person, series.uid)
    if not copy or not copy.remote_id or copy.state is not CopyState.THERE:
        return
    if act == "delete" and meeting.is_live:
        await deletes(world, pair, person, meeting)
    if act == "delete" or b < 5:
        return
    where = {"calendarId": "primary", "eventId": str(copy.remote_id)}
    email, now = world.emails[person], world.clock.now()
    world.google.act(email, "events.delete", where, sendUpdates="all")
    own = (m for m in series.live() if m.span and not m.uid)
    keys = tuple(m.key for m in own if m.span and m.span.start > now)
    kind, source = FindingKind.SERIES_GONE, SourceKind.GOOGLE
    if keys:
        said = Finding(kind, Grade.CERTAIN, person, keys, now, source)
        await world.noticed(pair, said)


async def do_about_one(
    world: GuestingWorld, pair: Pair, act: str, person: PersonId, a: int, b: int
) -> None:
    meeting = await world.meeting(pair, a)
    if act == "move" and meeting.span:
        to = meeting.span.start + b * HOUR
        await move_meeting(pair.id, meeting.key, person, to, **world.ports)
    elif act == "leave out":
        for one in pair.both():
            await leave_out(pair.id, meeting.key, one, **world.ports)
    elif act == "choose":
        offers = [o for o in await world.offers(pair) if o.state is OfferState.OPEN]
        for offer in offers[:1]:
            await world.choose(offer, offer.times[b % len(offer.times)], person)
