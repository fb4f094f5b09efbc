"""Google's own description of its APIs, held against every request and answer.

The description is the discovery document in the wheel of google-api-python-client. What
it does not name is an error here, in a request (Google may pass over it) and in an
answer (which would then be no answer of Google's).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from integrations.google.fake.problems import (
    Answered,
    Json,
    Problem,
    invalid,
    not_found,
    required,
)

_DOCUMENTS = "discovery_cache/documents"
_VARIABLE = re.compile(r"\{(\w+)\}")
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?"
)


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its name without `calendar.`, such as `events.list`."""

    name: str
    http: str
    pattern: re.Pattern[str]
    parameters: Mapping[str, Json]
    takes: str | None
    gives: str | None
    scopes: frozenset[str]


class Discovery:
    """The document, read once."""

    def __init__(self, document: Json) -> None:
        self._schemas: Mapping[str, Json] = document["schemas"]
        common = document["parameters"]
        self.methods = {
            method.name: method
            for resource, content in document["resources"].items()
            for name, raw in content["methods"].items()
            for method in [_method(f"{resource}.{name}", raw, common)]
        }

    def route(self, http: str, path: str) -> tuple[Method, dict[str, str]]:
        """The method behind a path below `/calendar/v3/`, still quoted; or 404."""
        for method in self.methods.values():
            found = method.pattern.fullmatch(path) if method.http == http else None
            if found is not None:
                given = found.groupdict()
                return method, {name: unquote(text) for name, text in given.items()}
        raise not_found()

    def query(self, method: Method, pairs: Iterable[tuple[str, str]]) -> Json:
        """The query with its types; 400 for what the method does not take."""
        found: Json = {}
        for name, text in pairs:
            kind = method.parameters.get(name)
            if kind is None or kind["location"] != "query":
                raise _unknown(name)
            value = _typed(name, text, kind)
            if kind.get("repeated"):
                found.setdefault(name, []).append(value)
            elif name in found:
                raise invalid(f"Given twice: {name}", name)
            else:
                found[name] = value
        for name, kind in method.parameters.items():
            needed = kind["location"] == "query" and kind.get("required")
            if needed and name not in found:
                raise required(name)
        return found

    def check_body(self, method: Method, body: object) -> None:
        """400 `parseError` for a body that is not what the method takes."""
        if method.takes is None:
            wrong = [] if body is None else ["this method takes no body"]
        else:
            wrong = list(self.problems(method.takes, body, given=True))
        if wrong:
            raise Answered(Problem(400, "parseError", f"Parse Error: {wrong[0]}"))

    def problems(
        self, schema: str, value: object, *, given: bool = False
    ) -> Iterator[str]:
        """What of a value the schema does not know; `given` as a request may be."""
        return self._object(self._schemas[schema], value, schema, given=given)

    def schema(self, name: str) -> Json:
        """One schema, by name."""
        return self._schemas[name]

    def _any(
        self, kind: Json, value: object, where: str, *, given: bool
    ) -> Iterator[str]:
        if given and value is None:  # 'clear it', in a patch
            return
        if "$ref" in kind:
            kind = self._schemas[kind["$ref"]]
        match kind["type"]:
            case "object":
                yield from self._object(kind, value, where, given=given)
            case "array" if isinstance(value, list):
                for number, one in enumerate(value):
                    place = f"{where}[{number}]"
                    yield from self._any(kind["items"], one, place, given=given)
            case _:
                if not _fits(kind, value, given=given):
                    yield f"{where} is no {kind['type']} {kind.get('format', '')}"

    def _object(
        self, kind: Json, value: object, where: str, *, given: bool
    ) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where} is no object"
            return
        known, more = kind.get("properties", {}), kind.get("additionalProperties")
        for name, one in value.items():
            inner = known.get(name, more)
            if inner is None:
                yield f"{where} has no {name}"
            else:
                yield from self._any(inner, one, f"{where}.{name}", given=given)


def _method(name: str, raw: Json, common: Json) -> Method:
    path = _VARIABLE.sub(r"(?P<\1>[^/]+)", raw["path"])
    return Method(
        name=name,
        http=raw["httpMethod"],
        pattern=re.compile(path),
        parameters={**common, **raw.get("parameters", {})},
        takes=raw.get("request", {}).get("$ref"),
        gives=raw.get("response", {}).get("$ref"),
        scopes=frozenset(raw["scopes"]),
    )


def _unknown(name: str) -> Answered:
    message = f'Invalid JSON payload received. Unknown name "{name}"'
    place = ("parameter", name)
    return Answered(Problem(400, "invalidParameter", message, location=place))


def _typed(name: str, text: str, kind: Json) -> Any:
    match kind["type"]:
        case "boolean":
            if text not in {"true", "false"}:
                raise invalid(f"Invalid boolean: {text!r}", name)
            return text == "true"
        case "integer":
            return _number(name, text, kind)
        case _:
            if "enum" in kind and text not in kind["enum"]:
                raise invalid(f"Invalid value: {text!r}", name)
            if not _fits(kind, text, given=False):
                raise invalid("Bad Request", name)
            return text


def _number(name: str, text: str, kind: Json) -> int:
    low, high = int(kind.get("minimum", -(2**31))), int(kind.get("maximum", 2**31 - 1))
    if not re.fullmatch(r"-?\d{1,10}", text) or not low <= int(text) <= high:
        raise invalid(f"Invalid value: {text!r}, not in [{low}, {high}]", name)
    return int(text)


def _fits(kind: Json, value: object, *, given: bool) -> bool:
    """Whether a plain value has the type and the format that a schema asks for."""
    match kind["type"], kind.get("format"):
        case "boolean", _:
            return isinstance(value, bool)
        case "integer", _:
            return isinstance(value, int) and not isinstance(value, bool)
        case "number", _:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string", "int64" if given and isinstance(value, int):
            return True  # Google takes a number there too
        case "string", form:
            return isinstance(value, str) and _formatted(form, value)
        case kind_of, _:
            return bool(kind_of == "any")


def _formatted(form: str | None, text: str) -> bool:
    match form:
        case "date-time":
            return bool(_DATE_TIME.fullmatch(text)) and _parses(datetime, text.upper())
        case "date":
            return _parses(date, text)
        case "int64":
            return text.removeprefix("-").isdecimal()
        case _:
            return True


def _parses(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def described(name: str) -> Discovery:
    """A document in the wheel of google-api-python-client, such as `drive.v3`."""
    path = files("googleapiclient").joinpath(_DOCUMENTS, f"{name}.json")
    return Discovery(json.loads(path.read_text("utf-8")))


def calendar_v3() -> Discovery:
    """The calendar's."""
    return described("calendar.v3")
