"""Whatever two people do, following the tokens ends where a full list does."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from integrations.google.fake.acts import end_before, split
from integrations.google.fake.guests import is_organizer
from integrations.google.fake.service import Asked
from integrations.google.fake.views import series_of
from integrations.google.fake.world import Behaviour, FreeBusy
from integrations.memory.system import SetClock
from tests.integrations.google.conftest import MENTEE, MENTOR, NOW, Json, fresh
from tests.integrations.google.shapes import guests, timed, weekly

PEOPLE = st.sampled_from([MENTOR, MENTEE])
DAYS = st.integers(3, 27)
WEEKS = st.integers(0, 4)
EXPANDED = {"singleEvents": "true"}


def instances(kept: Iterable[str], name: str) -> list[str]:
    """The ids of one event's instances; what was split from it is an event of its own.

    The rest of a split series is called `<old>_R<stamp>`.
    """
    return [
        one
        for one in kept
        if one.rpartition("_")[0] == name and one.rpartition("_")[2][:1].isdigit()
    ]


class Mirror:
    """A reader that keeps what Google's guide says: masters, exceptions, tokens."""

    def __init__(self, ask: Any, who: str, query: dict[str, str]) -> None:
        self._ask, self._who, self._query = ask, who, query
        self.token = ""
        self.kept: dict[str, Json] = {}

    def follow(self, between: Callable[[], None] = lambda: None) -> None:
        """Read on; `between` happens when the first item has come."""
        since = {"syncToken": self.token} if self.token else {}
        for number, item in enumerate(self.pages(**since)):
            if number == 0:
                between()
            self._take(item)

    def pages(self, **since: str) -> Iterator[Json]:
        query, page = {**self._query, **since}, {}
        while True:
            answer = self._ask(self._who, {**query, **page})
            yield from answer["items"]
            if "nextPageToken" not in answer:
                self.token = answer["nextSyncToken"]
                return
            page = {"pageToken": answer["nextPageToken"]}

    def _take(self, item: Json) -> None:
        name = item["id"]
        if item["status"] != "cancelled" or (
            "singleEvents" not in self._query and self._is_exception(item)
        ):
            self.kept[name] = item
        else:
            self.kept.pop(name, None)
            for other in instances(self.kept, name):
                del self.kept[other]

    def _is_exception(self, item: Json) -> bool:
        """By its master, or where the item is bare by the master that it names."""
        name = item["id"]
        master = self.kept.get(name.rpartition("_")[0], {})
        return "recurringEventId" in item or (
            "recurrence" in master and bool(instances([name], master["id"]))
        )


class People(RuleBasedStateMachine):
    """Two people edit; mirrors of both calendars follow now and then."""

    @initialize(sparse=st.booleans(), declines=st.booleans(), page=st.integers(1, 3))
    def begin(self, sparse: bool, declines: bool, page: int) -> None:
        self.clock = SetClock(NOW)
        self.google = fresh(self.clock)
        self.google.behaviour = Behaviour(
            sparse=sparse,
            deleting_declines=declines,
            page_limit=page,
            empty_first_page=page == 1,
            freebusy=FreeBusy.ANONYMOUS,
        )
        self.names: list[str] = []
        self.mirrors = [
            Mirror(self._ask, who, query)
            for who in (MENTOR, MENTEE)
            for query in ({}, EXPANDED, {"showHiddenInvitations": "true"})
        ] + [Mirror(self._busy, MENTOR, EXPANDED)]

    def _busy(self, who: str, query: dict[str, str]) -> Json:
        return self._ask(who, query, "calendar.events.freebusy")

    def _ask(self, who: str, query: dict[str, str], *scopes: str) -> Json:
        token = self.google.token(who, *(scopes or ("calendar.readonly",)))
        headers = {"authorization": f"Bearer {token}"}
        path = "/calendar/v3/calendars/primary/events"
        asked = Asked("GET", path, tuple(query.items()), headers)
        reply = self.google.handle(asked)
        assert reply.status == 200, reply
        return reply.body or {}

    def act(self, who: str, method: str, name: str = "", body: Any = None) -> None:
        """Do it by HTTP; what is refused changes nothing."""
        token = self.google.token(who, "calendar")
        at = f"/{quote(name)}" if name else ""
        http = {"insert": "POST", "patch": "PATCH", "delete": "DELETE"}[method]
        reply = self.google.handle(
            Asked(
                http,
                f"/calendar/v3/calendars/primary/events{at}",
                (("sendUpdates", "none"),),
                {"authorization": f"Bearer {token}"},
                json.dumps(body).encode() if body else b"",
            )
        )
        assert reply.status < 500
        self.clock.advance(timedelta(minutes=1))

    @rule(who=PEOPLE, day=DAYS, invites=st.booleans(), repeats=st.booleans())
    def insert(self, who: str, day: int, invites: bool, repeats: bool) -> None:
        name = f"event{len(self.names)}"
        other = MENTEE if who == MENTOR else MENTOR
        body = {"id": name, **(weekly(5) if repeats else {}), **timed(day)}
        body |= {"attendees": guests(other)} if invites else {}
        self.act(who, "insert", body=body)
        self.names.append(name)

    @precondition(lambda self: self.names)
    @rule(who=PEOPLE, data=st.data(), day=DAYS)
    def move(self, who: str, data: st.DataObject, day: int) -> None:
        self.act(who, "patch", self.some(data), timed(day, 14))

    @precondition(lambda self: self.names)
    @rule(who=PEOPLE, data=st.data())
    def delete(self, who: str, data: st.DataObject) -> None:
        self.act(who, "delete", self.some(data))

    @precondition(lambda self: self.names)
    @rule(who=PEOPLE, data=st.data(), said=st.sampled_from(["accepted", "declined"]))
    def answer(self, who: str, data: st.DataObject, said: str) -> None:
        mine = [{"email": who, "responseStatus": said}]
        body = {"attendees": mine, "attendeesOmitted": True}
        self.act(who, "patch", self.some(data), body)

    @precondition(lambda self: self.names)
    @rule(
        who=PEOPLE, data=st.data(), status=st.sampled_from(["confirmed", "tentative"])
    )
    def restore(self, who: str, data: st.DataObject, status: str) -> None:
        self.act(who, "patch", self.some(data), {"status": status})

    @precondition(lambda self: self.names)
    @rule(data=st.data(), count=st.integers(1, 6))
    def another_rule(self, data: st.DataObject, count: int) -> None:
        rule_of = {"recurrence": [f"RRULE:FREQ=WEEKLY;COUNT={count}"]}
        self.act(MENTOR, "patch", self.some(data, whole=True), rule_of)

    @precondition(lambda self: self.names)
    @rule(who=PEOPLE, data=st.data(), free=st.booleans(), invites=st.booleans())
    def edit(self, who: str, data: st.DataObject, free: bool, invites: bool) -> None:
        other = MENTEE if who == MENTOR else MENTOR
        body: Json = {"transparency": "transparent" if free else "opaque"}
        body["attendees"] = guests(other) if invites else []
        self.act(who, "patch", self.some(data), body)

    @precondition(lambda self: self.names)
    @rule(data=st.data(), week=st.integers(1, 4), edited=st.booleans())
    def this_and_following(self, data: st.DataObject, week: int, edited: bool) -> None:
        master = data.draw(st.sampled_from(self.names))
        world, now = self.google.world, self.clock.now()
        for who in (MENTOR, MENTEE):
            entry = world.calendars[who].entries.get(master)
            if entry is None or not is_organizer(world.calendars[who], entry.body):
                continue
            begins = list(series_of(entry).starts(NOW, NOW + timedelta(weeks=20)))
            if entry.is_cancelled or len(begins) <= week:
                continue
            if edited:
                change = {"summary": "later"}, now
                world, name = split(world, who, master, begins[week], change)
                self.names.append(name)
            else:
                world = end_before(world, who, master, begins[week], now)
            self.google.become(world)

    def some(self, data: st.DataObject, *, whole: bool = False) -> str:
        """A master, or an instance that somebody has, by its id."""
        name = data.draw(st.sampled_from(self.names))
        shown = sorted(
            one for mirror in self.mirrors for one in instances(mirror.kept, name)
        )
        if whole or not shown:
            return name
        return data.draw(st.sampled_from([name, *shown]))

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        for mirror in self.mirrors:
            mirror.follow()
        self.clock.advance(timedelta(hours=hours))

    @rule(which=st.integers(0, 6))
    def follow(self, which: int) -> None:
        self.mirrors[which].follow()

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 6), data=st.data(), day=DAYS, gone=st.booleans())
    def edit_between_pages(
        self, which: int, data: st.DataObject, day: int, gone: bool
    ) -> None:
        name, body = self.some(data), None if gone else timed(day, 16)
        method = "delete" if gone else "patch"
        mirror = self.mirrors[which]
        mirror.follow(lambda: self.act(MENTOR, method, name, body))

    def compare(self) -> None:
        for mirror in self.mirrors:
            mirror.follow()
            oracle = Mirror(mirror._ask, mirror._who, mirror._query)
            oracle.follow()
            assert mirror.kept == oracle.kept


class AtOnce(People):
    """Every mirror follows every change by itself."""

    @invariant()
    def each_mirror_is_the_full_list(self) -> None:
        if hasattr(self, "mirrors"):
            self.compare()


class Late(People):
    """Deltas over many changes, compared at the end."""

    def teardown(self) -> None:
        if hasattr(self, "mirrors"):
            self.compare()


TestAtOnce = pytest.mark.slow(AtOnce.TestCase)
TestAtOnce.settings = settings(max_examples=40, stateful_step_count=25)
TestLate = pytest.mark.slow(Late.TestCase)
TestLate.settings = settings(max_examples=40, stateful_step_count=20)
