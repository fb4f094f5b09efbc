"""What was seen, where and when: the append-only rows every figure is a fold over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from scheduler.ids import EvidenceId, PairId, PersonId


class EvidenceKind(Enum):
    """What a row says (product.md, Evidence)."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    SKIPPED = "skipped"
    SAID_MET = "said met"
    SAID_NOT_MET = "said not met"
    REPLACED_BY = "replaced by"
    PAUSED = "paused"
    RESUMED = "resumed"
    CLOSED = "closed"
    CLASH = "clash"
    CONNECTION_BROKEN = "connection broken"
    CONNECTION_BACK = "connection back"
    ACCEPTED = "accepted"
    PROMISED = "promised"
    PROMISE_KEPT = "promise kept"
    PROMISE_MOVED = "promise moved"
    PROMISE_RELEASED = "promise released"


class SourceKind(Enum):
    """Where it was seen."""

    GOOGLE = "google"
    CALDAV = "caldav"
    ICS = "ics"
    MAIL = "mail"
    PAGE = "page"
    TROTH = "troth"


#: The detail of a meeting that was skipped since its period had nothing but days off.
DAY_OFF = "day off"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was seen. Equal ids are the same row: repeats do not count.

    `id` is derived from what was seen, never drawn, so that seeing it twice gives it
    twice the same id. `at` is the source's own stamp, never later than `seen_at`.
    `about` is a meeting key, a calendar id, or empty for the pair as a whole.
    `by` says whose act it was where that matters to the fold; it is shown to nobody.
    """

    id: EvidenceId
    pair: PairId
    about: str
    kind: EvidenceKind
    at: datetime
    seen_at: datetime
    source: SourceKind
    by: PersonId | None = None
    #: The start that a booked or moved meeting got (`stamp`), the start at which they
    #: say they met, the key of a replacement, or DAY_OFF of a skipped one.
    detail: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is not UTC or self.seen_at.tzinfo is not UTC:
            raise ValueError("evidence is in UTC")
        if self.at > self.seen_at:
            raise ValueError("nothing is seen before it happens")


_STAMP = "%Y%m%dT%H%M%SZ"


def stamp(at: datetime) -> str:
    """An instant as `detail` holds it, such as `20260302T140000Z`."""
    return at.astimezone(UTC).strftime(_STAMP)


def instant_of(detail: str) -> datetime | None:
    """The instant that `stamp` wrote; None for any other text."""
    try:
        return datetime.strptime(detail, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def in_order(rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The rows by (at, id), each once: order and repeats do not matter to a fold."""
    once = {row.id: row for row in rows}
    return tuple(sorted(once.values(), key=lambda row: (row.at, row.id)))
