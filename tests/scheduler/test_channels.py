"""What becomes of push channels: whatever is lost, they end, and none is doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.channels import (
    LIFE,
    POLL,
    POLL_BESIDE_PUSH,
    Channel,
    Heard,
    Notification,
    answered,
    asked,
    deaf,
    judge,
    look_again,
    poll_every,
    renewal,
    spoken,
)
from scheduler.ids import CalendarId
from scheduler.secret import Secret

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WISH = asked("c1", CalendarId("cal"), Secret("t" * 43), NOW)
OPEN = replace(WISH, resource="r1")
HEARD = replace(OPEN, heard=True)
TOLD = Notification("c1", WISH.token, "r1", "exists", expires=NOW + LIFE)

#: Channels of one calendar, in any state and of any age.
CHANNELS = st.lists(
    st.builds(
        lambda n, ago, life, flags: replace(
            WISH,
            id=f"c{n}",
            opened=NOW - ago * HOUR,
            expires=NOW - ago * HOUR + life * HOUR,
            resource="r1" if flags & 3 else "",
            heard=bool(flags & 2),
            stopped=bool(flags & 4),
        ),
        st.integers(0, 99),
        st.integers(0, 300),
        st.integers(1, 200),
        st.integers(0, 7),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)


def test_a_message_may_come_before_the_answer_and_tells_what_is_watched() -> None:
    assert judge(TOLD, WISH, NOW) is Heard.HINT
    early = spoken(WISH, replace(TOLD, expires=NOW + HOUR))
    assert early == replace(HEARD, expires=NOW + HOUR)
    assert answered(spoken(WISH, TOLD), OPEN) == HEARD
    assert spoken(answered(WISH, OPEN), TOLD) == HEARD


@pytest.mark.parametrize("row", [WISH, OPEN, HEARD])
def test_without_the_token_no_row_is_believed(row: Channel) -> None:
    for token in ("", "t" * 42, "u" * 43):
        told = replace(TOLD, token=Secret(token))
        assert judge(told, row, NOW) is Heard.TOKEN
        assert judge(told, row, NOW).is_forged
    assert judge(replace(TOLD, resource=""), row, NOW) is Heard.RESOURCE


def test_a_message_does_not_make_a_channel_live_longer() -> None:
    told = replace(TOLD, expires=NOW + 10 * LIFE)
    assert spoken(OPEN, told).expires == OPEN.expires
    assert spoken(OPEN, replace(TOLD, expires=None)).expires == OPEN.expires


def test_what_was_not_answered_is_asked_for_again_under_its_own_name() -> None:
    assert renewal([WISH], NOW).again == WISH
    assert not renewal([WISH], NOW).open
    assert renewal([OPEN], NOW).again is None
    assert renewal([spoken(WISH, TOLD)], NOW).again is None
    old = replace(HEARD, id="c0", opened=NOW - LIFE / 2)
    assert renewal([old, WISH], NOW).again == WISH
    assert renewal([WISH], WISH.renewed_at).open


def test_one_that_was_not_answered_is_stopped_by_its_siblings_name() -> None:
    new = replace(HEARD, id="c2", opened=NOW + HOUR, expires=NOW + HOUR + LIFE)
    (stopped,) = renewal([WISH, new], NOW + HOUR).stop
    assert stopped == OPEN


@given(CHANNELS)
def test_what_works_is_never_stopped_before_something_newer_works(
    channels: list[Channel],
) -> None:
    plan = renewal(channels, NOW)
    stopped = {one.id for one in plan.stop}
    left = [one for one in channels if one.id not in stopped and one.is_live(NOW)]
    if any(one.heard and one.is_live(NOW) for one in channels):
        assert any(one.heard for one in left)
    assert all(one.resource and one.is_live(NOW) for one in plan.stop)
    assert not (plan.open and plan.again)
    if not left:
        assert plan.open
    # What is left after that plan is left alone by the next.
    again = renewal(left, NOW)
    assert (again.open, again.again, again.stop) == (plan.open, plan.again, ())


@given(CHANNELS)
def test_no_wait_is_longer_than_a_channel_that_works(channels: list[Channel]) -> None:
    wait = poll_every(channels, NOW)
    assert POLL <= wait <= POLL_BESIDE_PUSH
    ends = [one.expires for one in channels if one.heard and one.is_live(NOW)]
    if wait > POLL:
        assert NOW + wait <= max(ends)
    if not ends:
        assert wait == POLL


@given(CHANNELS)
def test_somebody_comes_back_while_a_channel_lives(channels: list[Channel]) -> None:
    again = look_again(channels, NOW)
    live = [one for one in channels if one.is_live(NOW)]
    assert (again is None) == (not live)
    if again is not None:
        assert again < max(one.expires for one in live)


def test_a_channel_that_is_silent_about_a_change_does_not_count() -> None:
    turn = NOW + POLL_BESIDE_PUSH
    (silent,) = deaf([HEARD], last=NOW, now=turn)
    assert silent == OPEN
    assert poll_every([silent], turn) == POLL
    assert spoken(silent, TOLD) == HEARD


def test_what_is_read_before_its_turn_was_told() -> None:
    before = NOW + POLL_BESIDE_PUSH - timedelta(seconds=1)
    assert deaf([HEARD], last=NOW, now=before) == ()
    assert deaf([HEARD], last=None, now=before + HOUR) == ()
    assert deaf([OPEN], last=NOW, now=before + HOUR) == ()
