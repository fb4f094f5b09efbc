"""Every table, in SQLAlchemy Core.

A column is a field of the value that is kept, under the same name, so that rows.py
can turn one into the other. What is nested is a JSON document; what is asked for,
compared or constrained has a column of its own. Only rows of one aggregate refer to
each other by foreign keys: aggregates are put and erased one by one.
"""

from typing import Any

import sqlalchemy as sa

from integrations.store.effects import EffectDocument
from integrations.store.types import Choice, Document, Instant, Name
from scheduler.access import Purpose, Role
from scheduler.agreement import AgreementState, Template, Terms
from scheduler.cadence import Cadence, Period
from scheduler.connections import CalendarKind, Health
from scheduler.effects import OutboxState
from scheduler.events import Cursor, Occurrence
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.ids import PersonId
from scheduler.people import Hours
from scheduler.series import (
    CopyState,
    LedgerState,
    MeetingKey,
    MeetingState,
    OfferKind,
    OfferState,
    Placer,
    Route,
    SeriesState,
)
from scheduler.timespan import Span
from scheduler.work import WorkKind

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, Name, primary_key=True)


def _text(name: str, *, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Name, nullable=False, index=index)


def _maybe(name: str, kind: Any = Name, *, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True, index=index)


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


programme = sa.Table(
    "programme",
    metadata,
    _key("id"),
    _text("name"),
    _text("coordinator"),
    _text("zone"),
    _column("template", Document(Template)),
    _text("language"),
)

person = sa.Table(
    "person",
    metadata,
    _key("id"),
    _text("programme"),
    _text("name"),
    _text("email"),
    #: The address without its case; empty once it is erased.
    _text("email_key", index=True),
    _text("zone"),
    _column("hours", Document(Hours)),
    _text("language"),
    _text("country"),
    _column("quiet_days", Document(frozenset[int])),
    sa.Index(
        "uq_person_programme_email_key",
        "programme",
        "email_key",
        unique=True,
        sqlite_where=sa.text("email_key <> ''"),
        postgresql_where=sa.text("email_key <> ''"),
    ),
)

pair = sa.Table(
    "pair",
    metadata,
    _key("id"),
    _text("programme"),
    _text("mentor", index=True),
    _text("mentee", index=True),
    _maybe("closed", sa.Date),
    sa.Index("ix_pair_programme_id", "programme", "id"),
)

agreement = sa.Table(
    "agreement",
    metadata,
    _key("id"),
    _text("pair"),
    _column("version", sa.Integer),
    _column("terms", Document(Terms)),
    _column("state", Choice(AgreementState)),
    _maybe("author"),
    _column("accepted_by", Document(frozenset[PersonId])),
    _maybe("in_force_at", Instant),
    sa.UniqueConstraint("pair", "version"),
)

calendar = sa.Table(
    "calendar",
    metadata,
    _key("id"),
    _text("person", index=True),
    _column("kind", Choice(CalendarKind)),
    #: Address, user name and password, encrypted: sealing.py.
    _text("sealed"),
    _text("label"),
    _column("written", sa.Boolean),
    _column("health", Choice(Health)),
    _text("trouble"),
    _maybe("cursor", Document(Cursor)),
    _maybe("read_at", Instant),
    _maybe("failing_since", Instant),
    _maybe("horizon", Instant),
    _maybe("doubted_at", Instant),
)

calendar_object = sa.Table(
    "calendar_object",
    metadata,
    sa.Column(
        "calendar",
        Name,
        sa.ForeignKey("calendar.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _key("id"),
    _text("uid"),
    _column("occurrences", Document(tuple[Occurrence, ...])),
    _maybe("etag"),
    _maybe("changed_at", Instant),
    _column("sequence", sa.Integer),
)

series = sa.Table(
    "series",
    metadata,
    _key("id"),
    _text("pair", index=True),
    _text("agreement"),
    _text("uid", index=True),
    _text("zone"),
    _text("anchor"),
    _column("minutes", sa.Integer),
    _column("cadence", Document(Cadence)),
    _text("rrule"),
    _column("first", Instant),
    _column("periods", Document(tuple[Period, ...])),
    _column("state", Choice(SeriesState)),
)

meeting = sa.Table(
    "meeting",
    metadata,
    sa.Column(
        "series",
        Name,
        sa.ForeignKey("series.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("original_start", Instant, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    _column("period", sa.Integer),
    _maybe("starts", Instant),
    _maybe("ends", Instant),
    _column("state", Choice(MeetingState)),
    _column("placed_by", Choice(Placer)),
    _maybe("uid", index=True),
    _column("checked", sa.Boolean),
)

#: When live meetings take somebody's time. Two of one person's, both placed by Troth,
#: may not overlap: an exclusion constraint on PostgreSQL, triggers on SQLite, both
#: made by the migration since SQLAlchemy cannot compare them.
meeting_time = sa.Table(
    "meeting_time",
    metadata,
    _key("person"),
    sa.Column(
        "series",
        Name,
        sa.ForeignKey("series.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("original_start", Instant, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    _column("starts", Instant),
    _column("ends", Instant),
    _column("placed_by", Choice(Placer)),
    sa.Index("ix_meeting_time_person_starts", "person", "starts"),
    sa.Index("ix_meeting_time_series", "series"),
)

copy = sa.Table(
    "copy",
    metadata,
    _key("person"),
    _key("uid"),
    _column("route", Choice(Route)),
    _column("state", Choice(CopyState)),
    _maybe("calendar"),
    _maybe("remote_id"),
    _maybe("etag"),
    _column("generation", sa.Integer),
    _column("sequence", sa.Integer),
    _text("partstat"),
    _maybe("missed_at", Instant),
    _maybe("written_at", Instant),
    _column("whole_object", sa.Boolean),
    sa.Index("ix_copy_uid", "uid"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    _key("series"),
    sa.Column("period", sa.Integer, primary_key=True, autoincrement=False),
    _text("pair", index=True),
    _column("starts", Instant),
    _column("ends", Instant),
    _column("state", Choice(LedgerState)),
    _column("opened_at", Instant),
    _maybe("told_at", Instant),
)

evidence = sa.Table(
    "evidence",
    metadata,
    _key("id"),
    _text("pair", index=True),
    _text("about"),
    _column("kind", Choice(EvidenceKind)),
    _column("at", Instant),
    _column("seen_at", Instant),
    _column("source", Choice(SourceKind)),
    _maybe("by", index=True),
    _text("detail"),
)

offer = sa.Table(
    "offer",
    metadata,
    _key("id"),
    _text("pair", index=True),
    _column("about", Document(MeetingKey)),
    _column("kind", Choice(OfferKind)),
    _column("times", Document(tuple[Span, ...])),
    _column("checked_at", Instant),
    _column("state", Choice(OfferState)),
    _maybe("chosen", Document(Span)),
    _maybe("chosen_by"),
)

topic = sa.Table(
    "topic",
    metadata,
    _key("id"),
    _text("pair", index=True),
    _text("by"),
    _text("text"),
    _column("added_at", Instant),
    _column("shared", sa.Boolean),
    _maybe("done_at", Instant),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _key("id"),
    sa.Column("key", Name, nullable=False, unique=True),
    _text("programme"),
    _maybe("pair", index=True),
    _column("effect", EffectDocument()),
    _column("due_at", Instant),
    _text("chain"),
    _maybe("until", Instant),
    _column("state", Choice(OutboxState)),
    _column("attempts", sa.Integer),
    _maybe("first_tried_at", Instant),
    _text("trouble"),
    sa.Index("ix_outbox_chain_id", "chain", "id"),
    sa.Index("ix_outbox_programme_state", "programme", "state"),
)

work = sa.Table(
    "work",
    metadata,
    _key("id"),
    _column("kind", Choice(WorkKind)),
    _text("subject"),
    _column("due_at", Instant),
    #: From when somebody may take it: when it is due, or when its lease runs out.
    _column("open_at", Instant),
    _column("in_hand", sa.Boolean),
    #: Asked for again while it was in hand.
    _maybe("asked_at", Instant),
    _column("attempts", sa.Integer),
    _column("lease_no", sa.Integer),
    sa.UniqueConstraint("kind", "subject"),
    sa.Index("ix_work_open_at_id", "open_at", "id"),
)

link = sa.Table(
    "link",
    metadata,
    _key("id"),
    _column("purpose", Choice(Purpose)),
    _text("programme"),
    _maybe("person", index=True),
    _text("about"),
    _column("expires_at", Instant),
    _maybe("pair"),
    _column("uses", sa.Integer),
    _column("single", sa.Boolean),
    _column("revoked", sa.Boolean),
)

session = sa.Table(
    "session",
    metadata,
    _key("digest"),
    _column("role", Choice(Role)),
    _text("programme"),
    _maybe("person", index=True),
    _text("csrf"),
    _column("made_at", Instant),
    _column("seen_at", Instant),
    _text("about"),
    _maybe("pair"),
)

token = sa.Table(
    "token",
    metadata,
    _key("digest"),
    _column("role", Choice(Role)),
    _text("programme"),
    _maybe("person", index=True),
    _text("label"),
    _column("made_at", Instant),
    _column("expires_at", Instant),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column(
        "no",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    _column("at", Instant),
    _maybe("programme"),
    _text("actor"),
    _text("act"),
    _text("about", index=True),
    _text("cause"),
)

inbox = sa.Table(
    "inbox",
    metadata,
    _key("mail"),
    _text("outcome"),
    _column("at", Instant),
)

#: Answers to writes that came with an Idempotency-Key.
repeat = sa.Table(
    "repeat",
    metadata,
    _key("scope"),
    _key("key"),
    _text("digest"),
    _column("status", sa.Integer),
    _text("body"),
    _column("at", Instant),
)

choice = sa.Table(
    "choice",
    metadata,
    _key("person"),
    _column("fewer", Document(frozenset[str])),
)
