"""Made-up histories of one agreement, and what the two of them said, kept beside it.

`Said` is written from product.md alone: it never looks at what Troth made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from random import Random

from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.busy import Side
from scheduler.cadence import WEEKLY
from scheduler.closing import ended_versions
from scheduler.errors import Refused
from scheduler.ids import AgreementId, PairId, PersonId, ProgrammeId
from scheduler.people import Pair, Person
from scheduler.planning import PairView
from scheduler.versions import (
    Versions,
    accepted,
    edited,
    latest,
    proposed,
    withdrawn,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDA, LEYLA = PersonId("ida"), PersonId("leyla")
BOTH = (IDA, LEYLA)
PAIR = Pair(PairId("p"), ProgrammeId("g"), IDA, LEYLA)
TERMS = Terms(WEEKLY, 45, date(2026, 3, 9), date(2026, 9, 6))
#: Few lengths, so that texts come back word for word.
MINUTES = (30, 45, 60)
ACTS = ("accept", "accept", "propose", "withdraw", "edit", "accept old", "withdraw old")


def side(name: PersonId) -> Side:
    person = Person(name, PAIR.programme, name, f"{name}@x.example", "UTC")
    return Side(person)


def tried(act: Callable[[], Versions]) -> Versions | str:
    """What it changes, or the code with which it is refused."""
    try:
        return act()
    except Refused as refused:
        return refused.code


@dataclass
class Said:
    """Who said yes to which version, in so many words."""

    yes: dict[str, set[PersonId]] = field(default_factory=dict)
    #: The text that both said yes to last.
    rules: Terms | None = None
    taken_back: set[str] = field(default_factory=set)

    def hear(self, version: str, person: PersonId, terms: Terms) -> None:
        self.yes.setdefault(version, set()).add(person)
        if self.yes[version] == set(BOTH):
            self.rules = terms


@dataclass
class History:
    """One pair's versions, and the acts that made them."""

    said: Said = field(default_factory=Said)
    versions: Versions = (
        Agreement(AgreementId("0"), PAIR.id, 1, TERMS, AgreementState.DRAFT),
    )
    #: Every text there ever was, by its digest.
    texts: dict[str, Terms] = field(default_factory=dict)
    drawn: int = 0

    @property
    def text(self) -> Agreement:
        found = latest(self.versions)
        assert found
        return found

    def keep(self, changes: Versions) -> None:
        by_id = {v.id: v for v in (*self.versions, *changes)}
        self.versions = tuple(sorted(by_id.values(), key=lambda v: v.version))
        for version in changes:
            self.texts.setdefault(version.digest, version.terms)

    def accept(self, person: PersonId, digest: str) -> None:
        text = self.text
        changes = tried(
            lambda: accepted(self.versions, person, both=BOTH, digest=digest, now=NOW)
        )
        if isinstance(changes, str):
            assert (changes, digest != text.digest) == ("E_AGREEMENT_CHANGED", True)
            return
        assert digest == text.digest
        self.said.hear(text.id, person, text.terms)
        self.keep(changes)

    def propose(self, person: PersonId, minutes: int, digest: str) -> None:
        text, terms = self.text, replace(TERMS, minutes=minutes)
        new = self.draw()
        changes = tried(
            lambda: proposed(self.versions, person, terms, digest=digest, new=new)
        )
        if isinstance(changes, str):
            assert (changes, digest != text.digest) == ("E_AGREEMENT_CHANGED", True)
        elif changes:
            assert digest == text.digest
            self.said.hear(new, person, terms)
            self.keep(changes)
        else:
            assert text.terms == terms

    def withdraw(self, person: PersonId, digest: str) -> None:
        text, new = self.text, self.draw()
        changes = tried(
            lambda: withdrawn(self.versions, person, digest=digest, new=new)
        )
        if changes == "E_NOT_YOURS":
            assert text.author != person
        elif isinstance(changes, str):
            assert changes == "E_AGREEMENT_CHANGED"
            assert digest != text.digest or text.state is not AgreementState.PROPOSED
        elif changes:
            assert text.author == person
            self.said.taken_back.add(text.id)
            self.keep(changes)

    def edit(self, minutes: int, digest: str) -> None:
        text, terms = self.text, replace(TERMS, minutes=minutes)
        draft = tried(lambda: (edited(self.versions, terms, digest=digest),))
        if isinstance(draft, str):
            assert draft == "E_AGREEMENT_CHANGED"
            assert digest != text.digest or self.said.yes.get(text.id)
            return
        assert not self.said.yes.get(text.id)
        self.keep(draft)

    def draw(self) -> AgreementId:
        self.drawn += 1
        return AgreementId(str(self.drawn))

    def act(self, chance: Random) -> None:
        """One thing that somebody might do, on the newest text or on an old page."""
        person, minutes = chance.choice(BOTH), chance.choice(MINUTES)
        known = self.text.digest
        old = chance.choice([known, *self.texts])
        match chance.choice(ACTS):
            case "accept":
                self.accept(person, known)
            case "propose":
                self.propose(person, minutes, chance.choice([known, known, old]))
            case "withdraw":
                self.withdraw(person, known)
            case "edit":
                self.edit(minutes, known)
            case "accept old":
                self.accept(person, old)
            case _:
                self.withdraw(person, old)
        self.check()

    def check(self) -> None:
        """What always holds."""
        states = [v.state for v in self.versions]
        on_the_table = {AgreementState.DRAFT, AgreementState.PROPOSED}
        assert sum(state in on_the_table for state in states) <= 1
        assert states.count(AgreementState.IN_FORCE) <= 1
        assert len({v.version for v in self.versions}) == len(self.versions)
        view = PairView(PAIR, side(IDA), side(LEYLA), self.versions)
        ruling = view.in_force
        assert (ruling.terms if ruling else None) == self.said.rules
        assert view.is_planned == (self.said.rules is None)
        for version in self.versions:
            assert version.accepted_by == self.said.yes.get(version.id, set())
            if version.in_force_at:
                assert version.accepted_by == set(BOTH)
        withdrawn_ids = {
            v.id for v in self.versions if v.state is AgreementState.WITHDRAWN
        }
        assert withdrawn_ids == self.said.taken_back
        assert self.text.state not in {
            AgreementState.WITHDRAWN,
            AgreementState.ANSWERED,
            AgreementState.REPLACED,
        }

    def close(self) -> None:
        """The pair closes: nothing is on the table, nothing rules."""
        self.keep(ended_versions(self.versions))
        ends = {v.state for v in self.versions}
        assert ends.isdisjoint(
            {
                AgreementState.DRAFT,
                AgreementState.PROPOSED,
                AgreementState.IN_FORCE,
            }
        )


def histories(count: int, acts: int) -> Iterator[History]:
    """This many histories, the same ones every time."""
    for seed in range(count):
        chance = Random(seed)  # noqa: S311 - the same history for the same number
        history = History()
        history.keep(history.versions)
        for _ in range(chance.randint(1, acts)):
            history.act(chance)
        yield history
