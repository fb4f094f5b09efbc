"""FakeGoogle without a socket: a request in, an answer out, and everything it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from integrations.google.fake import oauth, push
from integrations.google.fake.apis import OPERATIONS, PREFIX, Meant, meant, read_body
from integrations.google.fake.faults import (
    PUSH,
    TOKEN,
    Copies,
    Drop,
    Fault,
    Hang,
    Refuse,
    Rule,
    Script,
)
from integrations.google.fake.fields import project, read_fields
from integrations.google.fake.finding import calendar_of
from integrations.google.fake.oauth import Access, Client, Consent, Desk
from integrations.google.fake.problems import (
    INSUFFICIENT,
    UNAUTHORIZED,
    Answered,
    Json,
    Problem,
)
from integrations.google.fake.push import Channel, Push
from integrations.google.fake.world import (
    DRIVE,
    SCOPE,
    Account,
    Behaviour,
    Call,
    World,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One HTTP request; the path is still quoted, header names are lower case."""

    http: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back; with `cut` nothing does, after so many seconds."""

    status: int
    body: Json | None = None
    headers: tuple[tuple[str, str], ...] = ()
    cut: float | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request that was made: names, never what stood in the body."""

    method: str
    http: str
    path: str
    query: tuple[tuple[str, str], ...]
    keys: frozenset[str]
    user: str
    status: int


class FakeGoogle:
    """Google's Calendar, Drive, Docs and consent, as strict as their documentation.

    `clock` gives the instant of each request. What is asked is in `requests`, what is
    mailed in `world.mails`, what is pushed in `pushes` until `take_pushes`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        behaviour: Behaviour | None = None,
        clients: Iterable[Client] = (),
    ) -> None:
        self.clock = clock
        self.behaviour = behaviour or Behaviour()
        self.world = World()
        self.desk = Desk({client.id: client for client in clients})
        self.channels: Mapping[str, Channel] = {}
        self.script = Script()
        self.requests: list[Recorded] = []
        self.pushes: list[Push] = []

    # What a test sets up

    def add_account(
        self, email: str, *, name: str = "", zone: str = "UTC", hides: bool = False
    ) -> None:
        """A user with a primary calendar."""
        self.world = self.world.with_account(Account(email, name, zone, hides))

    def token(self, email: str, *scopes: str, client: str = "troth") -> str:
        """An access token with these scopes (their last part), good for an hour."""
        whole = frozenset(f"{SCOPE}{one}" for one in scopes)
        until = self.clock() + timedelta(hours=1)
        self.desk, token = self.desk.give(Access(email, client, whole, until))
        return token

    def play(self, *rules: Rule) -> None:
        """Begin this script of faults."""
        self.script = Script.of(rules)

    def consent(self, *consents: Consent) -> None:
        """What is done on the next consent pages, one after the other."""
        self.desk = replace(self.desk, consents=self.desk.consents + consents)

    def become(self, world: World) -> None:
        """Another world, reached by an act of people; its changes are pushed."""
        before, self.world = self.world, world
        self._tell(before)

    def take_pushes(self) -> list[Push]:
        """The messages that wait to be delivered, and no longer wait."""
        taken, self.pushes = self.pushes, []
        return taken

    # What the socket asks

    def handle(self, asked: Asked) -> Reply:
        """Answer one request, by its path."""
        match asked.path:
            case "/o/oauth2/v2/auth":
                return self._endpoint(self._authorize, asked)
            case "/token":
                return self._endpoint(self._exchange, asked)
            case "/revoke":
                return self._endpoint(self._revoke, asked)
            case _:
                return self._calendar(asked)

    def _endpoint(self, do: Callable[[Asked], Reply], asked: Asked) -> Reply:
        name = TOKEN if asked.path == "/token" else asked.path
        fault = self._meet(name, "", dict(_form(asked)))
        try:
            done = _unless(fault, lambda: do(asked))
        except oauth.Wrong as wrong:
            done = Reply(wrong.status, wrong.body)
        keys = frozenset(key for key, _ in _form(asked))
        self._record(name, asked, keys, "", done)
        return done

    def _authorize(self, asked: Asked) -> Reply:
        query = dict(asked.query)
        self.desk, address = oauth.authorize(self.desk, query, self.clock())
        return Reply(302, None, (("Location", address),))

    def _exchange(self, asked: Asked) -> Reply:
        if asked.http != "POST":
            return Reply(405, {"error": "invalid_request"})
        form = dict(_form(asked))
        self.desk, answer = oauth.exchange(self.desk, form, self.clock())
        return Reply(200, answer)

    def _revoke(self, asked: Asked) -> Reply:
        token = dict(_form(asked)).get("token") or dict(asked.query).get("token", "")
        self.desk = oauth.revoke(self.desk, token)
        return Reply(200, {})

    def _calendar(self, asked: Asked) -> Reply:
        name, user = "", ""
        body, media = None, None
        try:
            body, media = read_body(
                asked.path, dict(asked.query), asked.headers, asked.body
            )
            what = meant(asked.http, asked.path)
            name = what.method.name
            held = self._holder(asked)
            user = held.email
            fault = self._meet(name, user, {**dict(asked.query), **what.at})
            done = _unless(
                fault, lambda: self._answer(asked, what, held, (body, media))
            )
        except Answered as answered:
            done = refused(answered.problem)
        self._record(name, asked, frozenset(_dotted(body)), user, done)
        return done

    def _holder(self, asked: Asked) -> Access:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        held = self.desk.holder(token, self.clock()) if kind == "Bearer" else None
        if held is None:
            raise Answered(UNAUTHORIZED)
        return held

    def _answer(
        self, asked: Asked, what: Meant, held: Access, given: tuple[Any, str | None]
    ) -> Reply:
        (body, media), method, discovery = given, what.method, what.discovery
        scopes = held.scopes & method.scopes
        if not scopes:
            raise Answered(INSUFFICIENT)
        query = discovery.query(method, asked.query)
        if asked.body and body is None:
            raise Answered(Problem(400, "parseError", "Parse Error"))
        discovery.check_body(method, body)
        mask = None
        if "fields" in query and method.gives is not None:
            mask = read_fields(query["fields"], discovery, method.gives)
        call = Call(
            method=method.name,
            user=held.email,
            client=held.client,
            scopes=scopes,
            at=what.at,
            query=query,
            body=body or {},
            now=self.clock(),
            if_match=asked.headers.get("if-match"),
            media=media,
        )
        answer = self.perform(call)
        if answer is None:
            return Reply(204)
        known = asked.headers.get("if-none-match")
        if asked.http == "GET" and known and known == answer.get("etag"):
            return Reply(304)
        wrong = list(discovery.problems(method.gives or "", answer))
        if wrong:
            raise RuntimeError(f"FakeGoogle answers what Google cannot: {wrong[0]}")
        return Reply(200, project(mask, answer))

    def perform(self, call: Call) -> Json | None:
        """Do one call, whoever asks, and set off its pushes."""
        if call.method in {"events.watch", "channels.stop"}:
            return self._channel(call)
        if call.method not in OPERATIONS:
            message = f"FakeGoogle has no {call.method}"
            raise Answered(Problem(501, "notImplemented", message))
        operation, before = OPERATIONS[call.method], self.world
        self.world, answer = operation(before, call, self.behaviour)
        self._tell(before)
        return answer

    def act(
        self, email: str, method: str, at: Json, body: Json | None = None, **query: Any
    ) -> Json | None:
        """What a person does on Google's own page, with all rights of theirs."""
        now, scopes = self.clock(), frozenset({f"{SCOPE}calendar", DRIVE})
        call = Call(method, email, "google", scopes, at, query, body or {}, now)
        return self.perform(call)

    def _channel(self, call: Call) -> Json | None:
        if call.method == "channels.stop":
            self.channels, answer, sent = push.stop(self.channels, call)
        else:
            calendar = calendar_of(self.world, call)
            uri = f"https://www.googleapis.com{PREFIX}calendars/{calendar.id}/events"
            self.channels, answer, sent = push.watch(
                self.channels, call, calendar.id, f"{uri}?alt=json", self.behaviour
            )
        self._send(sent)
        return answer

    def _tell(self, before: World) -> None:
        after = self.world.calendars
        same = before.calendars
        changed = [name for name, one in after.items() if same.get(name) is not one]
        now, lingering = self.clock(), self.behaviour.lingering
        self.channels, sent = push.tell(self.channels, changed, now, lingering)
        self._send(sent)

    def _send(self, sent: Iterable[Push]) -> None:
        for one in sent:
            fault = self._meet(PUSH, "", {"id": one.headers["X-Goog-Channel-ID"]})
            self.pushes += [one] * (fault.number if isinstance(fault, Copies) else 1)

    def _meet(self, name: str, user: str, given: Mapping[str, str]) -> Fault | None:
        self.script, fault = self.script.meet(name, user, given)
        return fault

    def _record(
        self, name: str, asked: Asked, keys: frozenset[str], user: str, done: Reply
    ) -> None:
        told = Recorded(
            name, asked.http, asked.path, asked.query, keys, user, done.status
        )
        self.requests.append(told)


def refused(problem: Problem) -> Reply:
    """A problem as it goes over the wire."""
    return Reply(problem.status, problem.body(), problem.headers)


def _unless(fault: Fault | None, do: Callable[[], Reply]) -> Reply:
    """What a fault makes of a call: not done, or done and not told."""
    match fault:
        case Refuse(problem, applied):
            if applied:
                do()
            return refused(problem)
        case Drop(applied=False) | Hang(applied=False):
            pass
        case Drop() | Hang():
            do()
        case _:
            return do()
    return Reply(0, cut=fault.seconds if isinstance(fault, Hang) else 0.0)


def _form(asked: Asked) -> list[tuple[str, str]]:
    return parse_qsl(asked.body.decode(errors="replace"), keep_blank_values=True)


def _dotted(value: Any, above: str = "") -> Iterator[str]:
    """Every key that stands in a body, with those above it."""
    if isinstance(value, list):
        for one in value:
            yield from _dotted(one, above)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{above}{key}"
            yield from _dotted(inner, f"{above}{key}.")
