"""A pair with something in every table, so that nothing about a person is forgotten.

What Wilhelmina wrote or is called begins with `quasten`, in any case, and stands
nowhere else: whoever looks for it finds what is left of her. Bob's begins with `bobs`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from scheduler.access import ApiToken, Audited, Link, Purpose, Scope, Session
from scheduler.accounts import Account, Need, account_id
from scheduler.agreement import Agreement, AgreementState, Programme, Template, Terms
from scheduler.auditing import Sealed
from scheduler.cadence import Cadence, Period
from scheduler.channels import Channel
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.consent import Consent
from scheduler.documents import AgendaDocument, DocumentState, Run
from scheduler.effects import OutboxState, Outgoing, PutCopy, SendInvite, SendLetter
from scheduler.enclosures import Enclosure
from scheduler.erasing import Erasure
from scheduler.events import CalendarObject, Cursor, Occurrence
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, stamp
from scheduler.ids import (
    AgreementId,
    CalendarId,
    EvidenceId,
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
from scheduler.invite import Attendee, Invite, Method
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.parting import Line, LineKind, Note
from scheduler.people import Hours, Pair, Person
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.promises import Promise, Turn
from scheduler.reviewing import CHOICES, Answered, Question, Review
from scheduler.secret import Secret
from scheduler.series import (
    Copy,
    CopyState,
    LedgerRow,
    LedgerState,
    Meeting,
    MeetingKey,
    Offer,
    OfferKind,
    Route,
    Series,
)
from scheduler.snapshot import Snapshot
from scheduler.sync import SyncPlan
from scheduler.timespan import Span
from scheduler.topics import Topic
from scheduler.venue import Venue, VenueKind
from scheduler.work import WorkKind

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 3, 3, 14, tzinfo=UTC)
HAFEN = ProgrammeId("hafen")
CANARY = b"quasten"
WILHELMINA = Person(
    PersonId("p-w"),
    HAFEN,
    "Wilhelmina Quastenfloß",
    "Wilhelmina@quasten.example",
    "Europe/Berlin",
    hours=Hours.parse("Tue 13:00-16:07"),
    country="DE-BY",
    quiet_days=frozenset({5}),
)
BOB = Person(PersonId("p-b"), HAFEN, "Bob Aydin", "bob@bobs.example", "Europe/Berlin")
PAIR = Pair(PairId("pair"), HAFEN, WILHELMINA.id, BOB.id)
OURS = Uid("u1@hafen.example")
FIRST, SECOND, THIRD = (
    MeetingKey(SeriesId("s1"), START + n * timedelta(days=14)) for n in range(3)
)
SLOT = Span(START, START + timedelta(minutes=45))


def the_series() -> Series:
    def meeting(n: int) -> Meeting:
        at = START + n * timedelta(days=14)
        key = MeetingKey(SeriesId("s1"), at)
        return Meeting(key, n, Span(at, at + timedelta(minutes=45)))

    first = date(2026, 3, 2)
    return Series(
        SeriesId("s1"),
        PAIR.id,
        AgreementId("a1"),
        OURS,
        "Europe/Berlin",
        WILHELMINA.id,
        45,
        Cadence("week", 2),
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4",
        START,
        tuple(
            Period(n, first + n * 14 * DAY, first + (n + 1) * 14 * DAY)
            for n in range(4)
        ),
        tuple(meeting(n) for n in range(4)),
    )


async def _connect_google(uow: UnitOfWork, person: Person, word: str) -> None:
    """An account, and a channel for the calendar that is there already."""
    await uow.accounts.put(
        Account(
            account_id(person.id, f"{word}-subject"),
            person.id,
            f"{word}-subject",
            f"{word}@google.example",
            Secret(f"{word}-refresh"),
            frozenset({Need.READ, Need.WRITE}),
            f"{word}-own-calendar",
            refused_at=NOW,
        )
    )
    mine, token = CalendarId(f"c-{person.id}"), Secret(f"{word}-channel-token")
    end = NOW + timedelta(days=7)
    await uow.channels.put(Channel(f"{word}-channel", mine, token, word, NOW, end))


async def fill(begin: Begin) -> None:
    """The pair, in the middle of its term, with everything there is about it."""
    async with begin() as uow:
        template = Template(Cadence("week", 2))
        await uow.programmes.put(
            Programme(HAFEN, "Hafen", "amal@hafen.example", "Europe/Berlin", template)
        )
        for person in (WILHELMINA, BOB):
            await uow.people.put(person)
        await uow.pairs.put(PAIR)
        await _agreed(uow)
        await uow.series.put(the_series())
        await _calendars(uow)
        await _happened(uow)
        await _written(uow)
        await _mail(uow)
        await _doors(uow)
        await uow.commit()


async def _agreed(uow: UnitOfWork) -> None:
    terms = Terms(
        Cadence("week", 2),
        45,
        date(2026, 3, 2),
        date(2026, 8, 31),
        mentor_hours=WILHELMINA.hours,
        mentor_country="DE-BY",
        venue=Venue(VenueKind.PLACE, "At the Quasten, in the corner"),
        off_limits=("quasten at home",),
    )
    both = frozenset(PAIR.both())
    old = Agreement(
        AgreementId("a0"), PAIR.id, 1, terms, AgreementState.REPLACED, None, both, START
    )
    await uow.agreements.put(old)
    await uow.agreements.put(
        replace(old, id=AgreementId("a1"), version=2, state=AgreementState.IN_FORCE)
    )


async def _calendars(uow: UnitOfWork) -> None:
    for person in (WILHELMINA, BOB):
        word = "quasten" if person is WILHELMINA else "bobs"
        calendar = CalendarId(f"c-{person.id}")
        connection = Connection(
            calendar,
            person.id,
            CalendarKind.ICS,
            Secret(f"https://{word}.example/secret.ics"),
            username=f"{word}-user",
            password=Secret(f"{word}-password"),
            label=f"{word}-label",
            health=Health.GOOD,
            read_at=NOW,
            trouble=f"{word}-trouble",
        )
        await uow.calendars.put(connection)
        await _connect_google(uow, person, word)
        seen = (
            CalendarObject(RemoteId(f"{word}-1"), OURS, (_at(START),)),
            CalendarObject(RemoteId(f"{word}-2"), "", (_at(NOW + DAY),)),
        )
        cursor = Cursor(Span(NOW, NOW + HOUR), "t")
        await uow.calendars.apply(calendar, SyncPlan(seen, frozenset(), cursor))
        copy = Copy(
            person.id,
            OURS,
            Route.IMIP,
            CopyState.THERE,
            remote_id=RemoteId(f"{word}-1"),
        )
        await uow.copies.put(copy)
        await uow.work.add(WorkKind.SYNC, calendar, NOW + DAY)


def _at(start: datetime) -> Occurrence:
    return Occurrence(start, start, start + HOUR)


async def _happened(uow: UnitOfWork) -> None:
    def seen(name: str, about: str, kind: EvidenceKind, by: Person | None) -> Evidence:
        return Evidence(
            EvidenceId(name),
            PAIR.id,
            about,
            kind,
            START + 2 * HOUR,
            START + 2 * HOUR,
            SourceKind.PAGE,
            by.id if by else None,
            stamp(START) if kind is EvidenceKind.BOOKED else "",
        )

    await uow.evidence.add(
        [
            seen("e1", str(FIRST), EvidenceKind.BOOKED, None),
            seen("e2", str(FIRST), EvidenceKind.SAID_MET, WILHELMINA),
            seen("e3", str(FIRST), EvidenceKind.SAID_MET, BOB),
            seen("e4", str(SECOND), EvidenceKind.SAID_NOT_MET, WILHELMINA),
            seen("e5", str(SECOND), EvidenceKind.SAID_MET, BOB),
            seen("e6", str(THIRD), EvidenceKind.CANCELLED, WILHELMINA),
        ]
    )
    row = LedgerRow(
        SeriesId("s1"),
        PAIR.id,
        2,
        Span(START, START + 14 * DAY),
        LedgerState.OPEN,
        NOW,
    )
    await uow.ledger.put(row)
    offer = Offer(OfferId("o1"), PAIR.id, THIRD, OfferKind.MOVE, (SLOT,), NOW)
    await uow.offers.put(offer)
    await uow.consents.put(Consent(PAIR.id, WILHELMINA.id, True, NOW))
    await uow.snapshots.put(Snapshot(HAFEN, NOW, (), ()))
    await uow.audit.add(
        Audited(NOW, HAFEN, f"person:{WILHELMINA.id}", "did", PAIR.id, "E_X")
    )
    await uow.audit.put_seal(Sealed(date(2026, 3, 19), 0, "d", "s"))


async def _written(uow: UnitOfWork) -> None:
    for person in (WILHELMINA, BOB):
        word = "quasten" if person is WILHELMINA else "bobs"
        name, by = person.id, person.id
        shared = Topic(
            f"t-{name}", PAIR.id, by, f"{word}-topic of Wilhelmina Quastenfloß", NOW
        )
        await uow.topics.put(shared)
        private = replace(shared, id=f"tp-{name}", text=f"{word}-private", shared=False)
        await uow.topics.put(private)
        key = FIRST if person is WILHELMINA else SECOND
        await uow.notes.put(
            Note(
                f"n-{name}",
                PAIR.id,
                key,
                f"{word}-note: Wilhelmina@quasten.example",
                by,
                NOW,
                f"{word}-before",
            )
        )
        await uow.lines.put(
            Line(
                f"l-{name}", PAIR.id, FIRST, by, LineKind.THANKS, f"{word}-thanks", NOW
            )
        )
        await uow.enclosures.put(
            Enclosure(
                f"x-{name}", PAIR.id, by, f"https://{word}.example/", f"{word}-x", NOW
            )
        )
        await uow.documents.put(
            AgendaDocument(
                f"{word}-document",
                PAIR.id,
                by,
                account_id(by, f"{word}-subject"),
                NOW,
                DocumentState.SHARED,
                f"{word}-file",
                f"https://docs.google.com/document/d/{word}-file/edit",
                (Run("d", 3),),
            )
        )
        made = Turn(EvidenceKind.PROMISED, NOW, by, date(2026, 4, 1))
        await uow.promises.put(
            Promise(PromiseId(f"pr-{name}"), PAIR.id, by, f"{word}-promise", (made,))
        )
        said = tuple(
            Answered(question, CHOICES[question][0], f"{word}-answer")
            for question in Question
        )
        await uow.reviews.put(
            Review(f"r-{name}", PAIR.id, by, date(2026, 3, 20), NOW, said)
        )
        await uow.settings.set_fewer(by, frozenset({"agenda"}))


async def _mail(uow: UnitOfWork) -> None:
    for person in (WILHELMINA, BOB):
        facts = Facts(meeting=SLOT, agenda="- quasten-topic (Wilhelmina Quastenfloß)")
        agenda = Letter(LetterKind.AGENDA, person.id, PAIR.id, facts, about=FIRST)
        await uow.outbox.add(_row(f"agenda/{person.id}", SendLetter(agenda)))
        invite = Invite(
            OURS,
            1,
            START,
            "Europe/Berlin",
            SLOT,
            "Wilhelmina and Bob",
            method=Method.REQUEST,
            description="quasten-words",
            attendees=(Attendee(WILHELMINA.email, WILHELMINA.name),),
        )
        await uow.outbox.add(_row(f"invite/{person.id}", SendInvite(person.id, invite)))
    copy = replace(invite, method=Method.NONE, attendees=())
    put = PutCopy(BOB.id, CalendarId("c-p-b"), copy)
    await uow.outbox.add(_row("put/p-b", put))
    link = Letter(LetterKind.SIGN_IN, WILHELMINA.id, None, Facts(words="quasten-words"))
    alone = replace(_row(f"sign-in/{WILHELMINA.id}/1", SendLetter(link)), pair=None)
    await uow.outbox.add(alone)
    closed = Facts(words="Wilhelmina Quastenfloß and Bob Aydin")
    told = Letter(LetterKind.SIGN_IN, None, None, closed, address="amal@hafen.example")
    await uow.outbox.add(replace(_row("told/hafen", SendLetter(told)), pair=None))


def _row(key: str, effect: SendLetter | SendInvite | PutCopy) -> Outgoing:
    return Outgoing(
        OutboxId(f"row-{key}"),
        f"{key}/1",
        HAFEN,
        PAIR.id,
        effect,
        NOW - DAY,
        state=OutboxState.DONE,
        trouble=f"550 <{WILHELMINA.email}>",
    )


async def _doors(uow: UnitOfWork) -> None:
    for person in (WILHELMINA, BOB):
        word = "quasten" if person is WILHELMINA else "bobs"
        await uow.doors.put_link(
            Link(
                LinkId(f"{word}-link"),
                Purpose.PAGES,
                HAFEN,
                person.id,
                "",
                NOW + 9 * DAY,
                PAIR.id,
            )
        )
        await uow.doors.put_session(
            Session(f"{word}-session", Scope.PERSON, HAFEN, person.id, "csrf", NOW, NOW)
        )
        await uow.doors.put_token(
            ApiToken(
                f"{word}-token",
                Scope.PERSON,
                HAFEN,
                person.id,
                f"{word}-laptop",
                NOW,
                NOW + 99 * DAY,
            )
        )
    answer = f'[{{"id": "p-w", "name": "{WILHELMINA.name}"}}]'
    await uow.repeats.add("programme token", "key", "digest", 200, answer, NOW)
    await uow.repeats.add("programme token", "other", "digest", 200, "[]", NOW)
    await uow.inbox.add("m1", "met", NOW)
    # Of somebody else, so that this table is not empty either.
    await uow.erasures.put(Erasure(PersonId("p-x"), HAFEN, NOW, NOW))
