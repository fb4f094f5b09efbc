"""Errors, named for what the caller does next.

`Refused` is the person's to mend: it has a code that scripts can match, one sentence
that names the field and the mend, and it never holds anybody's data. The others are
ours: adapters translate what they meet into one of them, once, at the edge.
"""


class Troth(Exception):
    """Every error that Troth raises on purpose."""


class Refused(Troth):
    """The input is wrong; say why, and do not try again with the same one.

    `code` is stable (`E_…`), `message` is one sentence, `field` names the input.
    """

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.field = field


class NotFound(Refused):
    """There is no such thing, or it is not for this person: the two look alike."""

    def __init__(self, what: str, *, field: str | None = None) -> None:
        super().__init__("E_NOT_FOUND", f"There is no such {what}.", field=field)


class Taken(Refused):
    """Somebody else was faster; offer what is left (HTTP 409)."""


class Unavailable(Troth):
    """The other side does not answer now; try again, not before `after` seconds."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Overtaken(Unavailable):
    """Somebody else changed what this had read; do the whole of it again, at once."""


class Exhausted(Unavailable):
    """It takes nothing new for hours: what can go another way goes that way."""


class CursorExpired(Troth):
    """The other side forgot this cursor: read everything again."""


class NeedsConsent(Troth):
    """The password or the grant is no longer good: stop, and ask its owner once."""


class Conflict(Troth):
    """It changed under us, or is there already: read it back, then decide."""


class Gone(Troth):
    """It is not there any more: a person took it away."""


class Rejected(Troth):
    """The other side will never take this; trying again does not help."""


class LeaseLost(Troth):
    """Somebody else took this work over: drop it, and write nothing."""
