"""What a pair wrote about its meetings, over the API: notes, lines, thanks."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from scheduler.parting import LineKind, Note
from scheduler.usecases.leave_line import leave_line
from scheduler.usecases.see_meetings import SeenMeeting, see_meetings
from scheduler.usecases.write_note import write_note
from web.api.caller import OwnPair, PersonCaller
from web.api.meetings import About
from web.api.repeats import RepeatRoute
from web.api.shapes import Shape
from web.guard import Given

router = APIRouter(
    prefix="/api/v1/pairs/{pair}/meetings", tags=["meetings"], route_class=RepeatRoute
)


class NoteShape(Shape):
    """The one note of the two on a meeting; `edition` comes back with a change."""

    key: str
    text: str
    by: str
    at: datetime
    edition: str

    @classmethod
    def of(cls, note: Note) -> NoteShape:
        """As it stands."""
        return cls(
            key=str(note.about),
            text=note.text,
            by=note.by,
            at=note.at,
            edition=note.edition,
        )


class LineShape(Shape):
    """What one of them left: `heard` or `thanks`."""

    by: str
    kind: str
    text: str
    at: datetime


class PastMeeting(Shape):
    """A meeting that has begun, and what the two wrote about it."""

    key: str
    start: datetime
    end: datetime
    ending: str
    note: NoteShape | None
    lines: list[LineShape]

    @classmethod
    def of(cls, seen: SeenMeeting) -> PastMeeting:
        """As it stands."""
        return cls(
            key=str(seen.meeting.key),
            start=seen.span.start,
            end=seen.span.end,
            ending=seen.ending.value,
            note=NoteShape.of(seen.note) if seen.note and seen.note.text else None,
            lines=[
                LineShape(by=x.by, kind=x.kind.value, text=x.text, at=x.at)
                for x in seen.lines
            ],
        )


class NewNote(About):
    """The whole text; `edition` is the one it was made from, empty for none."""

    text: str
    edition: str = ""


class NewLine(About):
    """One line; an empty one takes back what stood there."""

    kind: LineKind
    text: str


@router.get("/past")
async def past(
    found: PersonCaller, services: Given, theirs: OwnPair
) -> list[PastMeeting]:
    """Those that have begun, the newest first."""
    every = await see_meetings(
        theirs.id, found.person, begin=services.begin, now=services.clock.now()
    )
    return [PastMeeting.of(one) for one in every]


@router.post("/note")
async def note(
    found: PersonCaller, services: Given, theirs: OwnPair, body: NewNote
) -> NoteShape:
    """Keep the note of the two; 409 E_NOTE_CHANGED when the other changed it since."""
    kept = await write_note(
        theirs.id,
        found.person,
        body.read(),
        body.text,
        seen=body.edition,
        begin=services.begin,
        clock=services.clock,
    )
    return NoteShape.of(kept)


@router.post("/line")
async def line(
    found: PersonCaller, services: Given, theirs: OwnPair, body: NewLine
) -> dict[str, bool]:
    """Leave 'what I heard', or a word of thanks; the partner sees it at once."""
    await leave_line(
        theirs.id,
        found.person,
        body.read(),
        body.kind,
        body.text,
        begin=services.begin,
        clock=services.clock,
    )
    return {"kept": True}
