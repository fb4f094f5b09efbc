"""Stretches of time, and the algebra on sets of them.

Everything is half-open and in UTC, so that stretches that follow each other neither
overlap nor leave a gap, and `free = hours - busy` is an ordinary expression.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The instants from `start` up to, but not including, `end`."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError(f"not UTC: {self.start!r}, {self.end!r}")
        if self.start >= self.end:
            raise ValueError(f"empty or reversed: {self.start}, {self.end}")

    @property
    def length(self) -> timedelta:
        """From start to end."""
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two share an instant; to touch is not to share."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Whether every instant of the other is one of ours."""
        return self.start <= other.start and other.end <= self.end

    def widened(self, by: timedelta) -> Span:
        """This span with `by` added on both sides."""
        return Span(self.start - by, self.end + by)


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of instants, as sorted spans of which no two overlap.

    Make one from any spans with `Spans.of`, which also joins spans that touch; the
    plain constructor trusts its input.
    """

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Spans:
        """Merge any spans, in any order."""
        merged: list[Span] = []
        for span in sorted(spans):
            if merged and span.start <= merged[-1].end:
                if span.end > merged[-1].end:
                    merged[-1] = Span(merged[-1].start, span.end)
            else:
                merged.append(span)
        return cls(tuple(merged))

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    def __or__(self, other: Spans) -> Spans:
        return Spans.of((*self.spans, *other.spans))

    def __and__(self, other: Spans) -> Spans:
        shared: list[Span] = []
        mine, theirs = iter(self.spans), iter(other.spans)
        a, b = next(mine, None), next(theirs, None)
        while a and b:
            start, end = max(a.start, b.start), min(a.end, b.end)
            if start < end:
                shared.append(Span(start, end))
            if a.end <= b.end:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return Spans(tuple(shared))

    def __sub__(self, other: Spans) -> Spans:
        left: list[Span] = []
        for span in self.spans:
            start = span.start
            for hole in other.overlapping(span):
                if start < hole.start:
                    left.append(Span(start, hole.start))
                start = max(start, hole.end)
            if start < span.end:
                left.append(Span(start, span.end))
        return Spans(tuple(left))

    def overlapping(self, span: Span) -> tuple[Span, ...]:
        """Those of our spans that share an instant with `span`, whole, in order."""
        first = bisect_right(self.spans, span.start, key=lambda s: s.end)
        last = bisect_left(self.spans, span.end, key=lambda s: s.start)
        return self.spans[first:last]

    def meets(self, span: Span) -> bool:
        """Whether we share an instant with `span`."""
        return bool(self.overlapping(span))

    def covering(self, span: Span) -> Span | None:
        """The one of our spans that holds all of `span`, if there is one."""
        found = self.overlapping(span)
        return found[0] if len(found) == 1 and found[0].covers(span) else None

    def clipped(self, window: Span) -> Spans:
        """What of us lies inside `window`."""
        return self & Spans((window,))
