"""Reminders of promises over any history of the two, on any clock.

A small worker tends the pair when it is woken, as the real one does: what it decides is
checked against what product.md says a reminder may be.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from scheduler.consistency import Record
from scheduler.duties import DutyKind, Standing, duties, next_due
from scheduler.errors import Refused
from scheduler.evidence import EvidenceKind
from scheduler.ids import PersonId, ProgrammeId, PromiseId
from scheduler.pauses import said
from scheduler.people import Person
from scheduler.promises import Promise, next_change, remind
from scheduler.promising import Said, keep, move, promised, release, undo
from scheduler.timespan import Span
from tests.cases import tried
from tests.scheduler.pairs import MENTEE, MENTOR, PAIR, row

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
]
who = st.sampled_from([MENTOR, MENTEE])
which = st.integers(0, 5)


def a_person(name: PersonId, zone: str, quiet: frozenset[int]) -> Person:
    mail = f"{name}@example.org"
    return Person(name, ProgrammeId("g"), name, mail, zone, quiet_days=quiet)


class Promising(RuleBasedStateMachine):
    """Two people who promise, keep, move, let go, undo, pause and move house."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.people = {
            MENTOR: a_person(MENTOR, "Europe/Berlin", frozenset({6})),
            MENTEE: a_person(MENTEE, "America/New_York", frozenset()),
        }
        self.promises: dict[PromiseId, Promise] = {}
        self.rows: list = []
        self.pauses: list[Span] = []
        #: (when, to whom, of which promises until which day)
        self.mails: list[tuple[datetime, PersonId, list[tuple[PromiseId, object]]]] = []
        #: The dates of promises that the worker saw to be over.
        self.found: set[tuple[PromiseId, object]] = set()
        self.last: dict[PersonId, datetime] = {}
        #: When somebody did something, moved house, or Troth came back.
        self.changed_at = NOW

    # -- what the worker does --------------------------------------------------------

    def zones(self) -> dict[PersonId, str]:
        return {name: person.zone for name, person in self.people.items()}

    def due(self):
        record = Record(PAIR, (), tuple(self.rows), zones=self.zones())
        standing = Standing(
            (self.people[MENTOR], self.people[MENTEE]),
            record,
            promises=tuple(self.promises.values()),
            reminded_at=self.last,
        )
        found = [d for d in duties(standing, self.now) if d.kind is DutyKind.PROMISE]
        wakes = (
            next_due(found, self.now),
            next_change(standing.promises, self.now, self.zones()),
        )
        return found, min((at for at in wakes if at), default=None)

    def tend(self) -> datetime | None:
        for promise in self.promises.values():
            zone, one = self.people[promise.by].zone, (promise.id, promise.due)
            if promise.is_overdue(self.now, zone) and one not in self.found:
                self.found.add(one)
                since = max(promise.over_at(zone), self.changed_at)
                assert self.now - since <= HOUR
        for _ in range(2):  # a worker may run twice
            found, wake = self.due()
            for duty in found:
                if duty.due_at <= self.now:
                    self.send(duty)
        return wake

    def send(self, duty) -> None:
        told = [self.promises[name] for name in duty.promises]
        self.check(duty.to, told)
        self.mails.append((self.now, duty.to, [(p.id, p.due) for p in told]))
        for promise in told:
            self.promises[promise.id] = remind(promise, self.now)
        self.last[duty.to] = self.now

    def check(self, to: PersonId, told: list[Promise]) -> None:
        owner = self.people[to]
        local = self.now.astimezone(ZoneInfo(owner.zone))
        assert told
        assert 7 <= local.hour < 21 and local.weekday() not in owner.quiet_days
        assert not any(p.start <= self.now < p.end for p in self.pauses)
        reminded = {one for _, _, names in self.mails for one in names}
        for promise in told:
            assert promise.by == to
            assert promise.state.value == "open" and promise.due < local.date()
            assert (promise.id, promise.due) not in reminded
        before = [at for at, name, _ in self.mails if name == to]
        assert all(self.now - at >= 72 * HOUR for at in before)

    # -- what people do --------------------------------------------------------------

    @rule(owner=who, days=st.integers(0, 4), text=st.sampled_from("abcdef"))
    def promise(self, owner: PersonId, days: int, text: str) -> None:
        person = self.people[owner]
        day = self.now.astimezone(ZoneInfo(person.zone)).date() + days * DAY
        self.act(
            lambda: promised(
                self.promises.values(),
                Said(text, day),
                pair=PAIR,
                owner=person,
                now=self.now,
            )
        )

    @precondition(lambda self: self.promises)
    @rule(n=which, person=who)
    def keep(self, n: int, person: PersonId) -> None:
        self.act(lambda: keep(self.nth(n), self.people[person], self.now))

    @precondition(lambda self: self.promises)
    @rule(n=which, days=st.integers(-1, 5))
    def new_date(self, n: int, days: int) -> None:
        one = self.nth(n)
        owner = self.people[one.by]
        day = self.now.astimezone(ZoneInfo(owner.zone)).date() + days * DAY
        self.act(lambda: move(one, owner, day, self.now))

    @precondition(lambda self: self.promises)
    @rule(n=which, person=who)
    def let_go(self, n: int, person: PersonId) -> None:
        self.act(lambda: release(self.nth(n), self.people[person], self.now))

    @precondition(lambda self: self.promises)
    @rule(n=which, person=who)
    def take_back(self, n: int, person: PersonId) -> None:
        self.act(lambda: undo(self.nth(n), self.people[person], self.now))

    @rule(person=who, zone=st.sampled_from(ZONES))
    def move_house(self, person: PersonId, zone: str) -> None:
        self.people[person] = replace(self.people[person], zone=zone)
        self.changed_at = self.now
        self.tend()

    @precondition(lambda self: not any(self.now < p.end for p in self.pauses))
    @rule(ahead=st.integers(0, 60), hours=st.integers(1, 200))
    def pause(self, ahead: int, hours: int) -> None:
        start = self.now + ahead * HOUR
        pause = Span(start, start + hours * HOUR)
        told = row(EvidenceKind.PAUSED, "", self.now)
        self.rows.append(replace(told, detail=said(pause)))
        self.pauses.append(pause)
        self.tend()

    @rule(hours=st.integers(1, 100), seconds=st.integers(0, 3599))
    def wait(self, hours: int, seconds: int) -> None:
        """Time passes, and the worker is woken whenever it had asked to be."""
        until = self.now + hours * HOUR + seconds * SECOND
        while (wake := self.tend()) and wake <= until:
            assert wake > self.now
            self.now = wake
        self.now = until
        self.tend()

    @rule(hours=st.integers(1, 300))
    def an_outage_of_ours(self, hours: int) -> None:
        """Nobody tends the pair for a while; then everything is looked at at once."""
        self.now += hours * HOUR
        self.changed_at = self.now
        self.tend()

    def act(self, decided) -> None:
        try:
            one = decided()
        except Refused:
            return
        self.promises[one.id] = one
        self.changed_at = self.now
        self.tend()

    def nth(self, n: int) -> Promise:
        return list(self.promises.values())[n % len(self.promises)]

    # -- what always holds -----------------------------------------------------------

    @invariant()
    def what_is_overdue_was_found(self) -> None:
        for promise in self.promises.values():
            zone = self.people[promise.by].zone
            if promise.is_overdue(self.now, zone):
                assert (promise.id, promise.due) in self.found

    @invariant()
    def nobody_is_written_to_twice_for_one_date(self) -> None:
        told = [one for _, _, names in self.mails for one in names]
        assert len(told) == len(set(told))

    def teardown(self) -> None:
        """In the end everybody is reminded of everything that is still open."""
        self.wait(24 * 40, 0)
        for promise in self.promises.values():
            zone = self.people[promise.by].zone
            if promise.is_overdue(self.now - 12 * DAY, zone):
                assert promise.was_reminded()


Promising.TestCase.settings = settings(
    max_examples=tried(60),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestPromising = Promising.TestCase
