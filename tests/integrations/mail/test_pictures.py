"""docs/letters.md shows every letter, and its pictures are there and small."""

from __future__ import annotations

import struct

import pytest

from tests.integrations.mail.pictures import FOLDER, PAGE, SHAPES, WEIGHT, shown

NAMES = sorted(shown())


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_is_shown(name: str) -> None:
    assert f"\n### {name}\n" in PAGE.read_text()
    for shape, width in SHAPES:
        octets = (FOLDER / f"{name}-{shape}.png").read_bytes()
        assert octets.startswith(b"\x89PNG") and len(octets) <= WEIGHT
        assert struct.unpack(">I", octets[16:20]) == (width,)
        assert f"letters/{name}-{shape}.png" in PAGE.read_text()


def test_no_picture_is_left_of_a_letter_that_is_no_more() -> None:
    expected = {f"{name}-{shape}.png" for name in NAMES for shape, _ in SHAPES}
    assert {file.name for file in FOLDER.iterdir()} == expected
