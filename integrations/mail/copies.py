"""Delete copies of sent mail, for people who want to be forgotten."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from pathlib import Path

from integrations.mail.maildir import file_name
from scheduler.errors import Unavailable

#: A line that was folded (RFC 5545 section 3.1, RFC 5322 section 2.2.3) reads as one.
_FOLD = re.compile(r"\r?\n[ \t]")


class KeptCopies:
    """`SentCopies` in the maildirs that mail is, or was, kept in instead of sent."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(dict.fromkeys(folders))

    async def forget(self, message_ids: Sequence[str], words: Sequence[str]) -> int:
        """Delete those with one of these ids, or of these words; how many they were.

        `Unavailable` when a folder cannot be read or changed.
        """
        names = {file_name(one) for one in message_ids}
        said = _pattern(words)
        try:
            return await asyncio.to_thread(self._forget, names, said)
        except OSError as error:
            raise Unavailable(f"maildir: {error.strerror}") from error

    def _forget(self, names: set[str], said: re.Pattern[str] | None) -> int:
        gone = [
            path
            for folder in self._folders
            for path in _mails(folder)
            if _plain_name(path) in names or (said and said.search(_text(path)))
        ]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)


def _mails(folder: Path) -> Iterator[Path]:
    for box in ("tmp", "new", "cur"):
        if (folder / box).is_dir():
            yield from sorted(p for p in (folder / box).iterdir() if p.is_file())


def _plain_name(path: Path) -> str:
    """Without the flags of a mail program (`:2,S`), or the number of a draft."""
    stem, mark, _ = path.name.partition(".troth")
    return stem + mark


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Each as a word of its own, whatever its case."""
    each = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in words if word]
    return re.compile("|".join(each), re.IGNORECASE) if each else None


def _text(path: Path) -> str:
    """Everything that can be read in a mail: headers, words, files."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    said = [str(value) for value in mail.values()]
    for part in mail.walk():
        octets = part.get_payload(decode=True)
        if isinstance(octets, bytes):
            said.append(octets.decode("utf-8", "replace"))
    return _FOLD.sub("", "\n".join(said))
