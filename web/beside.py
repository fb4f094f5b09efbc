"""What may be said beside 'did you meet?': lines, a topic, promises; none is asked for.

What is left empty leaves things as they are.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from config.services import Services
from scheduler import promising, topics
from scheduler.errors import NotFound, Refused
from scheduler.ids import PromiseId
from scheduler.parting import Hand, LineKind, left
from scheduler.series import Meeting
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.leave_line import leave_line
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.see_pair import SeenPair
from scheduler.usecases.turn_promise import turn_promise


class Beside(BaseModel):
    """The fields beside the answer; `done` are promises that are kept."""

    heard: str = Field("", max_length=5000)
    thanks: str = Field("", max_length=5000)
    topic: str = Field("", max_length=5000)
    promise: str = Field("", max_length=5000)
    by: str = Field("", max_length=100)
    done: list[str] = Field(default_factory=list, max_length=100)

    @property
    def lines(self) -> tuple[tuple[LineKind, str], ...]:
        """The lines that were written."""
        both = ((LineKind.HEARD, self.heard), (LineKind.THANKS, self.thanks))
        return tuple((kind, text) for kind, text in both if text.strip())


def check(form: Beside, view: SeenPair, meeting: Meeting, *, ahead: bool) -> None:
    """Refuse what could not be kept, before anything is; `ahead`: they meet later.

    `Refused` E_LINE, E_TOPIC, E_PROMISE, E_PROMISE_DATE, or E_NOT_YET.
    """
    hand = Hand(view.pair.id, meeting.key, view.me.id, view.now)
    for kind, text in form.lines:
        left((), kind, text, hand)
        if ahead:
            raise Refused(
                "E_NOT_YET",
                "You meet later, then; say this when you have met.",
                field=kind.value,
            )
    if form.topic.strip():
        topics.words(form.topic)
    if form.promise.strip() or form.by.strip():
        promising.words(form.promise)
        _day(form, view, view.now)


async def keep(
    services: Services, view: SeenPair, meeting: Meeting, form: Beside
) -> None:
    """Keep all of it; doing so twice is doing it once.

    `Refused` E_PROMISED when the same words are promised already until another day.
    """
    ports = services.noting
    for kind, text in form.lines:
        await leave_line(view.pair.id, view.me.id, meeting.key, kind, text, **ports)
    if form.topic.strip():
        await add_topic(view.pair.id, view.me.id, form.topic, **ports)
    mine = {p.id for p in view.promises if p.by == view.me.id}
    for name in form.done:
        if name not in mine:
            raise NotFound("promise")
        await turn_promise(
            view.pair.id, view.me.id, PromiseId(name), promising.keep, **ports
        )
    if form.promise.strip():
        day = _day(form, view, services.clock.now())
        said = promising.Said(form.promise, day, about=meeting.key)
        await make_promise(view.pair.id, view.me.id, said, **ports)


def _day(form: Beside, view: SeenPair, now: datetime) -> date:
    return promising.read_due(form.by, view.me, now)
