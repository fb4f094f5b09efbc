"""A spool gives back what was written, as often as it is asked, and no more at once."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.spool import PIECE, Spools
from scheduler.errors import Unavailable


@given(st.lists(st.binary(max_size=200)))
def test_what_was_written_is_read_twice(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    with Spools().open() as spool:
        for piece in pieces:
            spool.write(piece)
        assert b"".join(spool) == b"".join(spool) == whole
        assert spool.size == len(whole)
        assert spool.sha256 == hashlib.sha256(whole).hexdigest()


def test_no_piece_is_long() -> None:
    with Spools().open() as spool:
        spool.write(os.urandom(3 * PIECE + 1))
        assert [len(piece) for piece in spool] == [PIECE, PIECE, PIECE, 1]


def test_all_spools_together_have_a_limit() -> None:
    spools = Spools(most=100)
    with spools.open() as one, spools.open() as two:
        one.write(bytes(60))
        with pytest.raises(Unavailable):
            two.write(bytes(41))
        two.write(bytes(40))
    with spools.open() as again:
        again.write(bytes(100))


def test_nothing_stays_open() -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        with Spools().open() as spool:
            spool.write(b"x")
    assert len(list(Path("/dev/fd").iterdir())) == before
