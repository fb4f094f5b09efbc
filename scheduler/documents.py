"""Agendas as documents at Google: one for each meeting, never over people's words.

What is Troth's in a document is the run of lines that reads exactly as Troth last wrote
it. Whatever stands around it is people's own, and stays; once somebody changes a line
inside it, the whole is theirs, and Troth writes there no more
(docs/decisions/agenda-documents.md).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from scheduler.agenda import Agenda, whole
from scheduler.ids import AccountId, PairId, PersonId, digest
from scheduler.series import MeetingKey

#: How long a document may stay unseen by a search after it was made: only then is one
#: whose answer was lost taken for never made.
UNSEEN_FOR = timedelta(minutes=15)


#: So many writes in a row whose answers were lost are told apart.
_MOST_RUNS = 6


class Line(NamedTuple):
    """One line of a document, a paragraph there."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Lines by what they read like, without the words."""

    digest: str
    lines: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One that stands in a document, from `start` to before `end` of its places.

    `text` is None where more than plain text stands there, or something is suggested:
    that is nobody's but people's.
    """

    text: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it stands; a write to another `version` is refused."""

    paragraphs: tuple[Paragraph, ...]
    version: str


class DocumentState(Enum):
    """How far a document has come."""

    #: It was asked for; it may be there or not.
    BEGUN = "begun"
    #: It is there, for its owner alone.
    MADE = "made"
    #: Both may open it and write there.
    SHARED = "shared"
    #: Google will not have it made, or shared: the agenda page is what there is.
    REFUSED = "refused"
    #: A person took it away. Troth makes no other one for this meeting.
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class AgendaDocument:
    """The document of one meeting; `id` is its key as text. It is its `owner`'s.

    `runs` are what Troth's lines may read like there: as they were written last, and
    as they are just being written. `attached` are the copies whose event has the link.
    """

    id: str
    pair: PairId
    owner: PersonId
    account: AccountId
    begun_at: datetime
    state: DocumentState = DocumentState.BEGUN
    file: str = ""
    link: str = ""
    runs: tuple[Run, ...] = ()
    attached: tuple[str, ...] = ()
    #: Somebody changed Troth's lines: they are theirs now.
    is_left_alone: bool = False

    @property
    def tag(self) -> str:
        """What the file carries, so that it is found again; it says nothing."""
        return digest("agenda document", self.id)

    def made(self, file: str, link: str) -> AgendaDocument:
        """After it was made, or found."""
        return replace(self, state=DocumentState.MADE, file=file, link=link)

    def writing(self, news: Run) -> AgendaDocument:
        """Before other lines are written: from now on these may stand there as well.

        A write whose answer was lost may still be done late, so all before it are
        known until one is heard of.
        """
        every = [one for one in self.runs if one != news]
        return replace(self, runs=(*every[1 - _MOST_RUNS :], news))

    def written(self, news: Run) -> AgendaDocument:
        """After they were."""
        return replace(self, runs=(news,), is_left_alone=False)

    def with_link_in(self, copy: str) -> AgendaDocument:
        """After its link was put into this copy of the event."""
        return replace(self, attached=tuple(dict.fromkeys((*self.attached, copy))))


def begun(
    meeting: MeetingKey,
    pair: PairId,
    *,
    owner: PersonId,
    account: AccountId,
    news: Run,
    now: datetime,
) -> AgendaDocument:
    """The row that is kept before anything is asked for."""
    return AgendaDocument(str(meeting), pair, owner, account, now, runs=(news,))


class Step(Enum):
    """What to do next with a document."""

    NOTHING = "nothing"
    #: Look whether a try whose answer was lost made it.
    LOOK = "look"
    SHARE = "share"
    WRITE = "write"


def next_step(one: AgendaDocument, news: Run) -> Step:
    """What brings it nearer to holding these lines, open to both."""
    match one.state:
        case DocumentState.BEGUN:
            return Step.LOOK
        case DocumentState.MADE:
            return Step.SHARE
        case DocumentState.SHARED if one.runs != (news,):
            return Step.WRITE
        case _:
            return Step.NOTHING


def shared(
    meeting: MeetingKey, known: Iterable[AgendaDocument]
) -> AgendaDocument | None:
    """The document of a meeting, where both can open it."""
    state = DocumentState.SHARED
    return next((d for d in known if d.id == str(meeting) and d.state is state), None)


def may_begin(earlier: Iterable[AgendaDocument], account: AccountId) -> bool:
    """Whether this account may be asked for another one of the pair.

    Where one that was made could not be shared, the next could not be either.
    """
    refused = DocumentState.REFUSED
    return not any(
        one.account == account and one.state is refused and one.file for one in earlier
    )


def is_closed(url: str, pair: PairId, known: Iterable[AgendaDocument]) -> bool:
    """Whether a link leads to a document of Troth's that not both of a pair can open.

    Of all other files nothing can be known: Troth sees those alone that it made.
    """
    return any(
        one.file
        and one.file in url
        and (one.pair != pair or one.state is not DocumentState.SHARED)
        for one in known
    )


def readable(text: str) -> str:
    """A line as it reads in a document: one space between words, no odd characters.

    Google takes out control characters and those of the private use area; a run is
    known by what reads the same before and after.
    """
    plain = (
        c for c in text if unicodedata.category(c) not in {"Cc", "Co"} or c == "\t"
    )
    return unicodedata.normalize("NFC", " ".join("".join(plain).split()))


def lines_of(agenda: Agenda, language: str) -> tuple[Line, ...]:
    """An agenda as a document holds it."""
    return tuple(Line(readable(text), head) for text, head in whole(agenda, language))


def run_of(lines: Sequence[Line]) -> Run:
    """What these lines read like."""
    return _run([line.text for line in lines])


def _run(texts: Sequence[str]) -> Run:
    return Run(digest("agenda lines", *texts), len(texts))


def ours(page: Page, runs: Iterable[Run]) -> tuple[int, int] | None:
    """From where to where Troth's lines stand; None: people changed them.

    None also where they stand twice: nobody knows which are ours. Of a run and a part
    of it that was one before, it is the whole.
    """
    every = page.paragraphs
    found = {
        (at, at + run.lines)
        for run in runs
        if run.lines
        for at in range(len(every) - run.lines + 1)
        if _reads_as(every[at : at + run.lines], run)
    }
    largest = [
        one
        for one in found
        if not any(a <= one[0] and one[1] <= b and (a, b) != one for a, b in found)
    ]
    if len(largest) != 1:
        return None
    [(first, end)] = largest
    return every[first].start, every[end - 1].end


def _reads_as(paragraphs: Sequence[Paragraph], run: Run) -> bool:
    texts = [one.text for one in paragraphs if one.text is not None]
    return len(texts) == run.lines and _run(texts) == run
