"""What the memory store keeps, and one unit's changes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Generic, TypeVar

from integrations.text import kept
from scheduler.access import ApiToken, Audited, Link, Session
from scheduler.accounts import Account
from scheduler.agreement import Agreement, Programme
from scheduler.auditing import Sealed
from scheduler.channels import Channel
from scheduler.connections import Connection
from scheduler.consent import Consent
from scheduler.documents import AgendaDocument
from scheduler.effects import Outgoing
from scheduler.enclosures import Enclosure
from scheduler.erasing import Erasure
from scheduler.errors import Taken
from scheduler.events import CalendarObject
from scheduler.evidence import Evidence
from scheduler.ids import RemoteId
from scheduler.parting import Line, Note
from scheduler.people import Pair, Person
from scheduler.promises import Promise
from scheduler.reviewing import Review
from scheduler.series import Copy, LedgerRow, Offer, Series
from scheduler.snapshot import Snapshot
from scheduler.topics import Topic
from scheduler.work import WorkKind

Key = TypeVar("Key")
Value = TypeVar("Value")


class Shelf(Generic[Key, Value]):
    """Values of one kind by key. Its copy shares them until one of the two changes."""

    def __init__(self, kept: dict[Key, Value] | None = None) -> None:
        self._kept = {} if kept is None else kept
        self._shared = kept is not None

    def copy(self) -> Shelf[Key, Value]:
        """The same, to be changed apart from this one."""
        self._shared = True
        return Shelf(self._kept)

    def get(self, key: Key) -> Value | None:
        """The value under a key."""
        return self._kept.get(key)

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def names(self) -> tuple[Key, ...]:
        """Every key, as they were added."""
        return tuple(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._kept.values())

    def where(self, is_so: Callable[[Value], bool]) -> tuple[Value, ...]:
        """Those for which something is so, sorted by key."""
        found = [key for key, value in self._kept.items() if is_so(value)]
        return tuple(self._kept[key] for key in sorted(found))  # type: ignore[type-var]

    def put(self, key: Key, value: Value) -> None:
        """Add or change one; what no database would keep is refused here too."""
        for name in getattr(value, "__dataclass_fields__", ()):
            if isinstance(text := getattr(value, name), str):
                kept(text)
        self._own()[key] = value

    def add(self, key: Key, value: Value) -> bool:
        """Add one; False when the key is there already."""
        if key in self._kept:
            return False
        self.put(key, value)
        return True

    def remove(self, key: Key) -> None:
        """Take one away, if it is there."""
        if key in self._kept:
            del self._own()[key]

    def _own(self) -> dict[Key, Value]:
        if self._shared:
            self._kept, self._shared = dict(self._kept), False
        return self._kept


@dataclass(frozen=True, slots=True)
class WorkRow:
    """Due work as it is kept: the columns of the SQL table `work`."""

    id: str
    kind: WorkKind
    subject: str
    due_at: datetime
    #: From when somebody may take it: when it is due, or when its lease runs out.
    open_at: datetime
    in_hand: bool = False
    #: Asked for again while it was in hand.
    asked_at: datetime | None = None
    attempts: int = 0
    lease_no: int = 0


@dataclass(frozen=True, slots=True)
class Shelves:
    """Everything."""

    programmes: Shelf[str, Programme] = field(default_factory=Shelf)
    people: Shelf[str, Person] = field(default_factory=Shelf)
    pairs: Shelf[str, Pair] = field(default_factory=Shelf)
    agreements: Shelf[str, Agreement] = field(default_factory=Shelf)
    accounts: Shelf[str, Account] = field(default_factory=Shelf)
    channels: Shelf[str, Channel] = field(default_factory=Shelf)
    calendars: Shelf[str, Connection] = field(default_factory=Shelf)
    #: By calendar, and then by id; the inner ones are never changed in place.
    objects: Shelf[str, dict[RemoteId, CalendarObject]] = field(default_factory=Shelf)
    series: Shelf[str, Series] = field(default_factory=Shelf)
    #: By person and UID.
    copies: Shelf[tuple[str, str], Copy] = field(default_factory=Shelf)
    #: By series and period.
    ledger: Shelf[tuple[str, int], LedgerRow] = field(default_factory=Shelf)
    evidence: Shelf[str, Evidence] = field(default_factory=Shelf)
    offers: Shelf[str, Offer] = field(default_factory=Shelf)
    promises: Shelf[str, Promise] = field(default_factory=Shelf)
    topics: Shelf[str, Topic] = field(default_factory=Shelf)
    notes: Shelf[str, Note] = field(default_factory=Shelf)
    lines: Shelf[str, Line] = field(default_factory=Shelf)
    enclosures: Shelf[str, Enclosure] = field(default_factory=Shelf)
    documents: Shelf[str, AgendaDocument] = field(default_factory=Shelf)
    reviews: Shelf[str, Review] = field(default_factory=Shelf)
    outbox: Shelf[str, Outgoing] = field(default_factory=Shelf)
    #: Rows of the outbox whose content was forgotten.
    emptied: Shelf[str, str] = field(default_factory=Shelf)
    erasures: Shelf[str, Erasure] = field(default_factory=Shelf)
    work: Shelf[str, WorkRow] = field(default_factory=Shelf)
    links: Shelf[str, Link] = field(default_factory=Shelf)
    sessions: Shelf[str, Session] = field(default_factory=Shelf)
    tokens: Shelf[str, ApiToken] = field(default_factory=Shelf)
    #: By number, with it.
    audit: Shelf[int, tuple[int, Audited]] = field(default_factory=Shelf)
    seals: Shelf[date, Sealed] = field(default_factory=Shelf)
    inbox: Shelf[str, tuple[str, datetime]] = field(default_factory=Shelf)
    #: By scope and key: digest, status, body, when.
    repeats: Shelf[tuple[str, str], tuple[str, int, str, datetime]] = field(
        default_factory=Shelf
    )
    fewer: Shelf[str, frozenset[str]] = field(default_factory=Shelf)
    #: By programme and instant.
    snapshots: Shelf[tuple[str, datetime], Snapshot] = field(default_factory=Shelf)
    #: By pair and person.
    consents: Shelf[tuple[str, str], Consent] = field(default_factory=Shelf)

    def copy(self) -> Shelves:
        """The same, to be changed apart from this one; cheap until it is changed."""
        return Shelves(
            **{one.name: getattr(self, one.name).copy() for one in fields(self)}
        )


class Transaction:
    """One unit's shelves, for as long as it is open. After a `Taken` none are kept."""

    def __init__(self, kept: Shelves, *, read_only: bool) -> None:
        self._shelves = kept.copy()
        self._read_only = read_only
        self._over = False
        self._taken: Taken | None = None

    @property
    def read(self) -> Shelves:
        """To look at."""
        if self._over:
            raise RuntimeError("this unit of work is over")
        if self._taken is not None:
            raise self._taken
        return self._shelves

    @property
    def write(self) -> Shelves:
        """To change."""
        if self._read_only:
            raise RuntimeError("this unit of work only reads")
        return self.read

    def refuse(self, taken: Taken) -> Taken:
        """Something is in the way: nothing of this unit can be kept any more."""
        self._taken = taken
        return taken

    def end(self) -> None:
        """Nothing more is read or written."""
        self._over = True
