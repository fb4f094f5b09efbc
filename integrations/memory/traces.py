"""Nothing lies beside a store in memory."""

from __future__ import annotations

from collections.abc import Sequence


class NoCopies:
    """`SentCopies` where mail is sent and no copy is kept."""

    async def forget(self, message_ids: Sequence[str], words: Sequence[str]) -> int:
        """There are none."""
        del message_ids, words
        return 0


class NoFiles:
    """`Files` of a store that has none."""

    async def scrub(self) -> bool:
        """There is nothing to overwrite."""
        return True
