"""What a full list of a calendar holds, now or right after an earlier write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from integrations.google.fake.finding import is_vanished
from integrations.google.fake.guests import answer_of
from integrations.google.fake.times import instant
from integrations.google.fake.views import Lens, anonymous, instance, series_of
from integrations.google.fake.world import BEGINNING, Call, Entry

_END = datetime(9000, 1, 1, tzinfo=BEGINNING.tzinfo)


@dataclass(frozen=True, slots=True)
class Show:
    """The rules by which a listing chooses; `low` and `high` in UTC, None: open."""

    lens: Lens
    call: Call
    low: datetime | None
    high: datetime | None
    #: What is expanded where nothing bounds it.
    until: datetime

    @property
    def expands(self) -> bool:
        """Whether instances stand for their masters."""
        return self.call.asks("singleEvents") or self.lens.is_anonymous

    def name(self, entry: Entry) -> str:
        """The id under which the listing shows it."""
        return anonymous(entry) if self.lens.is_anonymous else entry.id

    def all(self, entries: dict[str, Entry]) -> dict[str, Entry]:
        """What is shown of these entries, by the id it is shown with."""
        found = self._expanded(entries) if self.expands else entries.values()
        shown = (one for one in found if self._stands(one, entries))
        return {self.name(one): one for one in shown if self.touches(one)}

    def _expanded(self, entries: dict[str, Entry]) -> Iterator[Entry]:
        exceptions = {one.id for one in entries.values() if one.master}
        for one in entries.values():
            if not one.body.get("recurrence"):
                yield one
            elif not one.is_cancelled:
                met = self.instances(one)
                yield from (each for each in met if each.id not in exceptions)

    def instances(self, master: Entry) -> Iterator[Entry]:
        """Every instance by the rule, as if the series had no exception."""
        low, high = self.low or BEGINNING, self.high or self.until
        long = self._end(master) - self._start(master)
        for original in series_of(master).starts(max(low - long, BEGINNING), high):
            if instant(original, self.lens.calendar.zone) < high:
                yield instance(master, original)

    def may_show(self, entry: Entry) -> bool:
        """Whether the query wants this kind of entry at all."""
        types = self.call.query.get("eventTypes")
        if types and entry.body.get("eventType", "default") not in types:
            return False
        if entry.hidden and not self.call.asks("showHiddenInvitations"):
            return False
        if not self.lens.is_anonymous:
            return True
        declined = answer_of(entry.body, self.lens.calendar.id) == "declined"
        return not declined and entry.body.get("transparency") != "transparent"

    def _stands(self, entry: Entry, entries: dict[str, Entry]) -> bool:
        calendar, call = self.lens.calendar, self.call
        if not self.may_show(entry):
            return False
        if is_vanished(entry, calendar, call.now, self.lens.behaviour):
            return False
        if call.asks("showDeleted") and not self.lens.is_anonymous:
            return True
        master = entries.get(entry.master or "")
        if master is not None and master.is_cancelled:
            return False
        if entry.is_cancelled:
            return entry.master is not None and not self.expands
        return True

    def touches(self, entry: Entry) -> bool:
        """Whether it lies in the window; a master does when one meeting does."""
        low, high = self.low or BEGINNING, self.high or _END
        if self.low is None and self.high is None:
            return True
        if entry.body.get("recurrence") and not entry.is_cancelled:
            last = self.high or self.until
            starts = series_of(entry).starts(low, last)
            one_by_one = (instance(entry, start) for start in starts)
            return any(self.touches(one) for one in one_by_one)
        return self._start(entry) < high and self._end(entry) > low

    def _start(self, entry: Entry) -> datetime:
        return instant(entry.body["start"], self.lens.calendar.zone)

    def _end(self, entry: Entry) -> datetime:
        return instant(entry.body["end"], self.lens.calendar.zone)

    def key(self, entry: Entry) -> str:
        """Where it stands in the listing: by id, start or last change."""
        match self.call.query.get("orderBy"):
            case "startTime":
                return f"{self._start(entry).isoformat()}/{entry.id}"
            case "updated":
                return f"{entry.updated.isoformat()}/{entry.id}"
            case _:
                return self.name(entry)


def standing(lens: Lens, change: int | None = None) -> dict[str, Entry]:
    """A calendar's entries, now or right after an earlier write."""
    entries = lens.calendar.entries
    if change is None:
        return dict(entries)
    then = {name: one.as_of(change) for name, one in entries.items()}
    return {name: one for name, one in then.items() if one is not None}
