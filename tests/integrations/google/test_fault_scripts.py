"""Whatever goes wrong at Google, in the end nothing is lost and nothing doubled.

promises.md Y3 wants 10,000 scripts: `make faults`. A script that fails is run again by
its number.
"""

import pytest

from tests.integrations.google.fault_scripts import script

pytestmark = pytest.mark.slow

#: In parts, so that they are shared out.
PARTS, EACH = 5, 30


@pytest.mark.parametrize("part", range(PARTS))
async def test_it_all_comes_right_whatever_goes_wrong(part: int) -> None:
    for seed in range(part * EACH, (part + 1) * EACH):
        try:
            await script(seed)
        except Exception as error:
            error.add_note(f"script {seed}")
            raise
