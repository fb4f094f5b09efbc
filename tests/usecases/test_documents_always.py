"""Whatever happens in any order: one document for a meeting, and no typed word lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from integrations.google.fake.drive import SHARING
from integrations.google.fake.faults import Drop, Fault, Refuse, Rule
from integrations.google.fake.problems import UNAVAILABLE, too_many
from scheduler.documents import UNSEEN_FOR, AgendaDocument, DocumentState
from scheduler.people import Pair
from scheduler.usecases.tick_topic import tick_topic
from scheduler.work import WorkKind
from tests.usecases.breaking import Crash
from tests.usecases.documenting import DocumentsWorld, a_pair_with_documents

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

METHODS = (
    *("files.create", "files.create", "files.list", "files.get"),
    *("permissions.create", "documents.get", "documents.batchUpdate"),
    "events.patch",
)
FAULTS = (
    *(Drop(applied=True), Drop(applied=True), Drop(applied=False)),
    *(Refuse(UNAVAILABLE), Refuse(UNAVAILABLE, applied=True)),
    *(Refuse(too_many(5)), Refuse(SHARING)),
)
SIDES = st.booleans()
WHERE = st.sampled_from(["above", "below", "inside"])


@cache
def booked() -> tuple[DocumentsWorld, Pair]:
    """Once for all histories; each gets a copy."""
    return asyncio.run(a_pair_with_documents())


class Documents(RuleBasedStateMachine):
    """Two people, Google, and a worker that dies now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.pair = deepcopy(booked())
        self.count = 0
        #: By file, the lines that people typed there.
        self.typed: dict[str, list[str]] = {}
        #: Files that a person put into the bin, with what stood there.
        self.thrown: dict[str, str] = {}
        #: Files in which somebody typed between Troth's lines.
        self.inside: set[str] = set()
        self.lets = True

    def run(self, coroutine: Any) -> Any:
        return asyncio.run(coroutine)

    def person(self, side: bool) -> Any:
        return self.pair.mentor if side else self.pair.mentee

    @property
    def one(self) -> AgendaDocument:
        found: AgendaDocument = self.run(self.world.document(self.pair))
        return found

    def refresh(self) -> None:
        with suppress(Crash):
            self.run(self.world.do(WorkKind.REFRESH, self.pair.id))

    @rule(side=SIDES)
    def somebody_wants_to_talk(self, side: bool) -> None:
        self.count += 1
        text = f"topic number {self.count}"
        self.run(self.world.wants(self.pair, self.person(side), text))

    @rule(side=SIDES)
    def something_was_talked_about(self, side: bool) -> None:
        self.run(self._tick(side))

    async def _tick(self, side: bool) -> None:
        async with self.world.store(read_only=True) as uow:
            topics = [t for t in await uow.topics.of_pair(self.pair.id) if t.is_ahead]
        for topic in topics[:1]:
            await tick_topic(
                self.pair.id,
                self.person(side),
                topic.id,
                begin=self.world.store,
                clock=self.world.clock,
            )

    @rule()
    def it_is_refreshed(self) -> None:
        self.refresh()

    @rule(step=st.integers(1, 30))
    def the_worker_dies(self, step: int) -> None:
        fuse = self.world.fuse
        fuse.at = fuse.steps + step
        self.refresh()
        fuse.at = None

    @rule(method=st.sampled_from(METHODS), fault=st.sampled_from(FAULTS))
    def google_fails(self, method: str, fault: Fault) -> None:
        self.world.google.play(Rule(method, fault))
        self.refresh()

    @rule(fault=st.sampled_from(FAULTS), step=st.integers(0, 12))
    def making_one_fails(self, fault: Fault, step: int) -> None:
        """By an answer that is lost, or a worker that dies."""
        self.run(self._next_meeting())
        self.world.google.play(Rule("files.create", fault))
        self.world.fuse.at = self.world.fuse.steps + step
        self.refresh()
        self.world.fuse.at = None
        self.refresh()

    @rule(side=SIDES, fault=st.sampled_from(FAULTS))
    def changing_it_fails(self, side: bool, fault: Fault) -> None:
        self.somebody_wants_to_talk(side)
        self.world.google.play(Rule("documents.batchUpdate", fault))
        self.refresh()

    @rule(side=SIDES, where=WHERE)
    def somebody_types(self, side: bool, where: str) -> None:
        self._type(side, where)

    @rule(side=SIDES, where=WHERE, step=st.integers(1, 30))
    def somebody_types_meanwhile(self, side: bool, where: str, step: int) -> None:
        """Between any two steps of ours."""
        self.somebody_wants_to_talk(side)
        fuse = self.world.fuse
        fuse.when(fuse.steps + step, lambda: self._type_now(side, where))
        self.refresh()
        fuse.due = None

    def _type(self, side: bool, where: str) -> None:
        one = self.one
        if self._opens(one, side):
            self._types(one.file, side, where)

    def _type_now(self, side: bool, where: str) -> None:
        """Without a loop of its own: whichever file this person may write in."""
        email = self.world.emails[self.person(side)]
        for file in tuple(self.world.google.world.files.values()):
            if file.may_write(email) and not file.trashed:
                self._types(file.id, side, where)

    def _opens(self, one: AgendaDocument, side: bool) -> bool:
        file = self.world.google.world.files.get(one.file)
        email = self.world.emails[self.person(side)]
        return bool(file and file.may_write(email) and not file.trashed)

    def _types(self, file: str, side: bool, where: str) -> None:
        self.count += 1
        said = f"typed {self.count}"
        lines = self.world.google.world.files[file].text.split("\n")[:-1]
        at = {"above": 0, "below": len(lines), "inside": len(lines) // 2}[where]
        lines.insert(at, said)
        self.world.type(self.person(side), file, lines)
        self.typed.setdefault(file, []).append(said)
        if where == "inside":
            self.inside.add(file)

    @rule()
    @precondition(lambda self: self.count % 4 == 3)
    def its_owner_throws_it_away(self) -> None:
        one = self.one
        if one.file and one.file in self.world.google.world.files:
            self.world.throw_away(one.file)
            self.thrown[one.file] = self.world.google.world.files[one.file].text

    @rule()
    def consent_is_taken_back_or_given(self) -> None:
        self.lets = not self.lets
        self.run(self.world.lets(self.pair.mentor, make=self.lets))

    @rule(minutes=st.sampled_from([1, 4, 15, 60]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(timedelta(minutes=minutes))

    @rule()
    def the_meeting_is_over(self) -> None:
        self.run(self._next_meeting())

    async def _next_meeting(self) -> None:
        now = self.world.clock.now()
        ahead = [
            m.span
            for s in await self.world.series(self.pair)
            for m in s.live()
            if m.span and m.span.start > now
        ]
        if len(ahead) > 1:
            self.world.clock.set(min(s.end for s in ahead) + timedelta(minutes=1))

    @invariant()
    def one_meeting_has_one_document(self) -> None:
        files = self.world.google.world.files.values()
        tags = Counter(file.properties["troth"] for file in files)
        assert not [tag for tag, number in tags.items() if number > 1]

    @invariant()
    def no_typed_word_is_lost(self) -> None:
        for name, typed in self.typed.items():
            lines = self.world.google.world.files[name].text.split("\n")
            assert Counter(typed) <= Counter(lines)

    @invariant()
    def what_a_person_threw_away_stays_as_it_was(self) -> None:
        for name, text in self.thrown.items():
            file = self.world.google.world.files[name]
            assert file.trashed and file.text == text

    @invariant()
    def a_link_in_an_event_opens_what_the_store_says(self) -> None:
        kept = {one.link: one for one in self.run(self.world.documents(self.pair))}
        for _, link in self.world.attached():
            one = kept[link]
            file = self.world.google.world.files[one.file]
            assert file.link == link
            assert all(file.may_write(e) for e in self.world.emails.values())

    def teardown(self) -> None:
        """Once nothing fails any more, it stands there as the store has it."""
        self.world.google.play()
        self.run(self.world.lets(self.pair.mentor, make=True))
        for _ in range(3):
            self.world.clock.advance(UNSEEN_FOR)
            self.refresh()
        one = self.one
        ours = self.run(self.world.ours(self.pair))
        if one.file in self.thrown:
            assert one.state in (DocumentState.GONE, DocumentState.SHARED)
        else:
            assert one.state is DocumentState.SHARED
            lines = self.world.lines(one)
            at = [n for n in range(len(lines)) if lines[n : n + len(ours)] == ours]
            assert len(at) == 1 or one.file in self.inside
            assert one.link in {link for _, link in self.world.attached()}
        self.one_meeting_has_one_document()
        self.no_typed_word_is_lost()


TestDocuments = Documents.TestCase
TestDocuments.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None
)
