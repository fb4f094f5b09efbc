"""Effects as JSON. Each has a tag that stays, whatever its class is called."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from integrations.store.types import Codec
from scheduler.effects import (
    AcceptCopy,
    Effect,
    MoveInCopy,
    PutBackInCopy,
    PutCopy,
    RemoveCopy,
    SendInvite,
    SendLetter,
    ShortenCopy,
    TakeOutOfCopy,
)

#: Rows that were written yesterday are read today: a tag is never given anew.
TAGS: dict[str, type[Any]] = {
    "send letter": SendLetter,
    "send invite": SendInvite,
    "put copy": PutCopy,
    "move in copy": MoveInCopy,
    "take out of copy": TakeOutOfCopy,
    "put back in copy": PutBackInCopy,
    "shorten copy": ShortenCopy,
    "remove copy": RemoveCopy,
    "accept copy": AcceptCopy,
}
_TAG_OF = {kind: tag for tag, kind in TAGS.items()}


@lru_cache
def _codec(tag: str) -> Codec:
    return Codec(TAGS[tag])


def dump(effect: Effect) -> dict[str, Any]:
    """`{"tag": …, "effect": …}` in plain JSON."""
    tag = _TAG_OF[type(effect)]
    return {"tag": tag, "effect": _codec(tag).dump(effect)}


def load(document: dict[str, Any]) -> Effect:
    """The effect that `dump` wrote."""
    effect: Effect = _codec(document["tag"]).load(document["effect"])
    return effect


class EffectDocument(sa.types.TypeDecorator[Effect]):
    """An effect of any kind."""

    impl = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: Effect | None, dialect: Dialect) -> Any:
        """Write it with its tag."""
        del dialect
        return None if value is None else dump(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Effect | None:
        """Read it back."""
        del dialect
        return None if value is None else load(value)
