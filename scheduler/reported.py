"""A report as the one document that the command line and the API print."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scheduler.consistency import EndedPeriod, Rate, Report
from scheduler.series import LedgerRow


def document(report: Report) -> dict[str, Any]:
    """The JSON of `troth report` (contracts: commands); instants in UTC with a Z."""
    return {
        "pair": report.pair,
        "window": {"from": _z(report.window.start), "until": _z(report.window.end)},
        "periods": [_period(period) for period in report.periods],
        "rates": {
            name: [rate.numerator, rate.denominator]
            for name, rate in report.rates.named()
        },
        "ledger": [_row(row) for row in report.ledger],
        "evidence": [
            {
                "id": row.id,
                "about": row.about,
                "kind": row.kind.value,
                "at": _z(row.at),
                "seen_at": _z(row.seen_at),
                "source": row.source.value,
            }
            for row in report.evidence
        ],
    }


def said(rate: Rate) -> str:
    """`9 of 10`; under three, that there is not enough yet to say so."""
    if not rate.is_enough:
        return "not enough yet"
    return f"{rate.numerator} of {rate.denominator}"


def _period(period: EndedPeriod) -> dict[str, Any]:
    return {
        "from": _z(period.span.start),
        "until": _z(period.span.end),
        "outcome": period.outcome.value,
        "meetings": [
            {
                "original_start": _z(meeting.key.original_start),
                "n": meeting.key.n,
                "start": _z(meeting.start),
                "ending": meeting.ending.value,
            }
            for meeting in period.meetings
        ],
    }


def _row(row: LedgerRow) -> dict[str, Any]:
    return {"period": row.period, "state": row.state.value}


def _z(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
