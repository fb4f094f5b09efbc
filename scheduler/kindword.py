"""A kind word: what a coordinator writes to both of a pair that could use a hand.

It is suggested, made their own, confirmed, and goes to both. The same words on one day
are one letter, however often they are sent; other words wait until a day has gone by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from scheduler.effects import Outgoing, SendLetter
from scheduler.errors import Refused
from scheduler.ids import OutboxId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import digest, letter_row
from scheduler.people import Pair, Person

MOST_SUBJECT, MOST_WORDS = 120, 4000
#: After one a pair is left in peace for so long.
EACH = timedelta(hours=24)
#: Everything that no line of a letter has in it.
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ue000-\uf8ff]+")


def checked(subject: str, words: str) -> tuple[str, str]:
    """Both without what no letter holds; `Refused` E_SUBJECT, E_WORDS."""
    subject = " ".join(_ODD.sub(" ", subject).split())
    if not 1 <= len(subject) <= MOST_SUBJECT:
        raise Refused(
            "E_SUBJECT", f"A subject has 1 to {MOST_SUBJECT} letters.", field="subject"
        )
    lines = words.replace("\r\n", "\n").split("\n")
    words = "\n".join(_ODD.sub(" ", line).rstrip() for line in lines).strip()
    if not 1 <= len(words) <= MOST_WORDS:
        raise Refused(
            "E_WORDS", f"A letter has 1 to {MOST_WORDS} letters.", field="words"
        )
    return subject, words


def written_at(rows: Iterable[Outgoing]) -> datetime | None:
    """When the last of them was to go out to a pair; None: there was none."""
    return max((row.due_at for row in rows if _is_word(row)), default=None)


def word_rows(
    pair: Pair,
    to: Iterable[tuple[OutboxId, Person]],
    subject: str,
    words: str,
    before: Iterable[Outgoing],
    now: datetime,
) -> tuple[Outgoing, ...]:
    """The rows for each reader; those that are there already change nothing.

    `before` is the pair's outbox. `Refused` E_WRITTEN when other words went out within
    the last day.
    """
    revision = digest(subject, words, now.date())
    earlier = [row for row in before if _is_word(row)]
    others = [row for row in earlier if not row.key.endswith(f"/{revision}")]
    last = written_at(others)
    if last is not None and now < last + EACH:
        raise Refused(
            "E_WRITTEN",
            "They were written to within the last day; please leave them a little"
            " time.",
            field="words",
        )
    facts = Facts(words=words, subject=subject)
    return tuple(
        letter_row(
            row,
            Letter(LetterKind.KIND_WORD, person.id, pair.id, facts),
            person,
            now=now,
            revision=revision,
        )
        for row, person in to
    )


def _is_word(row: Outgoing) -> bool:
    effect = row.effect
    return isinstance(effect, SendLetter) and (
        effect.letter.kind is LetterKind.KIND_WORD
    )
