"""What an assignment must be, found slowly and checked without the code under test.

Minutes of a week in UTC here, and plain loops.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from scheduler.programme.assigning import Programme

DAYS = 7


def begins(programme: Programme, pair: int, cell: int) -> int:
    """In cells of a week in UTC."""
    day, within = divmod(cell, programme.cells_per_day)
    whole = programme.whole_day or programme.cells_per_day
    ahead = programme.ahead
    return (
        day * whole
        + within
        - (0 if ahead is None else int(ahead[programme.mentor[pair]]))
    )


def cycle(programme: Programme) -> int:
    """Cells until the pattern comes round."""
    whole = programme.whole_day
    if whole and whole != programme.cells_per_day:
        return whole * DAYS * programme.weeks
    return int(programme.scores.shape[1])


def overlap(programme: Programme, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two meetings, each a pair and its cell, have a moment in common."""
    around = cycle(programme)
    took = [
        {(begins(programme, *meeting) + n) % around for n in range(programme.length)}
        for meeting in (one, other)
    ]
    return bool(took[0] & took[1])


def faults(programme: Programme, cells: list[int]) -> list[str]:
    """Everything that is wrong with giving each pair this cell (-1: none)."""
    placed = [(pair, cell) for pair, cell in enumerate(cells) if cell >= 0]
    fixed = programme.fixed
    return [
        *(
            f"pair {pair} cannot have {cell}"
            for pair, cell in placed
            if programme.scores[pair, cell] < 0
            and (fixed is None or fixed[pair] != cell)
        ),
        *_moved(programme, cells),
        *_double(programme, placed),
        *_beyond(programme, placed),
    ]


def _moved(programme: Programme, cells: list[int]) -> Iterator[str]:
    if programme.fixed is not None:
        for pair, cell in enumerate(programme.fixed):
            if cell >= 0 and cells[pair] != cell:
                yield f"pair {pair} was moved"


def _double(programme: Programme, placed: list[tuple[int, int]]) -> Iterator[str]:
    for people in (programme.mentor, programme.mentee):
        of: dict[int, list[tuple[int, int]]] = {}
        for meeting in placed:
            of.setdefault(int(people[meeting[0]]), []).append(meeting)
        for meetings in of.values():
            for one, other in combinations(meetings, 2):
                if overlap(programme, one, other):
                    yield f"pairs {one} and {other} overlap"


def _beyond(programme: Programme, placed: list[tuple[int, int]]) -> Iterator[str]:
    week = programme.scores.shape[1] // programme.weeks
    for most, cells in (
        (programme.max_day, programme.cells_per_day),
        (programme.max_week, week),
    ):
        if most is not None:
            count = Counter(
                (int(programme.mentor[pair]), cell // cells) for pair, cell in placed
            )
            for (mentor, span), number in count.items():
                if number > most[mentor]:
                    yield f"mentor {mentor} has {number} meetings in span {span}"


def best(programme: Programme) -> tuple[int, int]:
    """The most pairs with a slot, and the greatest sum of scores with so many."""
    return max(_worth(programme, cells) for cells in possible(programme))


def possible(programme: Programme) -> Iterator[list[int]]:
    """Every assignment with which nothing is wrong."""
    options = [
        [-1, *(cell for cell, score in enumerate(row) if score >= 0)]
        for row in programme.scores.tolist()
    ]
    if programme.fixed is not None:
        for pair, cell in enumerate(programme.fixed.tolist()):
            options[pair] = [cell] if cell >= 0 else options[pair]
    return _continued(programme, options, [])


def _continued(
    programme: Programme, options: list[list[int]], cells: list[int]
) -> Iterator[list[int]]:
    if len(cells) == len(options):
        yield cells
        return
    for cell in options[len(cells)]:
        tried = [*cells, cell]
        if cell < 0 or not _worse(programme, tried):
            yield from _continued(programme, options, tried)


def _worth(programme: Programme, cells: list[int]) -> tuple[int, int]:
    placed = [(pair, cell) for pair, cell in enumerate(cells) if cell >= 0]
    return len(placed), sum(max(0, int(programme.scores[one])) for one in placed)


def _worse(programme: Programme, cells: list[int]) -> bool:
    """Whether something is wrong with the first pairs alone."""
    placed = [(pair, cell) for pair, cell in enumerate(cells) if cell >= 0]
    return any(_double(programme, placed)) or any(_beyond(programme, placed))
