"""Topics of a pair's agenda, over the API."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from scheduler.topics import Topic
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.tick_topic import tick_topic
from web.api.caller import OwnPair, PersonCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/pairs/{pair}/topics", tags=["agendas"], route_class=RepeatRoute
)


class TopicShape(Shape):
    """Something one of them wants to talk about."""

    id: str
    by: str
    text: str
    added_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, topic: Topic) -> TopicShape:
        """As it stands."""
        return cls(
            id=topic.id,
            by=topic.by,
            text=topic.text,
            added_at=topic.added_at,
            done_at=topic.done_at,
        )


class NewTopic(Shape):
    """What to talk about."""

    text: str


@router.get("")
async def topics(
    found: PersonCaller, services: Given, theirs: OwnPair
) -> list[TopicShape]:
    """Every topic the two share, done ones included, and the caller's own."""
    async with services.begin(read_only=True) as uow:
        every = await uow.topics.of_pair(theirs.id)
    return [TopicShape.of(t) for t in every if t.is_shown_to(found.person)]


@router.post("", status_code=201)
async def add(
    found: PersonCaller, services: Given, theirs: OwnPair, body: NewTopic
) -> TopicShape:
    """Put something on the agenda."""
    topic = await add_topic(
        theirs.id,
        found.person,
        body.text,
        begin=services.begin,
        clock=services.clock,
    )
    return TopicShape.of(topic)


@router.post("/{topic}/done")
async def done(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str
) -> TopicShape:
    """Say that it was talked about."""
    ticked = await tick_topic(
        theirs.id, found.person, topic, begin=services.begin, clock=services.clock
    )
    return TopicShape.of(ticked)
