"""Whatever goes wrong between Google and us, in the end we know what it would tell."""

from pathlib import Path

import pytest

from tests.integrations.google.scripts import script

QUICK, ALL = range(5), range(5, 60)


@pytest.mark.parametrize("seed", QUICK)
async def test_a_script_of_faults_ends_well(seed: int, tmp_path: Path) -> None:
    """promises.md Y3; `python -m tests.integrations.google.scripts N` does more."""
    assert await script(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL)
async def test_every_script_of_faults_ends_well(seed: int, tmp_path: Path) -> None:
    met = await script(seed, tmp_path)
    assert met["calls"]
