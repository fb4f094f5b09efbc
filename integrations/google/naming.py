"""Which of our series an event of Google's is, by its id.

Google gives every event an iCalUID of its own, and all copies of one event share their
id, which we choose. So our own are known by that, in the organiser's calendar and in
the guest's; what people split from a series is a part of it (promises.md F41). What
they copied or duplicated has another id, and is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from integrations.google.items import split_from
from integrations.google.writing import event_id

#: A generation is begun by a person (promises.md F26): so often nobody does.
_GENERATIONS = 16


def uid_of(event: str, uids: frozenset[str]) -> str:
    """The UID that this event, or the series it was split from, was made for; or ''."""
    return _names(uids).get(split_from(event), "")


@lru_cache(maxsize=128)
def _names(uids: frozenset[str]) -> Mapping[str, str]:
    return MappingProxyType(
        {
            event_id(uid, generation): uid
            for uid in uids
            for generation in range(1, _GENERATIONS + 1)
        }
    )
