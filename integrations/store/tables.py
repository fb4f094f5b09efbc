"""Every table, in SQLAlchemy Core.

A column is a field of the value that is kept, under the same name, so that rows.py
can turn one into the other. What is nested is a JSON document; what is asked for,
compared or constrained has a column of its own. Only rows of one aggregate refer to
each other by foreign keys: aggregates are put and erased one by one.
"""

import sqlalchemy as sa

from integrations.store.columns import column, key, maybe, metadata, text
from integrations.store.effects import EffectDocument
from integrations.store.types import Choice, Document, Instant, Name
from scheduler.access import Purpose, Scope
from scheduler.agreement import AgreementState, Template, Terms
from scheduler.cadence import Cadence, Period
from scheduler.connections import CalendarKind, Health
from scheduler.effects import OutboxState
from scheduler.events import Cursor, Occurrence, Rsvp
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

programme = sa.Table(
    "programme",
    metadata,
    key("id"),
    text("name"),
    text("coordinator"),
    text("zone"),
    column("template", Document(Template)),
    text("language"),
)

person = sa.Table(
    "person",
    metadata,
    key("id"),
    text("programme"),
    text("name"),
    text("email"),
    #: The address without its case; empty once it is erased.
    text("email_key", index=True),
    #: The name without its case, to search by.
    sa.Column("name_key", Name, nullable=False, server_default=""),
    text("zone"),
    column("hours", Document(Hours)),
    text("language"),
    text("country"),
    column("quiet_days", Document(frozenset[int])),
    maybe("bounced_at", Instant),
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
    key("id"),
    text("programme"),
    text("mentor", index=True),
    text("mentee", index=True),
    maybe("closed", sa.Date),
    sa.Index("ix_pair_programme_id", "programme", "id"),
)

agreement = sa.Table(
    "agreement",
    metadata,
    key("id"),
    text("pair"),
    column("version", sa.Integer),
    column("terms", Document(Terms)),
    column("state", Choice(AgreementState)),
    maybe("author"),
    column("accepted_by", Document(frozenset[PersonId])),
    maybe("in_force_at", Instant),
    sa.UniqueConstraint("pair", "version"),
)

calendar = sa.Table(
    "calendar",
    metadata,
    key("id"),
    text("person", index=True),
    column("kind", Choice(CalendarKind)),
    #: Address, user name and password, encrypted: sealing.py.
    text("sealed"),
    text("label"),
    column("written", sa.Boolean),
    sa.Column("invites", sa.Boolean, nullable=False, server_default=sa.false()),
    maybe("account", index=True),
    column("health", Choice(Health)),
    text("trouble"),
    maybe("cursor", Document(Cursor)),
    maybe("read_at", Instant),
    maybe("failing_since", Instant),
    maybe("horizon", Instant),
    maybe("doubted_at", Instant),
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
    key("id"),
    text("uid"),
    column("occurrences", Document(tuple[Occurrence, ...])),
    maybe("etag"),
    maybe("changed_at", Instant),
    column("sequence", sa.Integer),
    sa.Column("rsvps", Document(tuple[Rsvp, ...]), nullable=False, server_default="[]"),
    sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()),
    #: When the first of its occurrences ends; empty without any (retention).
    maybe("first_end", Instant, index=True),
)

series = sa.Table(
    "series",
    metadata,
    key("id"),
    text("pair", index=True),
    text("agreement"),
    text("uid", index=True),
    text("zone"),
    text("anchor"),
    column("minutes", sa.Integer),
    column("cadence", Document(Cadence)),
    text("rrule"),
    column("first", Instant),
    column("periods", Document(tuple[Period, ...])),
    column("state", Choice(SeriesState)),
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
    column("period", sa.Integer),
    maybe("starts", Instant),
    maybe("ends", Instant),
    column("state", Choice(MeetingState)),
    column("placed_by", Choice(Placer)),
    maybe("uid", index=True),
    column("checked", sa.Boolean),
)

#: When live meetings take somebody's time. Two of one person's, both placed by Troth,
#: may not overlap: an exclusion constraint on PostgreSQL, triggers on SQLite, both
#: made by the migration since SQLAlchemy cannot compare them.
meeting_time = sa.Table(
    "meeting_time",
    metadata,
    key("person"),
    sa.Column(
        "series",
        Name,
        sa.ForeignKey("series.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("original_start", Instant, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    column("starts", Instant),
    column("ends", Instant),
    column("placed_by", Choice(Placer)),
    sa.Index("ix_meeting_time_person_starts", "person", "starts"),
    sa.Index("ix_meeting_time_series", "series"),
)

copy = sa.Table(
    "copy",
    metadata,
    key("person"),
    key("uid"),
    column("route", Choice(Route)),
    column("state", Choice(CopyState)),
    maybe("calendar"),
    maybe("remote_id"),
    maybe("etag"),
    column("generation", sa.Integer),
    column("sequence", sa.Integer),
    text("partstat"),
    maybe("missed_at", Instant),
    maybe("written_at", Instant),
    column("whole_object", sa.Boolean),
    sa.Column("seen", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_copy_uid", "uid"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    key("series"),
    sa.Column("period", sa.Integer, primary_key=True, autoincrement=False),
    text("pair", index=True),
    column("starts", Instant),
    column("ends", Instant),
    column("state", Choice(LedgerState)),
    column("opened_at", Instant),
    maybe("told_at", Instant),
)

evidence = sa.Table(
    "evidence",
    metadata,
    key("id"),
    text("pair", index=True),
    text("about"),
    column("kind", Choice(EvidenceKind)),
    column("at", Instant),
    column("seen_at", Instant),
    column("source", Choice(SourceKind)),
    maybe("by", index=True),
    text("detail"),
)

offer = sa.Table(
    "offer",
    metadata,
    key("id"),
    text("pair", index=True),
    column("about", Document(MeetingKey)),
    column("kind", Choice(OfferKind)),
    column("times", Document(tuple[Span, ...])),
    column("checked_at", Instant),
    column("state", Choice(OfferState)),
    maybe("chosen", Document(Span)),
    maybe("chosen_by"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    key("id"),
    sa.Column("key", Name, nullable=False, unique=True),
    text("programme"),
    maybe("pair", index=True),
    column("effect", EffectDocument()),
    column("due_at", Instant),
    text("chain"),
    maybe("until", Instant),
    column("state", Choice(OutboxState)),
    column("attempts", sa.Integer),
    maybe("first_tried_at", Instant),
    text("trouble"),
    #: Whether what it said was forgotten; its key stays (retention).
    sa.Column("emptied", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_outbox_chain_id", "chain", "id"),
    sa.Index("ix_outbox_emptied_due_at", "emptied", "due_at"),
    sa.Index("ix_outbox_programme_state", "programme", "state"),
)

work = sa.Table(
    "work",
    metadata,
    key("id"),
    column("kind", Choice(WorkKind)),
    text("subject"),
    column("due_at", Instant),
    #: From when somebody may take it: when it is due, or when its lease runs out.
    column("open_at", Instant),
    column("in_hand", sa.Boolean),
    #: Asked for again while it was in hand.
    maybe("asked_at", Instant),
    column("attempts", sa.Integer),
    column("lease_no", sa.Integer),
    sa.UniqueConstraint("kind", "subject"),
    sa.Index("ix_work_open_at_id", "open_at", "id"),
)

link = sa.Table(
    "link",
    metadata,
    key("id"),
    column("purpose", Choice(Purpose)),
    text("programme"),
    maybe("person", index=True),
    text("about"),
    column("expires_at", Instant),
    maybe("pair"),
    column("uses", sa.Integer),
    column("single", sa.Boolean),
    column("revoked", sa.Boolean),
)

session = sa.Table(
    "session",
    metadata,
    key("digest"),
    column("scope", Choice(Scope)),
    text("programme"),
    maybe("person", index=True),
    text("csrf"),
    column("made_at", Instant),
    column("seen_at", Instant),
    text("about"),
    maybe("pair"),
)

token = sa.Table(
    "token",
    metadata,
    key("digest"),
    column("scope", Choice(Scope)),
    text("programme"),
    maybe("person", index=True),
    text("label"),
    column("made_at", Instant),
    column("expires_at", Instant),
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
    sa.Column("at", Instant, nullable=False, index=True),
    maybe("programme"),
    text("actor"),
    text("act"),
    text("about", index=True),
    text("cause"),
    sa.Index("ix_audit_programme_no", "programme", "no"),
)

inbox = sa.Table(
    "inbox",
    metadata,
    key("mail"),
    text("outcome"),
    column("at", Instant),
)

#: Answers to writes that came with an Idempotency-Key.
repeat = sa.Table(
    "repeat",
    metadata,
    key("scope"),
    key("key"),
    text("digest"),
    column("status", sa.Integer),
    text("body"),
    column("at", Instant),
)

choice = sa.Table(
    "choice",
    metadata,
    key("person"),
    column("fewer", Document(frozenset[str])),
)
