"""What `troth plan --programme` answers: one JSON document, or words for people."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import dumps

from cli.plan_shown import in_words, slot_document
from scheduler.events import Warned
from scheduler.programme.listing import Asked
from scheduler.programme.wanted import Change, Got, Outcome

Warnings = list[tuple[str, Warned]]
Changes = tuple[Change | None, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The pairs and what each of them got; `changes` only beside an earlier plan."""

    pairs: Sequence[Asked]
    outcome: Outcome
    warnings: Warnings
    changes: Changes | None = None

    def rows(self) -> Iterator[tuple[Asked, Got, Change | None]]:
        """Each pair, what it got, and what became of it since."""
        changes = self.changes or (None,) * len(self.pairs)
        return zip(self.pairs, self.outcome.pairs, changes, strict=True)


def print_json(answer: Answer) -> None:
    """One document; `--keep` reads it again."""
    outcome, changes = answer.outcome, answer.changes
    counts = {} if changes is None else {str(c): changes.count(c) for c in Change}
    document = {
        "pairs": [
            _document(pair, got)
            | ({} if changes is None else {"change": change and str(change)})
            for pair, got, change in answer.rows()
        ],
        "placed": outcome.placed,
        "most": outcome.most,
        "score": outcome.score,
        "bound": outcome.bound,
        "gap": round(outcome.gap, 6),
        **counts,
        "warnings": [
            {"code": w.code, "uid": w.uid, "message": w.message, "person": email}
            for email, w in answer.warnings
        ],
    }
    print(dumps(document, indent=1))


def _document(pair: Asked, got: Got) -> dict[str, object]:
    request = pair.request
    found: dict[str, object] = {
        "row": pair.row,
        "mentor": pair.mentor.email,
        "mentee": pair.mentee.email,
        "cadence": str(request.cadence),
        "minutes": request.minutes,
        "from": request.first.isoformat(),
        "periods": request.turns,
        "slot": slot_document(got.slot) if got.slot else None,
        "clear": got.clear,
        "not_clear": list(got.not_clear),
    }
    return found | ({"why": str(got.why)} if got.why else {})


def print_text(answer: Answer) -> None:
    """A line for each row, then how good the whole is; warnings on standard error."""
    for pair, got, change in answer.rows():
        names = f"{pair.mentor.email} and {pair.mentee.email}"
        told = f" ({change})" if change and change is not Change.KEPT else ""
        print(f"row {pair.row}: {names}: {_news(pair, got)}{told}.")
    outcome = answer.outcome
    if answer.changes is not None:
        print(_changed(answer.changes, outcome.placed))
    print(
        f"{outcome.placed} of {len(answer.pairs)} pairs have a slot;"
        f" {_against(outcome)}."
    )
    for email, warned in answer.warnings:
        about = f" (UID {warned.uid})" if warned.uid else ""
        print(
            f"warning: {warned.code}: {email}: {warned.message}{about}", file=sys.stderr
        )


def _changed(changes: Changes, placed: int) -> str:
    moved, kept, new, lost = (
        changes.count(c) for c in (Change.MOVED, Change.KEPT, Change.NEW, Change.LOST)
    )
    without = f", {lost} lost" if lost else ""
    return f"{moved} of {placed} slots moved, {kept} kept, {new} new{without}."


def _news(pair: Asked, got: Got) -> str:
    if got.slot is None:
        return f"no slot ({got.why})"
    turns = pair.request.turns
    return f"{in_words(got.slot, pair.request.cadence)}: {got.clear} of {turns} clear"


def _against(outcome: Outcome) -> str:
    """How far from the best that anybody could do."""
    if outcome.placed == outcome.most and outcome.score == outcome.bound:
        return f"score {outcome.score}, which reaches the bound"
    return (
        f"score {outcome.score}, {outcome.gap:.3%} under the bound {outcome.bound}"
        f" for {outcome.most} pairs"
    )
