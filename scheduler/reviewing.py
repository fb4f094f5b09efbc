"""A look at the relationship itself: three private questions at the agreed interval.

What one of the two answers is theirs alone until both have said that it may be shared.
The coordinator never sees any of it, and no figure is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from scheduler.agreement import Agreement, AgreementState
from scheduler.errors import Refused
from scheduler.ids import PairId, PersonId
from scheduler.localtime import zone

#: As long as a word about an answer may be.
MOST_CHARACTERS = 1000


class Question(Enum):
    """What is asked; each has one answer out of three, and a word if one likes."""

    RHYTHM = "rhythm"
    TALKS = "talks"
    HEARD = "heard"


#: The answers, as they are kept; how they are said is the page's.
CHOICES: Mapping[Question, tuple[str, ...]] = {
    Question.RHYTHM: ("suits", "more often", "less often"),
    Question.TALKS: ("mostly", "now and then", "not yet"),
    Question.HEARD: ("mostly", "now and then", "not yet"),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, and what was written beside it."""

    question: Question
    choice: str
    words: str = ""

    def __post_init__(self) -> None:
        if self.choice not in CHOICES[self.question]:
            raise Refused(
                "E_REVIEW",
                "Choose one of the three answers; none of them is wrong.",
                field=self.question.value,
            )
        if len(self.words) > MOST_CHARACTERS:
            raise Refused(
                "E_REVIEW",
                f"A word about it has at most {MOST_CHARACTERS} characters.",
                field=f"{self.question.value}_words",
            )


@dataclass(frozen=True, slots=True)
class Review:
    """What one of the two answered about the review that was due on `day`."""

    id: str
    pair: PairId
    by: PersonId
    day: date
    at: datetime
    #: One for each question, in their order.
    answers: tuple[Answered, ...]
    #: Whether the other one may see it, if theirs may be seen as well.
    share: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is not UTC:
            raise ValueError("a review is in UTC")
        if tuple(a.question for a in self.answers) != tuple(Question):
            raise ValueError("a review answers every question")


def review_days(versions: Iterable[Agreement]) -> tuple[date, ...]:
    """Every day on which a look back is due, under the version in force.

    Counted from the day on which the pair's first version came into force (UTC), or
    from the first day of the terms, whichever is later.
    """
    known = tuple(versions)
    ruling = [v for v in known if v.state is AgreementState.IN_FORCE]
    began = [v.in_force_at for v in known if v.in_force_at]
    if not ruling or not began or ruling[-1].terms.review_weeks is None:
        return ()
    terms = ruling[-1].terms
    first = max(min(v.terms.first_day for v in known), min(began).date())
    step = timedelta(weeks=terms.review_weeks or 0)
    most = (terms.last_day - first) // step
    return tuple(first + step * n for n in range(1, most + 1))


def open_review(
    versions: Iterable[Agreement], now: datetime, zone_name: str
) -> date | None:
    """The review that can be answered now: the last that was due, on this clock."""
    today = now.astimezone(zone(zone_name)).date()
    return max((d for d in review_days(versions) if d <= today), default=None)


def next_review(
    versions: Iterable[Agreement], now: datetime, zone_name: str
) -> date | None:
    """The day of the next one."""
    today = now.astimezone(zone(zone_name)).date()
    return min((d for d in review_days(versions) if d > today), default=None)


def theirs_to_see(
    reviews: Iterable[Review], day: date, reader: PersonId
) -> tuple[Review | None, Review | None]:
    """The reader's own answers, and the other's, which both chose to share, or None."""
    known = [r for r in reviews if r.day == day]
    own = next((r for r in known if r.by == reader), None)
    other = next((r for r in known if r.by != reader), None)
    both_share = bool(own and other and own.share and other.share)
    return own, other if both_share else None
