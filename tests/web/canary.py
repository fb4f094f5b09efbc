"""What a pair writes and connects, each with a word in it that is nowhere else."""

from __future__ import annotations

from scheduler.accounts import Account, Need
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.enclosures import Enclosure
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import AccountId, CalendarId, EvidenceId, PromiseId
from scheduler.parting import Line, LineKind, Note
from scheduler.ports.store import UnitOfWork
from scheduler.promises import Promise, Turn
from scheduler.reviewing import CHOICES, Answered, Question, Review
from scheduler.secret import Secret
from scheduler.series import MeetingKey, Series
from scheduler.topics import Topic
from tests.web.peopled import FIRST
from tests.web.world import IDA, LEYLA, NOW, PAIR

CANARY = "kanarienvogel"


def canary(what: str) -> str:
    return f"{CANARY}-{what}"


async def say(uow: UnitOfWork, series: Series) -> None:
    """Topics, a promise, a note, lines, a link and a review of the pair."""
    about: MeetingKey = series.meetings[0].key
    for n, shared in enumerate((True, False)):
        topic = Topic(f"t{n}", PAIR.id, IDA.id, canary(f"topic{n}"), NOW, shared=shared)
        await uow.topics.put(topic)
    turn = Turn(EvidenceKind.PROMISED, NOW, IDA.id, FIRST)
    promise = Promise(PromiseId("p1"), PAIR.id, IDA.id, canary("promise"), (turn,))
    await uow.promises.put(promise)
    note = Note("n1", PAIR.id, about, canary("note"), IDA.id, NOW, canary("before"))
    await uow.notes.put(note)
    for kind in LineKind:
        line = Line(kind.value, PAIR.id, about, LEYLA.id, kind, canary("line"), NOW)
        await uow.lines.put(line)
    url = f"https://x.test/{canary('link')}"
    enclosed = Enclosure("e1", PAIR.id, IDA.id, url, canary("title"), NOW)
    await uow.enclosures.put(enclosed)
    answers = tuple(Answered(q, CHOICES[q][0], canary("review")) for q in Question)
    review = Review("r1", PAIR.id, IDA.id, FIRST, NOW, answers, share=True)
    await uow.reviews.put(review)


async def connect(uow: UnitOfWork) -> None:
    """A calendar of the mentor's that does not answer."""
    connection = Connection(
        CalendarId("c1"),
        IDA.id,
        CalendarKind.CALDAV,
        Secret(f"https://dav.test/{canary('url')}"),
        canary("user"),
        Secret(canary("password")),
        canary("label"),
        health=Health.FAILING,
        trouble=canary("trouble"),
        failing_since=NOW,
    )
    await uow.calendars.put(connection)
    account = Account(
        AccountId("a1"),
        IDA.id,
        canary("subject"),
        canary("account"),
        Secret(canary("refresh")),
        frozenset({Need.READ}),
    )
    await uow.accounts.put(account)
    await uow.calendars.put(
        Connection(
            CalendarId("c2"),
            IDA.id,
            CalendarKind.GOOGLE,
            Secret(canary("google")),
            label=canary("label"),
            account=account.id,
        )
    )
    row = Evidence(
        EvidenceId(canary("evidence")),
        PAIR.id,
        "c1",
        EvidenceKind.CONNECTION_BROKEN,
        NOW,
        NOW,
        SourceKind.CALDAV,
        by=IDA.id,
    )
    await uow.evidence.add([row])
