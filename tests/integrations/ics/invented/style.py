"""Content lines -> bytes, in the many ways in which programs write the same."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

BOM = b"\xef\xbb\xbf"
#: What may be written small, name and all.
SMALL = ("BEGIN", "END", "DTSTART", "DTEND", "DURATION", "STATUS", "TRANSP", "RRULE")
SMALL += ("EXDATE", "RDATE", "RECURRENCE-ID", "FREEBUSY", "EXRULE", "UID")
#: And with its value.
SMALL_VALUES = ("BEGIN", "END", "STATUS", "TRANSP", "RRULE", "EXRULE", "DURATION")


@dataclass(frozen=True)
class Style:
    """How the bytes of one calendar look."""

    line_break: bytes = b"\r\n"
    folds: float = 0.0
    small: float = 0.0
    blank: float = 0.0
    bom: bool = False

    @property
    def warns(self) -> set[str]:
        return {"W_ICS_BYTES"} if self.bom else set()


def some_style(dice: Random) -> Style:
    return Style(
        line_break=dice.choice((b"\r\n", b"\r\n", b"\n")),
        folds=dice.choice((0.0, 0.0, 0.3)),
        small=dice.choice((0.0, 0.0, 0.3)),
        blank=dice.choice((0.0, 0.0, 0.1)),
        bom=dice.random() < 0.1,
    )


def styled(lines: list[str], style: Style, dice: Random) -> bytes:
    """The bytes; folds lie anywhere, also inside a name or a character."""
    texts = []
    for line in lines:
        text = line
        if dice.random() < style.small:
            text = small(line)
        data = text.encode()
        if dice.random() < style.folds:
            data = folded(data, style.line_break, dice)
        texts.append(data)
        if dice.random() < style.blank:
            texts.append(b"")
    return BOM * style.bom + style.line_break.join([*texts, b""])


def small(line: str) -> str:
    name = line.partition(":")[0].partition(";")[0]
    if name in SMALL_VALUES:
        return line.lower()
    return name.lower() + line[len(name) :] if name in SMALL else line


def folded(data: bytes, line_break: bytes, dice: Random) -> bytes:
    at = sorted(
        dice.sample(range(1, len(data)), min(len(data) - 1, dice.randint(1, 4)))
    )
    parts = [data[i:j] for i, j in zip([0, *at], [*at, None], strict=True)]
    return (line_break + dice.choice((b" ", b"\t"))).join(parts)
