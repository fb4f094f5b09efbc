"""What a pair's next meeting is about, over the API: the agenda, topics, links."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter

from config.services import Services
from scheduler import topics as of_topics
from scheduler.agenda import parts
from scheduler.enclosures import Enclosure, on_agenda
from scheduler.ids import PersonId
from scheduler.people import Pair
from scheduler.preparing import Preparation
from scheduler.topics import Topic
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.change_topic import change_topic
from scheduler.usecases.enclose_link import enclose_link
from scheduler.usecases.read_agenda import read_agenda
from scheduler.usecases.take_off_link import take_off_link
from scheduler.usecases.tick_topic import tick_topic
from web.api.caller import OwnPair, PersonCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/pairs/{pair}", tags=["agendas"], route_class=RepeatRoute
)


class TopicShape(Shape):
    """Something one of them wants to talk about."""

    id: str
    by: str
    text: str
    added_at: datetime
    done_at: datetime | None
    #: False: a note of the caller's to themself.
    shared: bool

    @classmethod
    def of(cls, topic: Topic) -> TopicShape:
        """As it stands."""
        return cls(
            id=topic.id,
            by=topic.by,
            text=topic.text,
            added_at=topic.added_at,
            done_at=topic.done_at,
            shared=topic.shared,
        )


class LinkShape(Shape):
    """Something to read before a meeting."""

    id: str
    by: str
    url: str
    title: str
    added_at: datetime

    @classmethod
    def of(cls, one: Enclosure) -> LinkShape:
        """As it stands."""
        return cls(
            id=one.id, by=one.by, url=one.url, title=one.title, added_at=one.added_at
        )


class PromisedShape(Shape):
    """A promise as the agenda names it; `leads`: it has been over for three days."""

    who: str
    text: str
    by: date
    leads: bool


class AgendaShape(Shape):
    """The agenda of the next meeting, in the caller's language."""

    meeting: str
    first: bool
    topics: list[TopicShape]
    links: list[LinkShape]
    promises: list[PromisedShape]
    #: What the two are asked at this meeting, part by part.
    asked: dict[str, list[str]]
    #: Where the agenda is a Google document that both can open; else null.
    document: str | None

    @classmethod
    def of(cls, told: Preparation, language: str) -> AgendaShape:
        """As it stands; the same for both, but for the language."""
        agenda = told.agenda
        return cls(
            meeting=str(told.meeting.key),
            first=agenda.first,
            topics=[TopicShape.of(t) for t in of_topics.next_topics(told.topics)],
            links=[LinkShape.of(one) for one in on_agenda(told.enclosures)],
            promises=[
                PromisedShape(who=p.who, text=p.text, by=p.by, leads=p.leads)
                for p in agenda.promises
            ],
            asked={p.kind.value: list(p.said) for p in parts(agenda, language)},
            document=told.document.link if told.document else None,
        )


class NewTopic(Shape):
    """What to talk about; not `shared`: a note to oneself."""

    text: str
    shared: bool = True


class NewWords(Shape):
    """How to say it instead."""

    text: str


class NewLink(Shape):
    """An https address that both can open, and what to call it."""

    url: str
    title: str = ""


@router.get("/agenda")
async def agenda(
    found: PersonCaller, services: Given, theirs: OwnPair
) -> AgendaShape | None:
    """What the next meeting is about; null when none is booked ahead."""
    async with services.begin(read_only=True) as uow:
        told = await read_agenda(
            uow, theirs.id, services.clock.now(), links=services.links
        )
        me = await uow.people.get(found.person)
    return AgendaShape.of(told, me.language) if told else None


@router.get("/topics")
async def topics(
    found: PersonCaller, services: Given, theirs: OwnPair
) -> list[TopicShape]:
    """Every topic the two share, done ones included, and the caller's own."""
    async with services.begin(read_only=True) as uow:
        every = await uow.topics.of_pair(theirs.id)
    return [TopicShape.of(t) for t in every if t.is_shown_to(found.person)]


@router.post("/topics", status_code=201)
async def add(
    found: PersonCaller, services: Given, theirs: OwnPair, body: NewTopic
) -> TopicShape:
    """Put something on the agenda, or note it for oneself."""
    topic = await add_topic(
        theirs.id,
        found.person,
        body.text,
        shared=body.shared,
        begin=services.begin,
        clock=services.clock,
    )
    return TopicShape.of(topic)


@router.post("/topics/{topic}/done")
async def done(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str
) -> TopicShape:
    """Say that it was talked about."""
    ticked = await tick_topic(
        theirs.id, found.person, topic, begin=services.begin, clock=services.clock
    )
    return TopicShape.of(ticked)


@router.post("/topics/{topic}/open")
async def not_yet(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str
) -> TopicShape:
    """Put it back on the agenda."""
    ticked = await tick_topic(
        theirs.id,
        found.person,
        topic,
        done=False,
        begin=services.begin,
        clock=services.clock,
    )
    return TopicShape.of(ticked)


@router.post("/topics/{topic}/edit")
async def edit(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str, body: NewWords
) -> TopicShape:
    """Say it in other words; for who brought it."""
    who = found.person
    return await _changed(
        services, theirs, who, topic, lambda t, _: of_topics.edited(t, who, body.text)
    )


@router.post("/topics/{topic}/share")
async def share(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str
) -> TopicShape:
    """Show it to the partner; for who brought it."""
    who = found.person
    return await _changed(
        services, theirs, who, topic, lambda t, _: of_topics.shown(t, who, shared=True)
    )


@router.post("/topics/{topic}/keep")
async def keep(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str
) -> TopicShape:
    """Keep it to oneself from now on; for who brought it."""
    who = found.person
    return await _changed(
        services, theirs, who, topic, lambda t, _: of_topics.shown(t, who, shared=False)
    )


@router.post("/topics/{topic}/take-back")
async def take_back(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str
) -> TopicShape:
    """Take it back; for who brought it."""
    who = found.person
    return await _changed(
        services, theirs, who, topic, lambda t, now: of_topics.taken_back(t, who, now)
    )


@router.post("/topics/{topic}/put-back")
async def put_back(
    found: PersonCaller, services: Given, theirs: OwnPair, topic: str
) -> TopicShape:
    """Undo that, within 24 hours."""
    who = found.person
    return await _changed(
        services, theirs, who, topic, lambda t, now: of_topics.put_back(t, who, now)
    )


@router.get("/links")
async def links(services: Given, theirs: OwnPair) -> list[LinkShape]:
    """What is to be read before the next meeting."""
    async with services.begin(read_only=True) as uow:
        every = await uow.enclosures.of_pair(theirs.id)
    return [LinkShape.of(one) for one in on_agenda(every)]


@router.post("/links", status_code=201)
async def enclose(
    found: PersonCaller, services: Given, theirs: OwnPair, body: NewLink
) -> LinkShape:
    """Put a link there: https only, at most 25; files are not kept (E_AGENDA_…)."""
    one = await enclose_link(
        theirs.id,
        found.person,
        body.url,
        body.title,
        begin=services.begin,
        clock=services.clock,
    )
    return LinkShape.of(one)


@router.post("/links/{link}/take-off")
async def take_off(
    found: PersonCaller, services: Given, theirs: OwnPair, link: str
) -> LinkShape:
    """Take it off; adding it again puts it back."""
    one = await take_off_link(
        theirs.id, found.person, link, begin=services.begin, clock=services.clock
    )
    return LinkShape.of(one)


async def _changed(
    services: Services,
    theirs: Pair,
    who: PersonId,
    topic: str,
    change: of_topics.Change,
) -> TopicShape:
    changed = await change_topic(
        theirs.id, who, topic, change, begin=services.begin, clock=services.clock
    )
    return TopicShape.of(changed)
