"""Our requests put to FakeGoogle without a socket, by the paths of its discovery."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from integrations.google.edits import Standing, needed, requests
from integrations.google.failures import Failure, read_failure
from integrations.google.fake.service import Asked, FakeGoogle
from integrations.google.follow import delta, known
from integrations.google.items import Item, read_items
from integrations.google.protocol import (
    Request,
    delta_read,
    full_read,
    own_event,
    own_instance,
    read_page,
)
from integrations.google.wire import wire
from scheduler.events import Cursor, Delta
from scheduler.ports.calendars import DateEdit
from scheduler.timespan import Span

Json = Mapping[str, Any]


class Refusal(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


class Asking:
    """One user's calendar, asked as a client would."""

    def __init__(self, google: FakeGoogle, user: str, *scopes: str) -> None:
        self.google = google
        self._token = google.token(user, *scopes)

    def __call__(self, request: Request) -> Json:
        sent = wire(request)
        path, _, query = sent.target.partition("?")
        lower = {name.lower(): value for name, value in sent.headers.items()}
        reply = self.google.handle(
            Asked(
                sent.method,
                f"/{sent.service}{path}",
                tuple(parse_qsl(query)),
                lower | {"authorization": f"Bearer {self._token}"},
                sent.body,
            )
        )
        if reply.cut is not None:
            raise Refusal(Failure(503, "no answer"))
        if reply.status >= 400:
            told = json.dumps(reply.body).encode()
            lower = {name.lower(): value for name, value in reply.headers}
            now = self.google.clock()
            raise Refusal(read_failure(reply.status, lower, told, now))
        return reply.body or {}

    # What a client does with it.

    def follow(self, since: Cursor | None, window: Span, home: ZoneInfo) -> Delta:
        before = known(since, window)
        items: list[Item] = []
        page = ""
        while True:
            if before is None:
                asked = full_read("primary", window, page)
            else:
                asked = delta_read("primary", before.token, page)
            answer = read_page(self(asked))
            items += read_items(answer.items)
            if not answer.next_page:
                return delta(before, items, answer, window=window, home=home)
            page = answer.next_page

    def standing(self, event: str, at: Iterable[datetime]) -> Standing:
        whole = self(own_event("primary", event))
        found: list[Json] = []
        if whole.get("recurrence"):
            for one in at:
                found += self(own_instance("primary", event, one))["items"]
        return Standing("primary", whole, tuple(found))

    def edit(self, event: str, edit: DateEdit, dates: Iterable[datetime]) -> int:
        """Make an edit; how many calls it took."""
        at = needed(edit)
        standing = self.standing(event, dates if at is None else [at])
        calls = requests(standing, edit)
        for call in calls:
            self(call)
        return len(calls)


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)
