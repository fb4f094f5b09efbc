"""One event of our own in Google's hands, for tests: what its calls make of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from integrations.google.edits import Standing
from integrations.google.protocol import Request

Json = dict[str, Any]


class Stand:
    """Keeps one event and its changed instances; as strict as its documentation."""

    def __init__(self, body: Json) -> None:
        self.event: Json | None = body | {"etag": '"1"'}
        self.instances: dict[str, Json] = {}
        self.version = 1

    def standing(self) -> Standing:
        assert self.event is not None
        return Standing("primary", self.event, tuple(self.instances.values()))

    def take(self, requests: Iterable[Request]) -> None:
        for one in requests:
            self._take(one)

    def _take(self, request: Request) -> None:
        assert self.event is not None
        assert request.resource == "events"
        assert request.params["calendarId"] == "primary"
        assert request.params["sendUpdates"] in {"all", "none"}
        name = request.params["eventId"]
        if request.method == "delete":
            assert (name, request.if_match) == (self.event["id"], self.event["etag"])
            self.event = None
            return
        assert request.method == "patch"
        assert request.body is not None
        assert isinstance(name, str)
        self.version += 1
        if name == self.event["id"]:
            assert request.if_match == self.event["etag"]
            self.event = self._changed(self.event, request.body)
            return
        before = self.instances.get(name)
        assert request.if_match == (before or {}).get("etag")
        self.instances[name] = self._changed(
            before or self._virtual(name), request.body
        )

    def _changed(self, before: Json, body: Any) -> Json:
        return before | dict(body) | {"etag": f'"{self.version}"'}

    def _virtual(self, name: str) -> Json:
        assert self.event is not None
        stamp = name.removeprefix(f"{self.event['id']}_")
        when = (
            f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"
            f"T{stamp[9:11]}:{stamp[11:13]}:{stamp[13:15]}Z"
        )
        inside = {
            key: value
            for key, value in self.event.items()
            if key not in {"id", "recurrence", "start", "end"}
        }
        # An unchanged instance has the length of its series; tests move with both.
        return inside | {
            "id": name,
            "recurringEventId": self.event["id"],
            "originalStartTime": {"dateTime": when},
            "start": {"dateTime": when},
            "end": {"dateTime": self._end(when)},
        }

    def _end(self, start: str) -> str:
        assert self.event is not None
        first, last = (
            datetime.fromisoformat(self.event[key]["dateTime"])
            for key in ("start", "end")
        )
        return (datetime.fromisoformat(start) + (last - first)).isoformat()
