"""What a programme asks its pairs at their meetings, over the API."""

from __future__ import annotations

from fastapi import APIRouter

from scheduler.standing import Standing
from scheduler.usecases.change_questions import change_questions
from web.api.caller import ProgrammeCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/programme/questions", tags=["programme"], route_class=RepeatRoute
)


class QuestionsShape(Shape):
    """A programme's own questions; an empty list: those that Troth asks by itself."""

    #: At a first meeting.
    first: tuple[str, ...] = ()
    #: One of them at each later meeting, in turn.
    questions: tuple[str, ...] = ()
    #: At every fourth, about how this is for the two.
    look: tuple[str, ...] = ()

    @classmethod
    def of(cls, standing: Standing) -> QuestionsShape:
        """As they stand."""
        return cls(
            first=standing.first, questions=standing.questions, look=standing.look
        )


@router.get("")
async def questions(found: ProgrammeCaller, services: Given) -> QuestionsShape:
    """What the programme asks of its own."""
    async with services.begin(read_only=True) as uow:
        programme = await uow.programmes.get(found.programme)
    return QuestionsShape.of(programme.template.standing)


@router.put("")
async def ask(
    found: ProgrammeCaller, services: Given, body: QuestionsShape
) -> QuestionsShape:
    """Ask these instead; agendas that stand in events are renewed as they come up."""
    standing = await change_questions(
        found.programme,
        first=body.first,
        questions=body.questions,
        look=body.look,
        begin=services.begin,
    )
    return QuestionsShape.of(standing)
