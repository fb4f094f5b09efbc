"""The pairs of one cadence once more, where somebody is left without a slot.

What is outside a neighbourhood stands in the diary and is exact; inside it the pattern
decides, and what comes of that is taken only if it is better by the diary too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduler.programme.arrays import Arrays, arrays, links, room, sharing, top_of
from scheduler.programme.choices import Choices, Ints
from scheduler.programme.cohort import Options, chosen, rewarded
from scheduler.programme.diary import Diary
from scheduler.programme.entries import Entry, around, still_free, struck, written
from scheduler.programme.neighbourhood import Around, Searched, Worth
from scheduler.programme.part import Part
from scheduler.programme.wanted import Wanted

Entries = dict[int, Entry | None]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The pairs of one cadence: `stay[n]` is the slot that pair n should keep, if any.

    `had[n]` is one that is not as good as it was: left for more clear meetings only.
    Nobody moves for those who `waited`: others had all their time before, too. In a
    neighbourhood that is worked out they take part like everybody.
    """

    wanted: Sequence[Wanted]
    options: Options
    stay: Sequence[Entry | None]
    had: Sequence[Entry | None]
    waited: Sequence[bool]


def reopened(
    standing: Standing, entries: Sequence[Entry | None], diary: Diary
) -> list[Entry | None]:
    """Better entries, written in the diary in place of the given ones."""
    search = _Search(standing, list(entries), diary)
    search.run()
    return search.now


class _Search:
    def __init__(
        self, standing: Standing, now: list[Entry | None], diary: Diary
    ) -> None:
        self.now = now
        self._standing, self._diary = standing, diary
        wanted, options = standing.wanted, standing.options
        names = list(dict.fromkeys(pair.mentor for pair in wanted))
        number = {name: n for n, name in enumerate(names)}
        mentor = np.array([number[pair.mentor] for pair in wanted])
        self._near = Around(mentor, links(wanted))
        some = [any(slots.column.size for slots in its) for its in options]
        self._could = np.array(some) & ~np.array(standing.waited)
        self._should = np.array([own is not None for own in standing.stay])
        self._top = top_of(slots for its in options for slots in its)

    def run(self) -> None:
        """Work out every neighbourhood in which somebody lacks something."""
        for changed in self._together():
            lacking = [n for n in changed if self._lacks(n)]
            if lacking:
                self._better(np.array(lacking))

    def _lacks(self, n: int) -> bool:
        own = self._standing.stay[n]
        return self.now[n] != own if own else bool(self._could[n]) and not self.now[n]

    def _together(self) -> Iterator[list[int]]:
        """Those whom few others part at once, each other one alone."""
        lacking = [n for n in range(len(self.now)) if self._lacks(n)]
        left = set(lacking)
        for n in lacking:
            if n in left:
                pairs = self._near.reached(n)
                some = {n} if pairs is None else left.intersection(pairs.tolist())
                left -= some
                yield sorted(some)

    def _better(self, lacking: Ints) -> None:
        near = self._near
        size = near.pairs(near.nearest(lacking)).size
        worth = Worth.over(size, self._top)
        made: list[Arrays] = []

        def opened(mentors: Ints) -> Part:
            pairs = near.pairs(mentors)
            part, its = self._opened(pairs, worth)
            made[:] = [its]
            return part

        hoped = worth.one * (self._could | self._should) + worth.stay * self._should
        searched = near.searched(lacking, opened, hoped)
        self._take(searched, made[0])

    def _opened(self, pairs: Ints, worth: Worth) -> tuple[Part, Arrays]:
        """These pairs, free to move, around everybody else."""
        standing, diary = self._standing, self._diary
        before = self._struck(pairs)
        wanted = [standing.wanted[n] for n in pairs]
        left = [
            tuple(around(pair, slots, diary) for slots in standing.options[n])
            for n, pair in zip(pairs, wanted, strict=True)
        ]
        made = arrays(wanted, left)
        room_ = room(wanted, made, diary)
        self._write(before)
        choices = self._kept_in_mind(made, pairs, worth)
        rows = np.arange(len(made.rows))
        return Part(pairs, rows, choices, sharing(wanted, made), room_), made

    def _kept_in_mind(self, made: Arrays, pairs: Ints, worth: Worth) -> Choices:
        """The choices, with a reward for the slot that a pair should keep."""
        standing = self._standing
        stay = [standing.stay[n] for n in pairs]
        had = [standing.had[n] for n in pairs]
        gain = made.choices.gain + np.int64(worth.one - made.one)
        choices = replace(made.choices, gain=gain)
        choices = rewarded(made, choices, stay, [worth.stay] * len(stay))
        habits = [one.habit if one else 0 for one in had]
        return rewarded(made, choices, had, habits)

    def _take(self, searched: Searched, made: Arrays) -> None:
        """Write down what was found, if the diary has it better than before."""
        pairs = searched.part.pairs
        before = self._struck(pairs)
        found: Entries = dict.fromkeys(pairs.tolist())
        for k, one in chosen(made, searched.given):
            n = int(pairs[k])
            if one and written(self._standing.wanted[n], one, self._diary):
                found[n] = one
        self._fill(found)
        if self._rank(found) <= self._rank(before):
            self._strike(found)
            self._write(before)
            found = before
        for n, one in found.items():
            self.now[n] = one

    def _fill(self, found: Entries) -> None:
        """Their own slot, or else any, for those to whom the diary leaves one."""
        standing, diary = self._standing, self._diary
        for n, now in found.items():
            pair, own = standing.wanted[n], standing.stay[n]
            if own and now != own:
                self._strike({n: now})
                found[n] = own if written(pair, own, diary) else now
                if found[n] is now:
                    self._write({n: now})
        for n, now in found.items():
            pair = standing.wanted[n]
            if now is None:
                free = still_free(pair, standing.options[n], diary)
                found[n] = next((o for o in free if written(pair, o, diary)), None)

    def _rank(self, entries: Entries) -> tuple[int, int, int]:
        """What comes first: pairs with a slot, those who stay, the sum of scores."""
        stay, had = self._standing.stay, self._standing.had
        placed = [(n, one) for n, one in entries.items() if one]
        kept = sum(one == stay[n] for n, one in placed)
        habit = sum(one.habit for n, one in placed if one == had[n])
        return len(placed), kept, habit + sum(one.score for _, one in placed)

    def _struck(self, pairs: Ints) -> Entries:
        """Take these out of the diary; what they had."""
        before = {n: self.now[n] for n in pairs.tolist()}
        self._strike(before)
        return before

    def _strike(self, entries: Entries) -> None:
        for n, one in entries.items():
            if one:
                struck(self._standing.wanted[n], one, self._diary)

    def _write(self, entries: Entries) -> None:
        for n, one in entries.items():
            if one and not written(self._standing.wanted[n], one, self._diary):
                raise ValueError(f"pair {n} does not fit any more")
