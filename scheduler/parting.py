"""What is left of a meeting: notes of the two, a line from each, a word of thanks.

Notes and lines belong to the pair. They are on the page of their meeting, and on no
page or report of anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from scheduler.errors import Refused, Taken
from scheduler.ids import PairId, PersonId
from scheduler.outbox import digest
from scheduler.series import MeetingKey

MOST_OF_A_NOTE = 5000
MOST_OF_A_LINE = 300
#: A changed note can be put back as it was for this long.
UNDO_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who of which pair writes, about which meeting, and when."""

    pair: PairId
    about: MeetingKey
    who: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """The one note on a meeting, which both read and change; `by` wrote it last."""

    id: str
    pair: PairId
    about: MeetingKey
    text: str
    by: PersonId
    at: datetime
    #: What it said before the last change, as long as that can be undone.
    before: str | None = None

    @property
    def edition(self) -> str:
        """Which text this is: what a form brings back, so that nothing is lost."""
        return edition_of(self.text)

    def can_undo(self, who: PersonId, now: datetime) -> bool:
        """Whether this person changed it last, not longer than a day ago."""
        return self.before is not None and self.by == who and now - self.at < UNDO_FOR


def edition_of(text: str) -> str:
    """A short name for a text; the empty one stands for no note yet."""
    return digest(text)[:12] if text else ""


def noted(known: Note | None, text: str, hand: Hand, *, seen: str) -> Note:
    """The note as this person leaves it; the same text again changes nothing.

    `seen` is the edition they had before them. `Taken` E_NOTE_CHANGED when the other
    has changed it since; `Refused` E_NOTE when it is too long.
    """
    said = text.replace("\r\n", "\n").strip()
    if len(said) > MOST_OF_A_NOTE:
        raise Refused(
            "E_NOTE",
            f"A note has at most {MOST_OF_A_NOTE} characters; put more into a document "
            "and add its link.",
            field="note",
        )
    old = known.text if known else ""
    if known and said == old:
        return known
    if seen != edition_of(old):
        raise Taken(
            "E_NOTE_CHANGED",
            "Your partner has changed this note meanwhile. Theirs stands above yours; "
            "keep what both of you need.",
            field="note",
        )
    name = digest("note", hand.pair, hand.about)
    return Note(name, hand.pair, hand.about, said, hand.who, hand.at, old)


def note_undone(note: Note, who: PersonId, now: datetime) -> Note:
    """The note as it was before the last change; twice is once.

    `Refused` E_UNDO when somebody else changed it since, or a day has passed.
    """
    if note.before is None and note.by == who:
        return note
    if not note.can_undo(who, now):
        raise Refused(
            "E_UNDO", "This can no longer be undone; change the note.", field="note"
        )
    return replace(note, text=note.before or "", before=None)


class LineKind(Enum):
    """What one of the two leaves after a meeting."""

    #: 'What I heard today', in one line.
    HEARD = "heard"
    #: A word of thanks, which goes to the partner.
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one person after one meeting; an empty text is taken back.

    The other sees it as soon as it is written.
    """

    id: str
    pair: PairId
    about: MeetingKey
    by: PersonId
    kind: LineKind
    text: str
    at: datetime
    #: When a letter took it to the partner; thanks only, and once.
    told_at: datetime | None = None


def left(known: Iterable[Line], kind: LineKind, text: str, hand: Hand) -> Line | None:
    """What to keep when somebody leaves this line; None: it stands like that already.

    `Refused` E_LINE when it is too long.
    """
    said = " ".join(text.split())
    if len(said) > MOST_OF_A_LINE:
        raise Refused(
            "E_LINE",
            f"One line, at most {MOST_OF_A_LINE} characters.",
            field=kind.value,
        )
    name = digest(kind.value, hand.pair, hand.about, hand.who)
    old = next((line for line in known if line.id == name), None)
    if (old.text if old else "") == said:
        return None
    if old:
        return replace(old, text=said, at=hand.at)
    return Line(name, hand.pair, hand.about, hand.who, kind, said, hand.at)


def thanks_for(
    lines: Iterable[Line], person: PersonId, since: datetime
) -> tuple[Line, ...]:
    """The words of thanks to this person that were written since, the newest first."""
    found = [
        line
        for line in lines
        if line.kind is LineKind.THANKS
        and line.by != person
        and line.text
        and line.at > since
    ]
    return tuple(sorted(found, key=lambda line: (line.at, line.id), reverse=True))


def untold_thanks(lines: Iterable[Line], to: PersonId) -> Line | None:
    """The newest word of thanks that no letter has brought this person yet."""
    waiting = [
        line
        for line in lines
        if line.kind is LineKind.THANKS
        and line.by != to
        and line.text
        and line.told_at is None
    ]
    return max(waiting, key=lambda line: (line.at, line.id), default=None)
