"""Who did what, over the API: of a programme by ids alone, and one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from scheduler.access import Audited
from scheduler.usecases.see_audit import see_own_audit, see_programme_audit
from web.api.caller import PersonCaller, ProgrammeCaller
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(prefix="/api/v1", tags=["audit"], route_class=RepeatRoute)


class AuditedShape(Shape):
    """One act, by ids alone."""

    #: Its number, by which the next page is asked for; null in lists about one thing.
    no: int | None
    at: datetime
    actor: str
    act: str
    about: str
    cause: str

    @classmethod
    def of(cls, row: Audited, no: int | None = None) -> AuditedShape:
        """As it stands."""
        return cls(
            no=no,
            at=row.at,
            actor=row.actor,
            act=row.act,
            about=row.about,
            cause=row.cause,
        )


@router.get("/programme/audit")
async def audit(
    found: ProgrammeCaller,
    services: Given,
    about: str = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> list[AuditedShape]:
    """What was done in the programme, newest first, a hundred at a time.

    With `about` everything about one thing, oldest first. Which of the two of a pair
    it was is told to nobody: their acts are those of a `person`.
    """
    rows = await see_programme_audit(
        found.programme, about=about, before=before, begin=services.begin
    )
    return [AuditedShape.of(row, no) for no, row in rows]


@router.get("/me/audit")
async def own(found: PersonCaller, services: Given) -> list[AuditedShape]:
    """What this person did, what was done about them, and who looked at figures."""
    rows = await see_own_audit(found.person, begin=services.begin)
    return [AuditedShape.of(row) for row in rows]
