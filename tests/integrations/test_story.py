"""The main job, whole: two calendars in, a kept rhythm out, as issue 2 tells it.

Radicale is the mentor's calendar server, Xandikos the mentee's; mail goes through a
real SMTP and IMAP server, and a worker is woken through Valkey. Nothing of ours is set
aside but the clock. What stands in calendars and mailboxes is read by other parsers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.integrations.story import people
from tests.integrations.story.beginning import (
    a_coordinator_adds_the_pair,
    both_accept,
    the_mentees_phone_accepts,
    the_mentees_server_accepts,
    the_slot_is_found_and_booked,
)
from tests.integrations.story.cast import Cast, gathered
from tests.integrations.story.ending import (
    a_choice_is_taken_back,
    nothing_is_left_over,
    the_mentee_declines_one,
    the_mentor_drags_one,
    the_mentor_takes_all_of_it_out,
)
from tests.integrations.story.people import NEW_YORK, at
from tests.integrations.story.repairing import (
    one_click_and_one_confirmation_book_another,
    something_new_lies_on_top_of_a_meeting,
    the_mentor_deletes_one,
)
from tests.integrations.story.telling import (
    november_is_told_to_both,
    october_is_told_to_both,
    one_is_made_up_for_and_one_is_missed,
    she_writes_into_the_event,
    two_meetings_take_place,
)
from tests.servers.ports import Ports

pytestmark = pytest.mark.servers

IN_WEEK_FIVE = at(date(2026, 10, 27), 9, NEW_YORK)
IN_WEEK_NINE = at(date(2026, 11, 24), 10, NEW_YORK)


@pytest.fixture
async def cast(ports: Ports, valkey: str, tmp_path: Path) -> AsyncIterator[Cast]:
    with (
        people.mail_server(ports, tmp_path) as mail,
        people.mentors_server(ports, tmp_path) as home,
        people.mentees_server(ports, tmp_path, mail.smtp) as mentees,
    ):
        async with gathered(home, mentees, mail, valkey, tmp_path) as cast:
            yield cast


@pytest.mark.parametrize(
    ("program", "lives"), [("phone", []), ("server", range(1, 12))]
)
async def test_two_calendars_become_a_kept_rhythm(
    cast: Cast, valkey: str, program: str, lives: Sequence[int]
) -> None:
    """With `lives`, Troth dies so often while it tells of what the mentor deleted."""
    cast.has_server = program == "server"
    await a_coordinator_adds_the_pair(cast)
    await both_accept(cast)
    await the_slot_is_found_and_booked(cast, valkey)
    if cast.has_server:
        await the_mentees_server_accepts(cast)
    else:
        await the_mentees_phone_accepts(cast)
    await she_writes_into_the_event(cast)
    await two_meetings_take_place(cast)
    await cast.stage.until(IN_WEEK_FIVE)
    assert await cast.read() == ([], [])
    letters = await the_mentor_deletes_one(cast, lives)
    await one_click_and_one_confirmation_book_another(cast, *letters)
    await october_is_told_to_both(cast)
    await one_is_made_up_for_and_one_is_missed(cast)
    await cast.stage.until(IN_WEEK_NINE)
    await something_new_lies_on_top_of_a_meeting(cast)
    await november_is_told_to_both(cast)
    await the_mentor_drags_one(cast)
    if not cast.has_server:
        _, fell = await the_mentee_declines_one(cast)
        await a_choice_is_taken_back(cast, fell)
    await the_mentor_takes_all_of_it_out(cast)
    await nothing_is_left_over(cast)
    for box in (cast.ida, cast.leyla):
        assert await box.repeats() <= len(lives)
