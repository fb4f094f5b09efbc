"""Whether the two show their figures to their coordinator, and who looked at them.

Each of the two says for themselves, and takes it back whenever they like. The figures
are shown while both say yes, and each look is a row of the audit (product.md, What the
coordinator sees).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scheduler.access import Audited
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Pair

#: What the audit says of a look, and of the two choices that allow it or end it.
LOOKED, SHOWN, KEPT = "looked at figures", "figures shown", "figures kept"


@dataclass(frozen=True, slots=True)
class Consent:
    """What one of a pair last said about showing their figures, and when."""

    pair: PairId
    person: PersonId
    given: bool
    at: datetime


def has_given(person: PersonId, consents: Iterable[Consent]) -> bool:
    """Whether this person says yes; who never said anything does not."""
    return any(one.given for one in consents if one.person == person)


def both_show(pair: Pair, consents: Iterable[Consent]) -> bool:
    """Whether the coordinator may see the figures of this pair."""
    said = tuple(one for one in consents if one.pair == pair.id)
    return all(has_given(person, said) for person in pair.both())


def chosen(consent: Consent, programme: ProgrammeId) -> Audited:
    """The audit's row of a choice."""
    act = SHOWN if consent.given else KEPT
    return Audited(consent.at, programme, f"person:{consent.person}", act, consent.pair)


def looked(pair: Pair, at: datetime) -> Audited:
    """The audit's row of a look at the figures of a pair."""
    return Audited(at, pair.programme, "coordinator", LOOKED, pair.id)


def looks(rows: Iterable[Audited]) -> tuple[datetime, ...]:
    """When the coordinator looked, the last time first."""
    return tuple(sorted((r.at for r in rows if r.act == LOOKED), reverse=True))
