"""A plan as a file: the part of `config.bootstrap` that `troth plan --invite` needs."""

from __future__ import annotations

from pathlib import Path

from integrations.ics.encode import encode
from integrations.system import SystemClock, SystemIds
from scheduler.errors import Refused
from scheduler.handout import handout
from scheduler.slots import Plan

#: Of UIDs that no programme made; RFC 2606 keeps this name for nobody.
DOMAIN = "plan.troth.invalid"


def hand_out(plan: Plan, name: str) -> None:
    """Write the plan as iCalendar; `Refused` with E_FILE_UNWRITABLE."""
    invite = handout(plan, uid=SystemIds().uid(DOMAIN), stamp=SystemClock().now())
    data = encode(invite)
    try:
        Path(name).write_bytes(data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a file name"
        raise Refused(
            "E_FILE_UNWRITABLE",
            f"--invite {name} cannot be written ({why}); give another file.",
            field="--invite",
        ) from None
