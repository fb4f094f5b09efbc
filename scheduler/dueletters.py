"""The letter that a duty comes to, where the record alone tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scheduler.consistency import Record
from scheduler.duties import Duty, DutyKind, Standing
from scheduler.joining import please_agree
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.milestones import milestone_facts, reached
from scheduler.monthly import month_facts, outlook
from scheduler.series import LedgerRow, MeetingKey
from scheduler.timespan import Span


def letter_of(duty: Duty, standing: Standing, now: datetime) -> Letter | None:
    """The letter; None where there is nothing to say, or more is needed to say it."""
    if duty.kind is DutyKind.REMIND:
        return please_agree(standing.record.pair, duty.to)
    if duty.kind is DutyKind.PROMISE:
        return _promise(duty, standing, now)
    told = _told(duty, standing, now)
    if told is None:
        return None
    kind, facts = told
    return Letter(kind, duty.to, standing.record.pair, facts, about=duty.about)


def _promise(duty: Duty, standing: Standing, now: datetime) -> Letter:
    """The names of the promises alone: their words are the pair's, and read later."""
    facts = Facts(next=outlook(standing.record, now).next, promises=duty.promises)
    return Letter(LetterKind.PROMISE, duty.to, standing.record.pair, facts)


def _told(
    duty: Duty, standing: Standing, now: datetime
) -> tuple[LetterKind, Facts] | None:
    record = standing.record
    match duty.kind:
        case DutyKind.ASK | DutyKind.ASK_AGAIN:
            return LetterKind.MET, Facts(meeting=_span(record, duty.about))
        case DutyKind.OWED:
            facts = replace(outlook(record, now), window=_row(record, duty).span)
            return LetterKind.OWED, facts
        case DutyKind.MONTH:
            month = month_facts(record, duty.window, now) if duty.window else None
            return (LetterKind.CONSISTENCY, month) if month else None
        case DutyKind.MILESTONE:
            known = reached(record, standing.agreements, now)
            one = next(r for r in known if r.name == duty.revision)
            return LetterKind.MILESTONE, milestone_facts(record, one, now)
        case DutyKind.REVIEW | DutyKind.RENEW:
            facts = replace(outlook(record, now), window=duty.window)
            return LetterKind(duty.kind.value), facts
        case DutyKind.PREPARE | DutyKind.PROMISE | DutyKind.REMIND:
            return None


def _span(record: Record, key: MeetingKey | None) -> Span | None:
    return next(m.span for s in record.series for m in s.meetings if m.key == key)


def _row(record: Record, duty: Duty) -> LedgerRow:
    return next(r for r in record.ledger if f"{r.series}/{r.period}" == duty.revision)
