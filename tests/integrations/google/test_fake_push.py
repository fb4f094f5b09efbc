"""What Google documents of push notifications."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from googleapiclient.errors import HttpError

from integrations.google.fake.faults import PUSH, Copies, Rule
from integrations.google.fake.push import Push
from integrations.google.fake.server import serving
from integrations.google.fake.service import Asked, FakeGoogle
from integrations.google.fake.world import Behaviour
from tests.integrations.google.conftest import MENTEE, MENTOR, Stage, fresh
from tests.integrations.google.shapes import Json, guests, timed
from tests.integrations.google.test_fake_listing import reason

HOOK = "https://troth.test/hooks/google"


def watch(stage: Stage, name: str = "one", **more: object) -> Json:
    body = {"id": name, "type": "web_hook", "address": HOOK, **more}
    made: Json = stage.events().watch(calendarId="primary", body=body).execute()
    return made


def edit(stage: Stage) -> None:
    stage.events().insert(calendarId="primary", body=timed()).execute()


def states(pushes: list[Push]) -> list[str]:
    return [one.headers["X-Goog-Resource-State"] for one in pushes]


def test_the_first_message_is_sync_and_others_say_that_it_exists(stage: Stage) -> None:
    """'Push notifications', sync message and notification headers."""
    made = watch(stage, token="secret")
    edit(stage)
    edit(stage)
    pushes = stage.google.take_pushes()
    assert states(pushes) == ["sync", "exists", "exists"]
    numbers = [int(one.headers["X-Goog-Message-Number"]) for one in pushes]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))
    headers = pushes[1].headers
    assert pushes[1].address == HOOK
    assert headers["X-Goog-Channel-ID"] == "one"
    assert headers["X-Goog-Channel-Token"] == "secret"
    assert headers["X-Goog-Resource-ID"] == made["resourceId"]
    assert headers["X-Goog-Resource-URI"] == made["resourceUri"]
    ends = datetime.fromtimestamp(int(made["expiration"]) // 1000, UTC)
    assert parsedate_to_datetime(headers["X-Goog-Channel-Expiration"]) == ends


def test_a_guest_s_channel_tells_of_the_organiser_s_change(stage: Stage) -> None:
    """'Push notifications': each channel is for one user and one resource."""
    body = {"id": "two", "type": "web_hook", "address": HOOK}
    stage.events(MENTEE).watch(calendarId="primary", body=body).execute()
    edit(stage)
    assert states(stage.google.take_pushes()) == ["sync"]
    invitation = {**timed(), "attendees": guests(MENTEE)}
    events = stage.events(MENTOR)
    call = events.insert(calendarId="primary", body=invitation, sendUpdates="none")
    call.execute()
    assert states(stage.google.take_pushes()) == ["exists"]


def test_a_channel_ends_and_nobody_renews_it(stage: Stage) -> None:
    """'Push notifications', renew: a new channel, with another id."""
    watch(stage, params={"ttl": "3600"})
    stage.clock.advance(timedelta(minutes=61))
    edit(stage)
    assert states(stage.google.take_pushes()) == ["sync"]
    with pytest.raises(HttpError) as caught:
        watch(stage)
    assert reason(caught) == (400, "channelIdNotUnique")
    watch(stage, "another")


def test_a_channel_lives_no_longer_than_google_lets_it(stage: Stage) -> None:
    """'Push notifications', `expiration`: a wish, in milliseconds."""
    far = int((stage.clock.now() + timedelta(days=400)).timestamp() * 1000)
    made = watch(stage, expiration=far)
    longest = stage.clock.now() + stage.google.behaviour.channel_life
    assert int(made["expiration"]) == int(longest.timestamp() * 1000)


def test_a_stopped_channel_may_still_tell_for_a_while(stage: Stage) -> None:
    """Channels: stop; and seen: messages come for some time after it."""
    stage.google.behaviour = Behaviour(lingering=timedelta(minutes=5))
    made = watch(stage)
    known = {"id": made["id"], "resourceId": made["resourceId"]}
    for who, body in (
        (MENTEE, known),
        (MENTOR, {**known, "resourceId": "other"}),
        (MENTOR, {**known, "id": "none"}),
    ):
        with pytest.raises(HttpError) as caught:
            stage.service(who).channels().stop(body=body).execute()
        assert reason(caught) == (404, "notFound")
    stage.service().channels().stop(body=known).execute()
    stage.google.take_pushes()
    edit(stage)
    assert states(stage.google.take_pushes()) == ["exists"]
    stage.clock.advance(timedelta(minutes=5))
    edit(stage)
    assert stage.google.take_pushes() == []


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"address": "http://troth.test/"}, "push.webhookUrlNotHttps"),
        ({"id": "x" * 65}, "invalid"),
        ({"id": "with space"}, "invalid"),
        ({"type": "carrier pigeon"}, "invalid"),
        ({"token": "x" * 257}, "invalid"),
        ({"expiration": 1}, "invalid"),
        ({"address": ""}, "required"),
    ],
)
def test_what_is_no_channel_is_refused(stage: Stage, more: Json, why: str) -> None:
    """'Push notifications', required properties."""
    body = {"id": "one", "type": "web_hook", "address": HOOK, **more}
    with pytest.raises(HttpError) as caught:
        stage.events().watch(calendarId="primary", body=body).execute()
    assert reason(caught) == (400, why)


def test_pushes_get_lost_and_come_twice_by_script(stage: Stage) -> None:
    """'Push notifications', reliability: 'not 100 % reliable'."""
    watch(stage)
    stage.google.take_pushes()
    lost, twice = Rule(PUSH, Copies(0)), Rule(PUSH, Copies(2), nth=2)
    stage.google.play(lost, twice)
    edit(stage)
    assert stage.google.take_pushes() == []
    edit(stage)
    first, second = stage.google.take_pushes()
    assert first == second


async def test_pushes_go_where_they_are_sent() -> None:
    """Of the house: a callable takes them, in order, after the answer."""
    google = fresh()
    came: list[Push] = []

    async def deliver(push: Push) -> None:
        came.append(push)

    async with serving(google, deliver=deliver) as address:
        await _watch_over(google, address)
    assert states(came) == ["sync"]


async def _watch_over(google: FakeGoogle, address: str) -> None:
    body = {"id": "one", "type": "web_hook", "address": HOOK}
    token = google.token(MENTOR, "calendar.events")
    url = f"{address}/calendar/v3/calendars/primary/events/watch"
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers=headers) as answer,
    ):
        assert answer.status == 200


def test_it_is_the_same_without_a_socket() -> None:
    """Of the house: the whole of it is a function from a request to an answer."""
    google = fresh()
    token = google.token(MENTOR, "calendar.readonly")
    headers = {"authorization": f"Bearer {token}"}
    path = "/calendar/v3/calendars/primary/events"
    reply = google.handle(Asked("GET", path, (), headers))
    assert reply.status == 200
    assert (reply.body or {})["items"] == []
