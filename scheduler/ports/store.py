"""The store: one repository for each aggregate, all inside one unit of work.

What a unit of work changed is kept only if it is committed. `get` raises `NotFound`;
`find` and friends answer None. Every list is sorted by id unless it says otherwise.
`Taken` and `LeaseLost` are raised where promised; after a `Taken` nothing of the unit
can be kept. Anything may raise `Unavailable`: the database does not answer; at a
commit it means that nobody knows whether the unit was kept, so what is done again
must find by its own keys what is there already (promises.md F12). Or `Overtaken`:
somebody else changed what this unit had read; nothing of it was kept. Text with a NUL
or half a character in it is `Refused` E_TEXT.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from scheduler.access import ApiToken, Link, Purpose, Session
from scheduler.agreement import Agreement, Programme
from scheduler.connections import Connection
from scheduler.effects import Outgoing
from scheduler.events import CalendarObject
from scheduler.evidence import Evidence
from scheduler.ids import (
    CalendarId,
    Etag,
    LinkId,
    OfferId,
    OutboxId,
    PairId,
    PersonId,
    ProgrammeId,
    PromiseId,
    RemoteId,
    SeriesId,
    Uid,
)
from scheduler.people import Pair, Person
from scheduler.ports.accounts import Accounts, Channels
from scheduler.ports.agendas import Enclosures, Lines, Notes, Topics
from scheduler.ports.desk import Consents, Snapshots
from scheduler.ports.documents import AgendaDocuments
from scheduler.ports.privacy import Audit, Erasures, Retention
from scheduler.ports.reviews import Reviews
from scheduler.promises import Promise
from scheduler.series import Copy, LedgerRow, Offer, Series
from scheduler.sync import SyncPlan
from scheduler.timespan import Span, Spans
from scheduler.work import Lease, WorkKind


class Programmes(Protocol):
    """Programmes, with their settings and template."""

    async def get(self, programme: ProgrammeId) -> Programme: ...
    async def put(self, programme: Programme) -> None: ...
    async def all(self) -> tuple[Programme, ...]: ...


class People(Protocol):
    """Mentors and mentees. An address is one person within a programme."""

    async def get(self, person: PersonId) -> Person: ...
    async def put(self, person: Person) -> None:
        """Add or change; `Taken` E_EMAIL_TAKEN when another has this address.

        Any number of people may have an empty one: they were erased.
        """

    async def by_email(self, programme: ProgrammeId, email: str) -> Person | None:
        """Find by address, whatever its case."""

    async def with_email(self, email: str) -> tuple[Person, ...]:
        """Everybody with this address, in any programme."""


class Pairs(Protocol):
    """Pairs of a programme, and what they agreed."""

    async def get(self, pair: PairId) -> Pair: ...
    async def put(self, pair: Pair) -> None: ...
    async def of_person(self, person: PersonId) -> tuple[Pair, ...]: ...
    async def of_programme(
        self,
        programme: ProgrammeId,
        *,
        after: PairId | None = None,
        most: int = 100,
        named: str = "",
    ) -> tuple[Pair, ...]:
        """One page of the pairs, those with an id behind `after`.

        With `named`: those in which it is a part of either one's name, in any case.
        """


class Agreements(Protocol):
    """All versions of what pairs agreed."""

    async def of_pair(self, pair: PairId) -> tuple[Agreement, ...]:
        """Every version, oldest first."""

    async def put(self, agreement: Agreement) -> None:
        """Add or change; a version number taken by another id is `Taken`."""


class Calendars(Protocol):
    """Calendar connections, and what they last said."""

    async def get(self, calendar: CalendarId) -> Connection: ...
    async def put(self, connection: Connection) -> None: ...
    async def remove(self, calendar: CalendarId) -> None:
        """Forget the connection, everything read from it, and its channels."""

    async def of_person(self, person: PersonId) -> tuple[Connection, ...]: ...
    async def etags(self, calendar: CalendarId) -> dict[RemoteId, Etag | None]:
        """What is known of a calendar: ids and etags."""

    async def apply(self, calendar: CalendarId, plan: SyncPlan) -> None:
        """Store objects and forget what is gone; the cursor is put with `put`.

        A uid that is none of `series.uids` of the calendar's owner is not kept.
        """

    async def objects(self, calendar: CalendarId) -> tuple[CalendarObject, ...]:
        """Everything known of a calendar; only our own objects still have a uid."""

    async def some(
        self, calendar: CalendarId, ids: Collection[RemoteId]
    ) -> tuple[CalendarObject, ...]:
        """Those of its objects that have one of these ids."""


class AllSeries(Protocol):
    """Series with their meetings, replacements included."""

    async def get(self, series: SeriesId) -> Series: ...
    async def put(self, series: Series) -> None:
        """Add or change, meetings and all.

        `Taken` E_SLOT_TAKEN when a live meeting whose time Troth chose would overlap
        another such meeting of one of the two people, in any pair (promises.md I7).
        """

    async def of_pair(self, pair: PairId) -> tuple[Series, ...]:
        """Every series of a pair, oldest first."""

    async def by_uid(self, uid: str) -> Series | None:
        """The series that this UID belongs to, be it its own or a replacement's."""

    async def uids(self, person: PersonId) -> frozenset[str]:
        """The UIDs of every object Troth made for this person, in any pair."""

    async def busy(self, person: PersonId, window: Span) -> Spans:
        """When live meetings of any pair take this person's time."""


class Copies(Protocol):
    """People's copies of our objects."""

    async def find(self, person: PersonId, uid: Uid) -> Copy | None: ...
    async def put(self, copy: Copy) -> None: ...
    async def of_uids(self, uids: Collection[Uid]) -> tuple[Copy, ...]:
        """Every copy of these objects, of either person, sorted by person and UID."""


class Ledger(Protocol):
    """Fallen periods."""

    async def of_pair(self, pair: PairId) -> tuple[LedgerRow, ...]: ...
    async def put(self, row: LedgerRow) -> None:
        """Add or change the row of (series, period)."""


class EvidenceLog(Protocol):
    """Append-only rows of what was seen."""

    async def add(self, rows: Sequence[Evidence]) -> None:
        """Add rows; one whose id is there already is left as it is."""

    async def of_pair(self, pair: PairId) -> tuple[Evidence, ...]:
        """Sorted by (at, id)."""

    async def cut(self, person: PersonId) -> None:
        """Forget whose act it was, for every row by this person."""


class Offers(Protocol):
    """Times offered to a pair."""

    async def get(self, offer: OfferId) -> Offer: ...
    async def put(self, offer: Offer) -> None: ...
    async def of_pair(self, pair: PairId) -> tuple[Offer, ...]: ...


class Promises(Protocol):
    """What the two promised each other."""

    async def get(self, wanted: PromiseId) -> Promise: ...
    async def put(self, one: Promise) -> None: ...
    async def remove(self, one: PromiseId) -> None:
        """Forget one, if it is there; what it counted for stays, as evidence."""

    async def of_pair(self, pair: PairId) -> tuple[Promise, ...]:
        """Both people's, sorted by when they were made."""

    async def of_person(self, person: PersonId) -> tuple[Promise, ...]:
        """Those this person made, in any pair, sorted by when they were made."""


class Outbox(Protocol):
    """Effects that were decided."""

    async def add(self, row: Outgoing) -> bool:
        """Add it and its SEND work; False when its key is there already."""

    async def get(self, row: OutboxId) -> Outgoing: ...
    async def put(self, row: Outgoing) -> None: ...
    async def is_waiting_before(self, row: Outgoing) -> bool:
        """Whether an older row of its chain is still waiting."""

    async def of_pair(self, pair: PairId) -> tuple[Outgoing, ...]: ...
    async def dead(self, programme: ProgrammeId) -> tuple[Outgoing, ...]: ...
    async def alone(self, person: PersonId) -> tuple[Outgoing, ...]:
        """Letters to this person that belong to no pair."""


class DueWork(Protocol):
    """What is due, and who has it in hand. At most one row for a kind and subject."""

    async def add(self, kind: WorkKind, subject: str, due_at: datetime) -> None:
        """Make it due then, or earlier if it was; also while it is in hand."""

    async def due(self, now: datetime, *, most: int) -> tuple[str, ...]:
        """Ids of rows that somebody could take now, the longest due first."""

    async def take(
        self,
        now: datetime,
        *,
        until: datetime,
        most: int,
        among: Collection[str] | None = None,
    ) -> tuple[Lease, ...]:
        """Lease rows that are due or whose lease ran out; each attempt is counted."""

    async def extend(self, lease: Lease, until: datetime) -> Lease:
        """Keep it longer; `LeaseLost` when somebody else has it."""

    async def finish(self, lease: Lease, *, again_at: datetime | None) -> None:
        """Done: forget the row, or make it due again, then or as asked meanwhile.

        Attempts start anew. `LeaseLost` when somebody else has it.
        """

    async def release(self, lease: Lease, *, due_at: datetime) -> None:
        """Not done: attempts stay counted. `LeaseLost` when somebody else has it."""

    async def next_due(self) -> datetime | None:
        """When the next row becomes due, or its lease runs out."""


class Doors(Protocol):
    """Links, sessions, tokens: who may come in."""

    async def link(self, link: LinkId) -> Link | None: ...
    async def put_link(self, link: Link) -> None: ...
    async def use_link(self, link: LinkId) -> bool:
        """Count one use; False when it is a single one that was used already."""

    async def of_person(
        self, person: PersonId
    ) -> tuple[tuple[Link, ...], tuple[Session, ...], tuple[ApiToken, ...]]:
        """Every link, session and token of a person."""

    async def revoke_links(self, person: PersonId) -> None: ...
    async def revoke_pair(self, pair: PairId, but: Collection[Purpose]) -> None:
        """Close every link about a pair, for both, but those of some purposes."""

    async def session(self, digest: str) -> Session | None: ...
    async def put_session(self, session: Session) -> None: ...
    async def end_session(self, digest: str) -> None: ...
    async def token(self, digest: str) -> ApiToken | None: ...
    async def put_token(self, token: ApiToken) -> None: ...


class Inbox(Protocol):
    """Mails that were already read."""

    async def add(self, mail: str, outcome: str, at: datetime) -> bool:
        """Remember it; False when it was there already."""


class Repeats(Protocol):
    """Answers to writes that came with an Idempotency-Key."""

    async def find(self, scope: str, key: str) -> tuple[str, int, str] | None:
        """(digest of the request, status, body) of the first answer, or None."""

    async def add(
        self, scope: str, key: str, digest: str, status: int, body: str, at: datetime
    ) -> None: ...


class Settings(Protocol):
    """Choices of people that are no part of any agreement."""

    async def fewer(self, person: PersonId) -> frozenset[str]:
        """The kinds of letters this person does not want."""

    async def set_fewer(self, person: PersonId, kinds: frozenset[str]) -> None: ...


class UnitOfWork(Protocol):
    """One transaction over all repositories; nothing is kept unless committed."""

    @property
    def programmes(self) -> Programmes: ...
    @property
    def people(self) -> People: ...
    @property
    def pairs(self) -> Pairs: ...
    @property
    def agreements(self) -> Agreements: ...
    @property
    def calendars(self) -> Calendars: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def series(self) -> AllSeries: ...
    @property
    def copies(self) -> Copies: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def evidence(self) -> EvidenceLog: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def promises(self) -> Promises: ...
    @property
    def topics(self) -> Topics: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def enclosures(self) -> Enclosures: ...
    @property
    def documents(self) -> AgendaDocuments: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def work(self) -> DueWork: ...
    @property
    def doors(self) -> Doors: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def repeats(self) -> Repeats: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def snapshots(self) -> Snapshots: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def erasures(self) -> Erasures: ...

    async def commit(self) -> None:
        """Keep everything; `LeaseLost` when the fence has fallen."""


class Begin(Protocol):
    """Opens a unit of work.

    With `fence` the commit checks, in the same transaction, that the lease still
    holds: what a worker writes too late is refused (promises.md F04). `read_only`
    promises not to write, and never waits for a writer.
    """

    def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AbstractAsyncContextManager[UnitOfWork]: ...
