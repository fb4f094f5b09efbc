"""The agenda of a pair: what the next meeting is to be about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.ids import PairId, PersonId


@dataclass(frozen=True, slots=True)
class Topic:
    """Something one of them wants to talk about; `shared` false: still private."""

    id: str
    pair: PairId
    by: PersonId
    text: str
    added_at: datetime
    shared: bool = True
    #: When it was ticked off; until then it is carried over.
    done_at: datetime | None = None
