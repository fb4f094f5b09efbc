"""Documents, as each port has them: in memory, and at Google."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

import pytest

from integrations.google.documents import GoogleDocuments
from integrations.google.fake.service import FakeGoogle
from integrations.memory.documents import MemoryDrive
from integrations.memory.system import SetClock
from scheduler.documents import Line, Page, ours, run_of
from scheduler.errors import Conflict, Gone, Rejected, Unavailable
from scheduler.ports.documents import Documents
from tests.integrations.google.writing import types
from tests.usecases.drives import asks

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OWNER, PARTNER, STRANGER = "mo@gmail.test", "mia@gmail.test", "olga@elsewhere.test"
LINES = (Line("Agenda", is_heading=True), Line("- 😀 & <b>"), Line("- last"))
NEW = (
    Line("Agenda", is_heading=True),
    Line("- one line more"),
    Line("- \N{OWL}"),
    Line("-"),
)


class Stage(Protocol):
    """Somebody's documents, and what people do with them."""

    documents: Documents

    def type(self, file: str, lines: tuple[str, ...]) -> None: ...
    def throw_away(self, file: str) -> None: ...
    def lines(self, file: str) -> tuple[str, ...]: ...
    def readers(self, file: str) -> set[str]: ...
    def stop(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.documents = self.drive = MemoryDrive(strangers=frozenset({STRANGER}))
        self.type, self.throw_away = self.drive.type, self.drive.throw_away

    def lines(self, file: str) -> tuple[str, ...]:
        return self.drive.files[file].lines

    def readers(self, file: str) -> set[str]:
        return set(self.drive.files[file].shared)

    def stop(self) -> None:
        self.drive.trouble = Unavailable("no answer")


class AtGoogle:
    def __init__(self) -> None:
        self.google = FakeGoogle(SetClock(NOW).now)
        self.trouble: Exception | None = None
        for email in (OWNER, PARTNER):
            self.google.add_account(email)
        ask = asks(self.google, OWNER, lambda: self.trouble)
        self.documents = GoogleDocuments(ask)

    def type(self, file: str, lines: tuple[str, ...]) -> None:
        types(self.google, OWNER, file, "\n".join(lines))

    def throw_away(self, file: str) -> None:
        self.google.act(OWNER, "files.update", {"fileId": file}, {"trashed": True})

    def lines(self, file: str) -> tuple[str, ...]:
        return tuple(self.google.world.files[file].text.split("\n")[:-1])

    def readers(self, file: str) -> set[str]:
        return {g.email for g in self.google.world.files[file].grants.values()}

    def stop(self) -> None:
        self.trouble = Unavailable("no answer")


@pytest.fixture(params=[InMemory, AtGoogle])
def stage(request: pytest.FixtureRequest) -> Stage:
    made: Stage = request.param()
    return made


def texts(page: Page) -> tuple[str | None, ...]:
    return tuple(one.text for one in page.paragraphs if one.text is not None)


def plain(lines: tuple[Line, ...]) -> tuple[str, ...]:
    return tuple(line.text for line in lines)


async def test_a_document_holds_the_lines_that_it_was_made_of(stage: Stage):
    made = await stage.documents.make("tag", "Agenda", LINES)
    assert made.file and made.link.startswith("https://")
    assert texts(await stage.documents.read(made.file)) == plain(LINES)
    assert stage.lines(made.file) == plain(LINES)
    assert stage.readers(made.file) == set()


async def test_it_is_found_by_its_tag_alone(stage: Stage):
    assert await stage.documents.find("tag") is None
    made = await stage.documents.make("tag", "Agenda", LINES)
    other = await stage.documents.make("other", "Agenda", LINES)
    assert await stage.documents.find("tag") == made
    assert await stage.documents.find("other") == other != made


async def test_whoever_it_is_shared_with_may_write_and_twice_is_once(stage: Stage):
    made = await stage.documents.make("tag", "Agenda", LINES)
    for _ in range(2):
        await stage.documents.share(made.file, PARTNER)
    assert stage.readers(made.file) == {PARTNER}


async def test_it_is_shared_with_nobody_who_is_not_known_there(stage: Stage):
    made = await stage.documents.make("tag", "Agenda", LINES)
    with pytest.raises(Rejected):
        await stage.documents.share(made.file, STRANGER)
    assert stage.readers(made.file) == set()


@pytest.mark.parametrize("above", [(), ("my note",), ("\N{OWL} 😀", "")])
@pytest.mark.parametrize("below", [(), ("and mine",)])
async def test_lines_are_put_in_the_place_of_others_and_the_rest_stays(
    stage: Stage, above: tuple[str, ...], below: tuple[str, ...]
):
    made = await stage.documents.make("tag", "Agenda", LINES)
    stage.type(made.file, (*above, *plain(LINES), *below))
    for before, after in ((LINES, NEW), (NEW, LINES)):
        page = await stage.documents.read(made.file)
        place = ours(page, [run_of(before)])
        assert place
        await stage.documents.rewrite(made.file, place, after, page.version)
        assert stage.lines(made.file) == (*above, *plain(after), *below)


async def test_nothing_is_written_over_what_was_typed_since_the_read(stage: Stage):
    made = await stage.documents.make("tag", "Agenda", LINES)
    page = await stage.documents.read(made.file)
    place = ours(page, [run_of(LINES)])
    assert place
    stage.type(made.file, (*plain(LINES), "typed"))
    with pytest.raises(Conflict):
        await stage.documents.rewrite(made.file, place, NEW, page.version)
    assert stage.lines(made.file) == (*plain(LINES), "typed")
    page = await stage.documents.read(made.file)
    await stage.documents.rewrite(made.file, place, NEW, page.version)
    with pytest.raises(Conflict):  # a repeat of it is one to another version
        await stage.documents.rewrite(made.file, place, NEW, page.version)
    assert stage.lines(made.file) == (*plain(NEW), "typed")


async def test_what_is_in_the_bin_is_gone_and_not_found_anew(stage: Stage):
    made = await stage.documents.make("tag", "Agenda", LINES)
    stage.throw_away(made.file)
    with pytest.raises(Gone):
        await stage.documents.read(made.file)
    with pytest.raises(Gone):
        await stage.documents.find("tag")
    for call in (
        stage.documents.read("nothing"),
        stage.documents.share("nothing", PARTNER),
        stage.documents.rewrite("nothing", (1, 2), NEW, "1"),
    ):
        with pytest.raises(Gone):
            await call


async def test_an_outage_is_told_as_one(stage: Stage):
    made = await stage.documents.make("tag", "Agenda", LINES)
    page = await stage.documents.read(made.file)
    stage.stop()
    for call in (
        stage.documents.make("tag", "Agenda", LINES),
        stage.documents.find("tag"),
        stage.documents.share(made.file, PARTNER),
        stage.documents.read(made.file),
        stage.documents.rewrite(made.file, (1, 2), NEW, page.version),
    ):
        with pytest.raises(Unavailable):
            await call
