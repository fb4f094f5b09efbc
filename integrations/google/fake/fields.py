"""Partial answers: the `fields` parameter, read strictly ('Improve performance').

`items(id,attendees(self)),nextPageToken` and `items/id` name what is wanted; all else
is left out, a page's tokens too when they are not named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from integrations.google.fake.discovery import Discovery
from integrations.google.fake.problems import Answered, Json, Problem

#: What is wanted below each name; None is all of it.
Mask = Mapping[str, "Mask | None"]
_WORD = re.compile(r"[A-Za-z][\w-]*|\*|[(),/]")


def read_fields(text: str, discovery: Discovery, schema: str) -> Mask:
    """The mask of a `fields` parameter; 400 for a name the schema does not have."""
    words = _WORD.findall(text)
    if "".join(words) != text or not text:
        raise _wrong(text)
    mask = _list(words)
    if words:
        raise _wrong(text)
    _check(mask, {"$ref": schema}, discovery)
    return mask


def project(mask: Mask | None, value: Any) -> Any:
    """What of a value the mask wants."""
    if mask is None or "*" in mask:
        return value
    if isinstance(value, list):
        return [project(mask, one) for one in value]
    if not isinstance(value, dict):
        return value
    return {k: project(mask[k], inner) for k, inner in value.items() if k in mask}


def _list(words: list[str]) -> dict[str, Mask | None]:
    """A list up to its end; takes what it reads from `words`."""
    found: dict[str, Mask | None] = {}
    while True:
        name, below = _item(words)
        found[name] = _merged(found[name], below) if name in found else below
        if not words or words[0] != ",":
            return found
        words.pop(0)


def _item(words: list[str]) -> tuple[str, Mask | None]:
    name = words.pop(0) if words else ""
    if not name or name in "(),/":
        raise _wrong(name)
    if words and words[0] == "/":
        words.pop(0)
        inner, below = _item(words)
        return name, {inner: below}
    if words and words[0] == "(":
        words.pop(0)
        mask = _list(words)
        if not words or words.pop(0) != ")":
            raise _wrong(name)
        return name, mask
    return name, None


def _merged(one: Mask | None, two: Mask | None) -> Mask | None:
    if one is None or two is None:
        return None
    both = one.keys() & two.keys()
    return {**one, **two, **{k: _merged(one[k], two[k]) for k in both}}


def _check(mask: Mask, kind: Json, discovery: Discovery) -> None:
    while "$ref" in kind or kind.get("type") == "array":
        kind = discovery.schema(kind["$ref"]) if "$ref" in kind else kind["items"]
    known, more = kind.get("properties", {}), kind.get("additionalProperties")
    for name, below in mask.items():
        inner = known.get(name, more)
        if name != "*" and inner is None:
            raise _wrong(name)
        if below is not None and inner is not None:
            _check(below, inner, discovery)


def _wrong(text: str) -> Answered:
    message = f"Invalid field selection {text}"
    place = ("parameter", "fields")
    return Answered(Problem(400, "invalidParameter", message, location=place))
