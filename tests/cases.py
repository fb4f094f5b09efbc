"""How many cases are tried: in `make check` a third of those of `make test`."""

from hypothesis import settings


def tried(many: int) -> int:
    """So many in `make test`, and as large a part of them as there is tried at all."""
    return many * settings.default.max_examples // 100
