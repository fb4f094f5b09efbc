"""A large file is looked at in pieces: where one ends makes no difference."""

from __future__ import annotations

import pytest

from integrations.ics.decode import decode
from integrations.ics.stream import PIECE
from tests.integrations.ics.invented.inventing import FEATURES, dice_of, invented
from tests.integrations.ics.invented.meant import OWNER
from tests.integrations.ics.invented.places import PLACES


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_piece_may_end_anywhere(seed: int) -> None:
    dice = dice_of("pieces", seed)
    some = dice.sample(sorted(FEATURES), 4)
    found = invented(PLACES[seed], dice, some)
    words = {"window": found.window, "zone": found.home, "owner": OWNER}
    small = decode(found.data, **words)
    head, line_break, rest = found.data.partition(b"\n")
    for end in range(1, min(len(rest), 3_000), 13):
        room = PIECE - len(head) - 1 - end
        pad = (b"X-PAD:" + b"x" * 93 + b"\n") * (room // 100)
        pad += b"X-PAD:" + b"x" * (room % 100 + 93) + b"\n"
        large = decode(head + line_break + pad + rest, **words)
        assert large == small, end
