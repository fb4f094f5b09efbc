"""Somebody is erased: what is ahead goes first, then every trace, and no figure."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.links import SignedLinks
from integrations.mail.copies import KeptCopies
from integrations.mail.maildir import MaildirOut
from integrations.memory.system import SeededIds, SetClock
from integrations.memory.traces import NoCopies, NoFiles
from integrations.store.engine import open_engine
from integrations.store.migrate import upgrade
from integrations.store.scrubbing import DatabaseFiles
from scheduler.consistency import Report
from scheduler.effects import Address, Message, OutboxState, SendLetter
from scheduler.erasing import PATIENCE
from scheduler.errors import NotFound
from scheduler.ids import PersonId
from scheduler.outbox import message_id
from scheduler.ports.privacy import Files, SentCopies
from scheduler.ports.store import Begin
from scheduler.secret import Secret
from scheduler.usecases.ask_erasure import ask_erasure
from scheduler.usecases.erase_person import erase_person
from scheduler.usecases.fresh_link import fresh_link
from scheduler.usecases.read_report import read_report
from scheduler.work import WorkKind
from tests.privacy import BOB, CANARY, NOW, PAIR, WILHELMINA, fill
from tests.stores import sql_store

SENDER = Address("troth@hafen.example", "Troth")
LINKS = SignedLinks("https://troth.test", [Secret("k" * 32)])
MINUTES = timedelta(minutes=5)


@dataclass
class Case:
    begin: Begin
    clock: SetClock
    copies: SentCopies
    files: Files
    ids: SeededIds

    async def ask(self) -> None:
        await ask_erasure(WILHELMINA.id, "operator", begin=self.begin, clock=self.clock)

    async def go_on(self) -> object:
        return await erase_person(
            WILHELMINA.id,
            begin=self.begin,
            clock=self.clock,
            ids=self.ids,
            links=LINKS,
            sender=SENDER,
            copies=self.copies,
            files=self.files,
        )

    async def deliver(self, state: OutboxState = OutboxState.DONE) -> int:
        """Everything that waits is done, whatever it is."""
        async with self.begin() as uow:
            rows = await uow.outbox.of_pair(PAIR.id)
            waiting = [row for row in rows if row.state is OutboxState.WAITING]
            for row in waiting:
                await uow.outbox.put(replace(row, state=state))
            await uow.commit()
        return len(waiting)

    async def report(self) -> Report:
        return await read_report(PAIR.id, begin=self.begin, now=self.clock.now())

    async def is_erased(self) -> bool:
        async with self.begin(read_only=True) as uow:
            return not (await uow.people.get(WILHELMINA.id)).email


async def case_of(
    begin: Begin,
    copies: SentCopies | None = None,
    files: Files | None = None,
) -> Case:
    await fill(begin)
    return Case(
        begin, SetClock(NOW), copies or NoCopies(), files or NoFiles(), SeededIds(7)
    )


@pytest.fixture
async def case(memory_begin: Begin) -> Case:
    return await case_of(memory_begin)


class TestAsking:
    async def test_shuts_every_door_at_once(self, case: Case):
        await case.ask()
        async with case.begin() as uow:
            assert await uow.doors.session("quasten-session") is None
            asked = await uow.erasures.find(WILHELMINA.id)
            leases = await uow.work.take(NOW, until=NOW, most=99)
        assert asked is not None and (asked.asked_at, asked.done_at) == (NOW, None)
        assert [x.work.subject for x in leases if x.work.kind is WorkKind.ERASE] == [
            WILHELMINA.id
        ]

    async def test_twice_is_once(self, case: Case):
        await case.ask()
        case.clock.set(NOW + MINUTES)
        await case.ask()
        async with case.begin() as uow:
            asked = await uow.erasures.find(WILHELMINA.id)
            acts = [row.act for row in await uow.audit.about(WILHELMINA.id)]
        assert asked is not None and asked.asked_at == NOW
        assert acts == ["erasure asked"]

    async def test_opens_no_door_again(self, case: Case):
        await case.ask()
        await fresh_link(
            WILHELMINA.email, begin=case.begin, clock=case.clock, ids=case.ids
        )
        async with case.begin() as uow:
            rows = await uow.outbox.alone(WILHELMINA.id)
        assert [row.state for row in rows] == [OutboxState.DONE]

    async def test_is_for_people_that_there_are(self, case: Case):
        with pytest.raises(NotFound):
            await ask_erasure(
                PersonId("nobody"), "operator", begin=case.begin, clock=case.clock
            )


class TestErasing:
    async def test_is_not_done_unasked(self, case: Case):
        assert await case.go_on() is None
        assert not await case.is_erased()

    async def test_waits_for_what_is_taken_out_of_calendars(self, case: Case):
        await case.ask()
        assert await case.go_on() == NOW + MINUTES
        async with case.begin() as uow:
            assert (await uow.pairs.get(PAIR.id)).closed
            rows = await uow.outbox.of_pair(PAIR.id)
        assert [row for row in rows if row.state is OutboxState.WAITING]
        assert not await case.is_erased()
        await case.deliver()
        assert await case.go_on() is None
        assert await case.is_erased()

    async def test_does_not_wait_for_letters_to_themself(self, case: Case):
        await case.ask()
        await case.go_on()
        async with case.begin() as uow:
            for row in await uow.outbox.of_pair(PAIR.id):
                effect = row.effect
                own = isinstance(effect, SendLetter) and (
                    effect.letter.to == WILHELMINA.id
                )
                if row.state is OutboxState.WAITING and not own:
                    await uow.outbox.put(replace(row, state=OutboxState.DONE))
            await uow.commit()
        assert await case.go_on() is None
        assert await case.is_erased()
        async with case.begin() as uow:
            rows = await uow.outbox.of_pair(PAIR.id)
        assert not [row for row in rows if row.state is OutboxState.WAITING]

    async def test_waits_no_longer_than_it_may(self, case: Case):
        await case.ask()
        while (again := await case.go_on()) is not None:
            assert again > case.clock.now()  # type: ignore[operator]
            case.clock.set(again)  # type: ignore[arg-type]
        assert case.clock.now() == NOW + PATIENCE
        assert await case.is_erased()

    async def test_changes_no_figure_of_the_partner(self, case: Case):
        await case.ask()
        await case.go_on()
        await case.deliver()
        before = await case.report()
        assert before.counts()
        await case.go_on()
        assert await case.is_erased()
        after = await case.report()
        assert after.rates == before.rates
        assert after.counts() == before.counts()
        assert after.periods == before.periods
        assert after.ledger == before.ledger

    async def test_a_second_run_does_nothing(self, case: Case):
        await case.ask()
        await case.go_on()
        await case.deliver()
        await case.go_on()
        async with case.begin(read_only=True) as uow:
            done = await uow.erasures.find(WILHELMINA.id)
            acts = await uow.audit.about(WILHELMINA.id)
        case.clock.set(NOW + MINUTES)
        assert await case.go_on() is None
        await case.ask()
        assert await case.go_on() is None
        async with case.begin(read_only=True) as uow:
            assert await uow.erasures.find(WILHELMINA.id) == done
            assert await uow.audit.about(WILHELMINA.id) == acts
        assert [act.act for act in acts] == ["erasure asked", "erased"]
        assert all("@" not in repr(act) for act in acts)


class _Busy:
    """Files that somebody keeps open, once."""

    def __init__(self) -> None:
        self.asked = 0

    async def scrub(self) -> bool:
        self.asked += 1
        return self.asked > 1


async def test_it_is_done_when_its_files_are_written_anew(memory_begin: Begin):
    case = await case_of(memory_begin, files=_Busy())
    await case.ask()
    await case.go_on()
    await case.deliver()
    assert await case.go_on() == NOW + MINUTES
    assert await case.is_erased()
    assert await case.go_on() is None


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'troth.sqlite3'}")
    await upgrade(engine)
    yield engine
    await engine.dispose()


def bytes_left(folder: Path, words: Sequence[bytes]) -> dict[str, list[bytes]]:
    found = {
        str(path.relative_to(folder)): [
            word for word in words if word in path.read_bytes().lower()
        ]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {path: words for path, words in found.items() if words}


async def test_no_byte_is_left_in_any_file(engine: AsyncEngine, tmp_path: Path):
    """promises.md O4: the database, its log, and the mail that was kept."""
    mail = tmp_path / "mail"
    begin = sql_store(engine)
    case = await case_of(begin, KeptCopies([mail]), DatabaseFiles(engine))
    await keep_mail(mail, case)
    words = (CANARY, b"wilhelmina")
    before = bytes_left(tmp_path, words)
    assert "troth.sqlite3-wal" in before and len(before) >= 4
    await case.ask()
    await case.go_on()
    await case.deliver()
    assert await case.go_on() is None
    assert bytes_left(tmp_path, words) == {}
    kept = [path.read_bytes() for path in mail.rglob("*") if path.is_file()]
    assert len(kept) == 1 and b"About nobody" in kept[0]


async def keep_mail(folder: Path, case: Case) -> None:
    """What went to the two, and what a coordinator was told."""
    out = MaildirOut(folder, SENDER, case.clock)
    async with case.begin(read_only=True) as uow:
        rows = await uow.outbox.of_pair(PAIR.id)
    names = [message_id(row.key, "hafen.example") for row in rows]
    await out.send(
        Message(Address(WILHELMINA.email, WILHELMINA.name), "Hello", "Quasten"),
        names[0],
    )
    ours = Message(Address(BOB.email, BOB.name), "Hello", "Wilhelmina and you")
    await out.send(ours, names[1])
    coordinator = Address("amal@hafen.example")
    words = f"Of {WILHELMINA.name} there is news."
    await out.send(Message(coordinator, "News", words), "news@hafen.example")
    await out.send(Message(coordinator, "About nobody", "Well"), "x@hafen.example")
