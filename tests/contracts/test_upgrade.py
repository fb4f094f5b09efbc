"""A database that a release left behind goes up, and everything in it is still read.

`released.sql` holds rows for every table of revision 0002, written as that release
wrote them; `released_0008.sql` those of the tables that 0008 had besides, in a database
that had come up to it. They never change; what changes is the code that must go on
reading them.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.store.columns import metadata
from integrations.store.engine import open_engine
from integrations.store.migrate import upgrade
from scheduler.access import Purpose
from scheduler.evidence import EvidenceKind
from scheduler.ids import (
    AgreementId,
    CalendarId,
    LinkId,
    OfferId,
    OutboxId,
    PairId,
    PersonId,
    ProgrammeId,
    RemoteId,
    Uid,
)
from scheduler.ports.store import UnitOfWork
from scheduler.retention import Kept
from scheduler.secret import Secret
from tests.stores import ENGINES, sql_store

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
#: Each release, and what was written at it: what it left behind is that and all before.
WRITTEN = {"0002": HERE / "released.sql", "0008": HERE / "released_0008.sql"}

HAFEN, PAIR = ProgrammeId("hafen"), PairId("ada-bob")
ADA, BOB = PersonId("ada"), PersonId("bob")
FIRST = "s1/20260303T140000Z/0"


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has, by what the database itself says it has."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    count = sa.select(sa.func.count())
    return {
        name: connection.scalar(count.select_from(sa.table(name))) or 0
        for name in sorted(names)
    }


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def leave_behind(engine: AsyncEngine, release: str) -> dict[str, int]:
    """A database as the release left it; how many rows its tables have."""
    for one, rows in WRITTEN.items():
        if one <= release:
            await upgrade(engine, one)
            await write(engine, rows)
    async with engine.connect() as connection:
        return await connection.run_sync(counts)


async def write(engine: AsyncEngine, rows: Path) -> None:
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        for statement in rows.read_text().split(";\n"):
            if statement.strip():
                await connection.exec_driver_sql(statement)


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'troth.sqlite3'}"
    return str(request.getfixturevalue("empty_database"))


@pytest.fixture
async def engine(address: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(address)
    yield engine
    await engine.dispose()


@pytest.fixture(params=sorted(WRITTEN))
async def left_behind(
    engine: AsyncEngine, request: pytest.FixtureRequest
) -> dict[str, int]:
    return await leave_behind(engine, request.param)


async def test_what_the_release_left_behind_is_in_every_table(
    left_behind: dict[str, int],
):
    assert left_behind
    assert not [table for table, rows in left_behind.items() if rows == 0]


async def test_it_goes_up_and_loses_no_row(
    engine: AsyncEngine, left_behind: dict[str, int]
):
    await upgrade(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        now = await connection.run_sync(counts)
    lost = {
        table: (before, now.get(table, 0))
        for table, before in left_behind.items()
        if now.get(table, 0) < before
    }
    assert not lost


async def test_every_row_of_every_table_is_read_as_what_it_means(
    engine: AsyncEngine, left_behind: dict[str, int]
):
    await upgrade(engine)
    async with engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(sa.select(table))).all()
            assert len(rows) >= left_behind.get(table.name, 0), table.name


async def test_the_repositories_find_all_of_it(
    engine: AsyncEngine, left_behind: dict[str, int]
):
    del left_behind
    await upgrade(engine)
    async with sql_store(engine)() as uow:
        await people_and_terms(uow)
        await calendars(uow)
        await meetings(uow)
        await effects(uow)
        await doors(uow)


async def people_and_terms(uow: UnitOfWork) -> None:
    [programme] = await uow.programmes.all()
    assert (programme.id, programme.template.weeks) == (HAFEN, 26)
    ada = await uow.people.get(ADA)
    assert (ada.name, str(ada.hours)) == ("Ada Marchetti", "Mon-Fri 09:00-12:00")
    assert ada.quiet_days == {5, 6}
    assert await uow.people.by_email(HAFEN, "ada@A.example") == ada
    assert (await uow.people.get(BOB)).bounced_at is not None
    pairs = await uow.pairs.of_person(ADA)
    assert [(pair.id, pair.closed is not None) for pair in pairs] == [
        (PAIR, False),
        ("old", True),
    ]
    versions = await uow.agreements.of_pair(PAIR)
    assert [(one.version, one.state.value) for one in versions] == [
        (1, "replaced"),
        (2, "in force"),
        (3, "proposed"),
    ]
    assert versions[1].terms.notice_hours == 48
    assert str(versions[2].terms.cadence) == "monthly"
    assert versions[1].accepted_by == {ADA, BOB}
    # They agreed on no review: none is put into their mouths.
    assert {one.terms.review_weeks for one in versions} == {None}
    assert await uow.settings.fewer(ADA) == {"agenda"}


async def calendars(uow: UnitOfWork) -> None:
    [connection] = await uow.calendars.of_person(ADA)
    assert connection.password == Secret("a password")
    assert connection.written
    assert connection.cursor
    other = await uow.calendars.get(CalendarId("c2"))
    assert other.trouble == "unavailable"
    # No account opens them, and nobody is invited from them.
    assert {(one.account, one.invites) for one in (connection, other)} == {
        (None, False)
    }
    known = await uow.calendars.objects(CalendarId("c1"))
    assert [(one.id, one.uid) for one in known] == [
        ("r1", "u1@hafen.example"),
        ("r2", ""),
    ]
    assert (await uow.calendars.etags(CalendarId("c1")))[RemoteId("r1")] == "e1"


async def meetings(uow: UnitOfWork) -> None:
    [series] = await uow.series.of_pair(PAIR)
    states = [(str(one.key), one.state.value) for one in series.meetings]
    assert states[0] == (FIRST, "live")
    assert [state for _, state in states[1:]] == [
        "cancelled",
        "live",
        "unplaced",
        "live",
    ]
    uids = frozenset({"u1@hafen.example", "u2@hafen.example"})
    assert await uow.series.uids(BOB) == uids
    copies = await uow.copies.of_uids([Uid("u1@hafen.example")])
    assert [(one.person, one.route.value) for one in copies] == [
        (ADA, "written"),
        (BOB, "imip"),
    ]
    ledger = await uow.ledger.of_pair(PAIR)
    assert [row.state.value for row in ledger] == ["booked", "owed"]
    evidence = await uow.evidence.of_pair(PAIR)
    assert [row.kind for row in evidence] == [
        EvidenceKind.BOOKED,
        EvidenceKind.CANCELLED,
        EvidenceKind.REPLACED_BY,
        EvidenceKind.SAID_MET,
    ]
    offer = await uow.offers.get(OfferId("o1"))
    assert (len(offer.times), offer.chosen_by) == (2, ADA)
    topics = await uow.topics.of_pair(PAIR)
    assert [(one.text, one.shared) for one in topics] == [
        ("How to say no", True),
        ("Only for me", False),
    ]


async def effects(uow: UnitOfWork) -> None:
    rows = await uow.outbox.of_pair(PAIR)
    assert [row.key.partition("/")[0] for row in rows] == [
        "fell-out",
        "invite",
        "put",
        "move",
        "out",
        "shorten",
        "remove",
    ]
    assert (await uow.outbox.get(OutboxId("x1"))).pair is None
    assert [row.id for row in await uow.outbox.dead(HAFEN)] == ["x5"]
    now = rows[0].due_at
    assert len(await uow.work.due(now, most=100)) >= 15
    assert not await uow.inbox.add("<m1@a.example>", "again", now)
    answer = await uow.repeats.find("scope", "key")
    assert answer == ("digest", 201, '{"id": "p"}')


async def doors(uow: UnitOfWork) -> None:
    link = await uow.doors.link(LinkId("l-met"))
    assert link is not None
    assert (link.purpose, link.person, link.about) == (Purpose.MET, ADA, FIRST)
    session = await uow.doors.session("d1")
    assert session is not None and session.pair == PAIR
    token = await uow.doors.token("d3")
    assert token is not None and token.person == BOB
    [act] = await uow.audit.about("ada")
    assert (act.actor, act.act) == ("operator", "sign-in link")


async def test_what_the_newest_release_added_is_found_too(engine: AsyncEngine):
    await leave_behind(engine, "0008")
    await upgrade(engine)
    async with sql_store(engine)() as uow:
        kept, other = await uow.promises.of_pair(PAIR)
        assert kept.turns[1].kind is EvidenceKind.PROMISE_KEPT
        assert (kept.about and str(kept.about), other.about) == (FIRST, None)
        [note] = await uow.notes.of_pair(PAIR)
        assert (note.by, note.before) == (BOB, "We spoke")
        assert [one.kind.value for one in await uow.lines.of_pair(PAIR)] == [
            "heard",
            "thanks",
        ]
        there = [one.taken_off_at for one in await uow.enclosures.of_pair(PAIR)]
        assert [one is None for one in there] == [True, False]
        [review] = await uow.reviews.of_pair(PAIR)
        assert (review.share, review.answers[1].words) == (True, "word 1")
        snapshot = await uow.snapshots.latest(HAFEN)
        assert snapshot
        assert (snapshot.is_whole, len(snapshot.groups[0].stretches)) == (True, 13)
        [consent] = await uow.consents.of_pair(PAIR)
        assert (consent.person, consent.given) == (BOB, True)
        assert [one.seal for one in await uow.audit.seals()] == ["seal"]
        asked = [await uow.erasures.find(PersonId(one)) for one in ("dee", "eve")]
        assert [one.done_at is None for one in asked if one] == [False, True]


async def test_what_is_old_is_dropped_from_it(
    engine: AsyncEngine, left_behind: dict[str, int]
):
    """Busy time of other entries, and what mail said that is over."""
    del left_behind
    await upgrade(engine)
    begin = sql_store(engine)
    async with begin() as uow:
        later = datetime(2027, 1, 1, tzinfo=UTC)
        assert await uow.retention.drop(Kept.BUSY, later, most=99) == 1
        assert await uow.retention.drop(Kept.MAIL, later, most=99) == 5
        await uow.commit()
    async with begin(read_only=True) as uow:
        [ours] = await uow.calendars.objects(CalendarId("c1"))
        assert ours.uid == "u1@hafen.example"


async def test_what_stood_is_not_in_the_way_of_what_comes(
    engine: AsyncEngine, left_behind: dict[str, int]
):
    """New versions, and the same people, are kept beside what was there."""
    del left_behind
    await upgrade(engine)
    begin = sql_store(engine)
    async with begin() as uow:
        versions = await uow.agreements.of_pair(PAIR)
        for one in (await uow.people.get(ADA), await uow.people.get(BOB)):
            await uow.people.put(one)
        for version in versions:
            await uow.agreements.put(version)
        [series] = await uow.series.of_pair(PAIR)
        await uow.series.put(series)
        await uow.commit()
    async with begin(read_only=True) as uow:
        assert await uow.agreements.of_pair(PAIR) == versions
        assert await uow.series.of_pair(PAIR) == (series,)
        assert versions[0].id == AgreementId("a1")
