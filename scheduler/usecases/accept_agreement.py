"""Accept a version of the agreement; the second acceptance puts it in force."""

from __future__ import annotations

from scheduler.access import Audited
from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.errors import NotFound
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId, PersonId
from scheduler.joining import check_open
from scheduler.outbox import digest as name
from scheduler.people import Pair, Role
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock
from scheduler.versions import accepted, latest, rested, ruling
from scheduler.work import WorkKind


async def accept_agreement(
    pair: PairId, person: PersonId, digest: str, *, begin: Begin, clock: Clock
) -> Agreement:
    """Accept the text with this digest, which the person saw.

    When it is in force, it is planned at once, and its quiet days are kept for letters
    too. `Taken` E_AGREEMENT_CHANGED when there is a newer text; `NotFound` for anybody
    who is not one of the pair.
    """
    now = clock.now()
    async with begin() as uow:
        two = await uow.pairs.get(pair)
        versions = await uow.agreements.of_pair(pair)
        text = latest(versions)
        if person not in two.both() or text is None:
            raise NotFound("agreement")
        check_open(two)
        changes = accepted(versions, person, both=two.both(), digest=digest, now=now)
        if not changes:
            return text
        for version in changes:
            await uow.agreements.put(version)
        text = changes[-1]
        if text.state is AgreementState.IN_FORCE:
            before = ruling(versions)
            await _rest(uow, two, before.terms if before else None, text.terms)
            row = Evidence(
                EvidenceId(name(EvidenceKind.ACCEPTED.value, text.id)),
                pair,
                "",
                EvidenceKind.ACCEPTED,
                now,
                now,
                SourceKind.PAGE,
                detail=str(text.version),
            )
            await uow.evidence.add((row,))
            await uow.work.add(WorkKind.PLAN, pair, now)
            await uow.work.add(WorkKind.REFRESH, pair, now)
        act, cause = "agreement accepted", str(text.version)
        who = f"person:{person}"
        await uow.audit.add(Audited(now, two.programme, who, act, pair, cause))
        await uow.work.add(WorkKind.TEND, pair, now)
        await uow.commit()
    return text


async def _rest(uow: UnitOfWork, pair: Pair, before: Terms | None, now: Terms) -> None:
    """Keep what each calls quiet; days of their other pairs stay."""
    for role, one in zip(Role, pair.both(), strict=True):
        person = await uow.people.get(one)
        elsewhere = [
            rules.terms.quiet_of(Role.MENTOR if other.mentor == one else Role.MENTEE)
            for other in await uow.pairs.of_person(one)
            if other.id != pair.id
            and other.closed is None
            and (rules := ruling(await uow.agreements.of_pair(other.id)))
        ]
        after = rested(person, role, before, now, elsewhere)
        if after != person:
            await uow.people.put(after)
