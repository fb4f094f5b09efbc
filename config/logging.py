"""Logs of ids and counts: only fields on a list, and nothing that opens a door.

What our own code logs is an event, which is a constant, and fields; a field that is
not on the list is left out. What libraries log is a sentence: addresses, tickets and
tokens in it are masked. Of an error the type and the place are told, never its
words, since they may hold what a calendar or a mail held (promises.md S10).
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

#: What may stand in a line of the log.
FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "logger"),
        *("work", "kind", "attempts", "code", "reason", "error", "seconds", "count"),
        *("calendar", "outbox", "pair", "person", "programme", "series"),
        *("method", "route", "status", "url", "due", "port"),
    }
)
#: Libraries that tell too much below this level.
QUIET = ("arq", "aiosqlite", "sqlalchemy", "alembic", "asyncio", "uvicorn", "aiohttp")
_PLACES = 3

_ADDRESS = re.compile(
    r"\b([a-z][a-z0-9+.-]*://)([^\s/?#@'\"]*@)?([^\s/?#'\"]*)\S*", re.IGNORECASE
)
_MAIL = re.compile(r"[^\s@<>'\"]+@[^\s@<>'\"]+")
_BEARER = re.compile(r"\b(bearer|basic)\s+\S+", re.IGNORECASE)
_SETTING = re.compile(
    r"\b(password|passwd|token|secret|key|ticket|authorization)(['\"]?\s*[=:]\s*)\S+",
    re.IGNORECASE,
)
_TICKET = re.compile(r"/(p|feeds)/\S+")
#: Whatever is as long as a ticket, a token or the random half of a UID; row ids, of
#: 26 characters, are shorter.
_LONG = re.compile(r"[A-Za-z0-9_.=+-]{30,}")


def mask(text: str) -> str:
    """A text without addresses, tickets, tokens and passwords."""
    text = _ADDRESS.sub(r"\1\3/***", text)
    text = _MAIL.sub("***", text)
    text = _BEARER.sub(r"\1 ***", text)
    text = _SETTING.sub(r"\1\2***", text)
    text = _TICKET.sub(r"/\1/***", text)
    return _LONG.sub("***", text)


def place(error: BaseException) -> str:
    """The type of an error and where it was raised, innermost first."""
    frames = extract_tb(error.__traceback__)[-_PLACES:]
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[::-1])
    return " < ".join((type(error).__name__, *places))


def only_listed(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Leave out every field that is not on the list; mask the others."""
    error = event.get("exc_info") or event.get("error")
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = place(error)
    return {
        name: mask(value) if isinstance(value, str) else _plain(value)
        for name, value in event.items()
        if name in FIELDS or name.startswith("_")
    }


def _plain(value: object) -> object:
    """Numbers as they are; anything else might hold more than its name says."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (structlog.stdlib.BoundLogger, logging.LogRecord)):
        return value
    return type(value).__name__


_SHARED: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def make_handler(form: Literal["text", "json"], stream: TextIO) -> logging.Handler:
    """Writes what our code and libraries log, one line each."""
    last: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                only_listed,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                last,
            ],
        )
    )
    return handler


def use_events() -> None:
    """Hand what our code logs to the standard library's loggers, as events."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def set_up(form: Literal["text", "json"], level: str) -> None:
    """Write the log to standard error from now on; a second call changes it."""
    use_events()
    handler = make_handler(form, sys.stderr)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.raiseExceptions = False  # it would print what was to be logged
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
