"""The versions of one pair's agreement: which is on the table, and how each one ends.

product.md, Agreements. `scheduler.agreement` holds one version and its acceptance; here
they stand beside each other. At most one is proposed, and at most one in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.agreement import (
    Agreement,
    AgreementState,
    Terms,
    accept,
    answer,
    changed,
)
from scheduler.errors import Refused
from scheduler.ids import AgreementId, PersonId
from scheduler.people import Person, Role

_ON_THE_TABLE = frozenset({AgreementState.DRAFT, AgreementState.PROPOSED})
_WENT = frozenset({AgreementState.ANSWERED, AgreementState.WITHDRAWN})

Versions = tuple[Agreement, ...]


def ruling(versions: Iterable[Agreement]) -> Agreement | None:
    """The version in force."""
    return next((v for v in versions if v.state is AgreementState.IN_FORCE), None)


def latest(versions: Sequence[Agreement]) -> Agreement | None:
    """The text that both look at: what is proposed, else what is in force.

    Without either it is the one that was last in force; None without any version.
    """
    proposed = [v for v in versions if v.state in _ON_THE_TABLE]
    standing = [v for v in versions if v.state not in _WENT]
    for some in (proposed, standing, versions):
        if some:
            return max(some, key=lambda v: v.version)
    return None


def accepted(
    versions: Versions,
    person: PersonId,
    *,
    both: tuple[PersonId, PersonId],
    digest: str,
    now: datetime,
) -> Versions:
    """The versions that change when `person` accepts the text with this digest.

    None when it was accepted before; `Taken` E_AGREEMENT_CHANGED for any other text
    than the latest.
    """
    text = latest(versions)
    if text is None:
        raise changed()
    after = accept(text, person, both=both, digest=digest, now=now)
    if after == text:
        return ()
    if after.state is not AgreementState.IN_FORCE:
        return (after,)
    before = (v for v in versions if v.state is AgreementState.IN_FORCE)
    return (*(replace(v, state=AgreementState.REPLACED) for v in before), after)


def proposed(
    versions: Versions,
    person: PersonId,
    terms: Terms,
    *,
    digest: str,
    new: AgreementId,
) -> Versions:
    """The versions that change when `person` proposes these terms; the last is new.

    None when these are what this person proposed already, or what is in force.
    `digest` is that of the text they saw: `Taken` E_AGREEMENT_CHANGED when it is not
    the latest any more.
    """
    text = latest(versions)
    if text is None:
        raise changed()
    said = text.author == person or text.state is AgreementState.IN_FORCE
    if said and text.terms == terms and text.state is not AgreementState.ENDED:
        return ()
    if text.digest != digest:
        raise changed()
    old, proposal = answer(text, person, terms, new=new)
    number = max(v.version for v in versions) + 1
    proposal = replace(proposal, version=number)
    return (proposal,) if old == text else (old, proposal)


def withdrawn(
    versions: Versions, person: PersonId, *, digest: str, new: AgreementId
) -> Versions:
    """The versions that change when `person` takes their proposal back.

    A pair that never agreed on anything has its first draft on the table again, as
    version `new`. None when it was withdrawn before; `Refused` E_NOT_YOURS when it is
    the other's, `Taken` E_AGREEMENT_CHANGED when it is no longer on the table.
    """
    again = (v for v in versions if v.digest == digest and v.author == person)
    if any(v.state is AgreementState.WITHDRAWN for v in again) and not _is_open(
        versions, digest
    ):
        return ()
    text = latest(versions)
    if text is None or text.digest != digest or not _is_open(versions, digest):
        raise changed()
    if text.author != person:
        raise Refused(
            "E_NOT_YOURS",
            "Only who proposed a version can withdraw it; you can propose another.",
            field="agreement",
        )
    back = replace(text, state=AgreementState.WITHDRAWN)
    if any(v.in_force_at for v in versions):
        return (back,)
    first = max((v for v in versions if v.author is None), key=lambda v: v.version)
    draft = Agreement(
        new,
        first.pair,
        max(v.version for v in versions) + 1,
        first.terms,
        AgreementState.DRAFT,
    )
    return back, draft


def _is_open(versions: Versions, digest: str) -> bool:
    """Whether a text with this digest is proposed."""
    return any(
        v.digest == digest and v.state is AgreementState.PROPOSED for v in versions
    )


def edited(versions: Versions, terms: Terms, *, digest: str) -> Agreement:
    """The draft with other terms; only as long as nobody has accepted it.

    `Taken` E_AGREEMENT_CHANGED once one of the two has, or has proposed another.
    """
    text = latest(versions)
    if text is None or text.digest != digest or text.state is not AgreementState.DRAFT:
        raise changed()
    return replace(text, terms=terms)


def places_before(versions: Iterable[Agreement], rules: Agreement) -> frozenset[str]:
    """What earlier agreements said of where they meet; what people wrote is theirs."""
    agreed = (v for v in versions if v.in_force_at)
    before = frozenset(v.terms.venue.location for v in agreed)
    return before - {rules.terms.venue.location}


def rested(
    person: Person,
    role: Role,
    before: Terms | None,
    now: Terms,
    elsewhere: Iterable[frozenset[int]] = (),
) -> Person:
    """The person with the quiet days of a version that comes into force.

    Those of the version before go, unless another pair of theirs has them too.
    """
    went = before.quiet_of(role) if before else frozenset[int]()
    quiet = (person.quiet_days - went).union(now.quiet_of(role), *elsewhere)
    return replace(person, quiet_days=quiet)


def later(terms: Terms) -> Terms:
    """The terms that 'go on' proposes: as long again, to the day, from the last day.

    Never longer than an agreement may be: the first day moves along.
    """
    length = terms.last_day - terms.first_day
    first: date = terms.last_day + timedelta(days=1)
    return replace(terms, first_day=first, last_day=first + length)
