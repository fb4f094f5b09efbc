"""A promise heard in a line somebody wrote, in an event or in a mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scheduler.dates_said import read_until
from scheduler.errors import Refused
from scheduler.evidence import SourceKind
from scheduler.ids import PairId
from scheduler.localtime import zone
from scheduler.people import Person
from scheduler.promises import Promise
from scheduler.promising import Said, move, open_alike, promised
from scheduler.series import MeetingKey


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a line, when, and where it was found."""

    pair: PairId
    owner: Person
    now: datetime
    about: MeetingKey | None = None
    source: SourceKind = SourceKind.MAIL

    def promise(self, known: Iterable[Promise], line: str) -> Promise | None:
        """What a line `… by DATE`, without its `promise:`, makes of the known ones.

        A new promise of its writer; or, where the same words stand open already, that
        one with the new date: writing it again until another day is renegotiating.
        None when no day is understood, or the day is over or out of reach.
        """
        today = self.now.astimezone(zone(self.owner.zone)).date()
        found = read_until(line, today, self.owner.language)
        if found is None:
            return None
        every = tuple(known)
        text, day = found
        try:
            if standing := open_alike(every, self.owner, text):
                return move(standing, self.owner, day, self.now, self.source)
            said = Said(text, day, self.about, self.source)
            return promised(every, said, pair=self.pair, owner=self.owner, now=self.now)
        except Refused:
            return None
