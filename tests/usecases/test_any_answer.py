"""Whatever an answer says, deciding about it never fails, and never says too much."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.itip import last_revision
from scheduler.ports.mail import Answer, Reply
from scheduler.replying import replied
from scheduler.situation import Situation
from scheduler.usecases.load_situation import load_situation
from tests.cases import tried
from tests.usecases.mailing import claims, later, mail_pair
from tests.usecases.world import SENDER


async def a_situation() -> Situation:
    """Two on mail, whose third meeting has another time."""
    world, pair = await mail_pair("mail", "mail")
    meeting = await world.meeting(pair, 2)
    await world.moves(pair, meeting, later(meeting, timedelta(days=1)))
    async with world.store(read_only=True) as uow:
        case = await load_situation(
            uow, pair.id, world.clock.now(), links=world.links, sender=SENDER
        )
    assert case
    return case


CASE = asyncio.run(a_situation())
[SERIES] = CASE.view.series
ORIGINALS = [m.key.original_start for m in SERIES.meetings[:4]]
EMAILS = ["leyla@example.org", "Ida@example.org", "mallory@example.org", "", "é@x"]

instants = (
    st.sampled_from(ORIGINALS)
    | st.builds(
        lambda at, hours: at + timedelta(hours=hours),
        st.sampled_from(ORIGINALS),
        st.integers(-400, 400),
    )
    | st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
)
replies = st.builds(
    Reply,
    uid=st.sampled_from([SERIES.uid, "", "other@example.org"]),
    attendee=st.sampled_from(EMAILS),
    answer=st.sampled_from(Answer),
    sequence=st.integers(0, 9999),
    at=instants,
    recurrence_id=st.none() | instants,
    proposed_start=st.none() | instants,
    proposed_end=st.none() | instants,
    prodid=st.text(max_size=20),
    certain=st.booleans(),
    recurrence_wall=st.none() | st.datetimes(),
    others=st.lists(st.sampled_from(EMAILS), max_size=2).map(
        lambda some: claims(*some)
    ),
)
KNOWN = {
    "accepted",
    "asked",
    "declined",
    "moved",
    "no proposal",
    "no such date",
    "not on mail",
    "not vouched for",
    "over",
    "refused",
    "repeated",
    "stale",
    "stranger",
    "tentative",
}


@settings(max_examples=tried(300))
@given(replies)
def test_every_answer_has_an_outcome_and_repeats_nothing(reply: Reply) -> None:
    done = replied(CASE, reply)
    assert done.outcome in KNOWN
    after = CASE.after(done.change)
    counted = last_revision(after.effects, SERIES.uid)
    before = last_revision(CASE.effects, SERIES.uid)
    assert counted and before and counted.sequence <= before.sequence + 1
    for meeting in after.view.series[0].live():
        assert meeting.span and CASE.now < meeting.span.start < datetime(
            2027, 1, 1, tzinfo=UTC
        )
    names = {"stranger", "not on mail", "no such date", "stale", "over", "no proposal"}
    if done.outcome in names:
        kept = done.change
        assert not (kept.series or kept.ledger or kept.letters or kept.steps)
