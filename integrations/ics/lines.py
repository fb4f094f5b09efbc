"""Content lines of iCalendar (RFC 5545 section 3.1): escaping, quoting, folding.

Written here and not taken from a library, because what an effect is on the wire must
stay byte for byte the same from its first try to its last, across upgrades; and so
that the libraries that read it back in the tests are not the ones that wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: Control characters, and what Unicode takes for an end of line; a tab may stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")

#: Octets of one line, CRLF not counted.
WIDTH = 75


def text(value: str) -> str:
    """A TEXT value: newlines are escaped, other control characters vanish."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    plain = plain.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return bare(plain)


def bare(value: str) -> str:
    """A value that is not escaped (a URI, a rule): nothing in it ends the line."""
    return _CONTROLS.sub("", value)


def line(name: str, value: str, params: Mapping[str, str] | None = None) -> str:
    """One unfolded line; `value` is already `text` or `bare`."""
    words = "".join(f";{key}={_param(word)}" for key, word in (params or {}).items())
    return f"{name}{words}:{value}"


def _param(value: str) -> str:
    """A parameter value; a quote cannot stand in one, so it becomes an apostrophe."""
    plain = bare(value).replace('"', "'").replace("\t", " ")
    return f'"{plain}"' if any(c in " ,;:'" or c > "~" for c in plain) else plain


def folded(lines: Iterable[str]) -> bytes:
    """Lines with CRLF, none longer than 75 octets, no character cut in two."""
    out = bytearray()
    for whole in lines:
        room = WIDTH
        for char in whole:
            octets = char.encode("utf-8", "replace")
            if len(octets) > room:
                out += b"\r\n "
                room = WIDTH - 1
            out += octets
            room -= len(octets)
        out += b"\r\n"
    return bytes(out)
