"""Letters as facts: who is told what. The words are integrations/mail's.

Both partners get the same facts; greeting, language and the order of clocks follow
from the recipient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from scheduler.ids import OfferId, PairId, PersonId, PromiseId
from scheduler.series import MeetingKey
from scheduler.timespan import Span


class LetterKind(Enum):
    """Each is a folder of wording, one file for each language.

    What `Facts` each needs (optional in brackets): WELCOME, PLEASE_AGREE, SIGN_IN
    nothing; INVITATION meeting (moved, unplaced, row, where); AGENDA meeting,
    agenda (where, asked, thanks); MET meeting, and the letter's `about`; FELL_OUT
    meeting, times, checked_at and the letter's `offer` (row; the count `fallen`
    where several fell out together); CLASH meeting, times, checked_at, `offer`;
    REPAIRED, MOVED meeting (what was) and next (what is), `offer` or `about` for
    the undo; OWED window (row, next); ASK meeting (next: the time proposed; moved:
    all, where several are meant); CONSISTENCY counts, window, to_date (strengths,
    suggestion, thanks, row, next); MILESTONE milestone, counts, window (meeting,
    row, next); PROMISE promises (next); NOT_READ (the count `kept`); BROKEN words;
    PAUSED, RESUMED window (next, row; the count `taken out`); GOODBYE window (the
    counts `held` and `promises kept`, row); REVIEW nothing (row, next); RENEW
    window: the last day (row, next); PAIR_CLOSED words: the two names, a line each,
    for the coordinator; KIND_WORD subject and words, which may be several paragraphs;
    ERASE nothing.
    """

    WELCOME = "welcome"
    PLEASE_AGREE = "please-agree"
    INVITATION = "invitation"
    AGENDA = "agenda"
    MET = "met"
    FELL_OUT = "fell-out"
    CLASH = "clash"
    REPAIRED = "repaired"
    MOVED = "moved"
    OWED = "owed"
    ASK = "ask"
    CONSISTENCY = "consistency"
    MILESTONE = "milestone"
    PROMISE = "promise"
    NOT_READ = "not-read"
    BROKEN = "broken"
    REVIEW = "review"
    RENEW = "renew"
    PAUSED = "paused"
    RESUMED = "resumed"
    GOODBYE = "goodbye"
    KIND_WORD = "kind-word"
    PAIR_CLOSED = "pair-closed"
    SIGN_IN = "sign-in"
    ERASE = "erase"

    @classmethod
    def _missing_(cls, value: object) -> LetterKind | None:
        """What goodbyes were once called: rows of that time are still read."""
        return cls.GOODBYE if value == "ended" else None


#: Always sent, also to people who want fewer letters (product.md, Unsubscribing).
ALWAYS = frozenset(
    {
        LetterKind.INVITATION,
        LetterKind.FELL_OUT,
        LetterKind.PLEASE_AGREE,
        LetterKind.BROKEN,
        LetterKind.NOT_READ,
        LetterKind.SIGN_IN,
        LetterKind.ERASE,
        LetterKind.PAUSED,
        LetterKind.GOODBYE,
        LetterKind.PAIR_CLOSED,
    }
)
#: Its reader has just asked for it on a page, and waits for it.
ASKED_FOR = frozenset({LetterKind.SIGN_IN, LetterKind.ERASE})


class Mark(Enum):
    """What one period shows in the row (product.md: outcome and mark)."""

    KEPT = "●"
    REPAIRED = "◎"
    SKIPPED = "–"
    PAUSED = "‖"
    OWED = "○"
    UNCONFIRMED = "◐"
    LEFT_OUT = "/"
    TO_COME = "·"


@dataclass(frozen=True, slots=True)
class RowMark:
    """One period in the row; `days` are its instants, from anchor's midnights."""

    mark: Mark
    days: Span
    is_next: bool = False


class Strength(Enum):
    """What a letter on a month may begin with."""

    NOTICE = "notice"
    PROMISES = "promises"
    MEETINGS = "meetings"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing they might try: `another day`, `another hour`, `say it`.

    With `another day`: the weekday (0 is Monday, on the slot's clock), and how many
    meetings have found their place on it.
    """

    kind: str
    weekday: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class ToDate:
    """The figures of the agreement to date, as `troth report` and the API have them."""

    window: Span
    #: (name, numerator, denominator), as `consistency.Rates.named` names them.
    rates: tuple[tuple[str, int, int], ...]
    unconfirmed: int = 0
    left_out: int = 0


class Milestone(Enum):
    """What a letter celebrates, each once."""

    FIRST_MONTH = "first month"
    FIFTH = "fifth meeting"
    TENTH = "tenth meeting"
    PROMISES = "every promise"


@dataclass(frozen=True, slots=True)
class Question:
    """A meeting that a letter asks about beside what it is for."""

    span: Span
    about: MeetingKey


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter says. Only what its kind needs is set; the rest stays empty.

    Times are UTC; the wording shows them on both people's clocks.
    """

    meeting: Span | None = None
    times: tuple[Span, ...] = ()
    row: tuple[RowMark, ...] = ()
    next: Span | None = None
    #: Named counts: `due`, `kept`, `repaired`, `owed`, `unconfirmed`, `left out`, …
    counts: tuple[tuple[str, int], ...] = ()
    #: The stretch the counts are about.
    window: Span | None = None
    to_date: ToDate | None = None
    strengths: tuple[Strength, ...] = ()
    suggestion: Suggestion | None = None
    milestone: Milestone | None = None
    moved: tuple[Span, ...] = ()
    unplaced: int = 0
    #: Markdown of the agenda, attached as agenda.md.
    agenda: str = ""
    checked_at: datetime | None = None
    #: Words for the owner of a broken connection, or a coordinator's sign-in.
    words: str = ""
    #: Where they meet, in an invitation or an agenda; empty while nobody has said.
    where: str = ""
    #: Meetings that an agenda asks about: did you meet?
    asked: tuple[Question, ...] = ()
    #: The name of a line of thanks from the partner, in an agenda or the letter on a
    #: month; its words are read when that is written, unless it was taken back.
    thanks: str = ""
    #: What somebody called their letter.
    subject: str = ""
    #: Their texts are read when the letter is written, and only those that still stand.
    promises: tuple[PromiseId, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person. `coordinator` letters have an address instead."""

    kind: LetterKind
    #: None for a letter to a coordinator.
    to: PersonId | None
    pair: PairId | None
    facts: Facts
    about: MeetingKey | None = None
    offer: OfferId | None = None
    #: A coordinator's address; empty for a person of a pair.
    address: str = ""


def key_of(kind: LetterKind, about: object, to: PersonId, revision: str) -> str:
    """The key of the row of a letter: deciding it twice writes it once."""
    return f"{kind.value}/{about}/{to}/{revision}"
