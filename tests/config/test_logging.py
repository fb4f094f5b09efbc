"""No line of the log holds what opens a door, or what a calendar or a mail said."""

import io
import json
import logging
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from config.logging import make_handler, mask, use_events

CANARIES = [
    "https://ida:hunter2@dav.example.org/cal/canary/private.ics?token=canary",
    "webcal://feeds.example.org/canary-0123456789",
    "redis://:canary@localhost:6379/0",
    "smtp://me:canary@mail.example.org",
    "Authorization: Bearer canary",
    "authorization='Basic Y2FuYXJ5'",
    "password=canary",
    "{'token': 'canary'}",
    "GET /p/pages/canary.abc HTTP/1.1",
    "ada.canary@example.org",
    "<mailto:canary@example.org>",
    "4f1c2b3a4f1c2b3a4f1c2b3a4f1c2b3a@canary.example",
    "canary-" + "x" * 30,
]
ID = "01JABCDEFGHJKMNPQRSTVWXYZ0"


class Log(NamedTuple):
    ours: structlog.stdlib.BoundLogger
    written: io.StringIO


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    written = io.StringIO()
    handler = make_handler(request.param, written)
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    use_events()
    yield Log(structlog.stdlib.get_logger("troth"), written)
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("canary", CANARIES)
def test_masks(canary: str):
    masked = mask(f"before {canary} after")
    assert "canary" not in masked.replace("***", "").replace("canary.example", "")
    assert "hunter2" not in masked
    assert "Y2FuYXJ5" not in masked
    assert masked.startswith("before ")


@pytest.mark.parametrize("canary", CANARIES)
def test_no_way_into_the_log_shows_them(canary: str, log: Log):
    log.ours.info("asked", reason=canary, title=canary, work=ID, count=3)
    log.ours.warning(canary)
    log.ours.info("thing", error=canary, url=canary, attempts={"x": canary})
    logging.getLogger("library").warning("sentence with %s", canary)
    try:
        int(f"no number: {canary}")
    except ValueError as error:
        log.ours.exception("failed")
        log.ours.warning("failed", error=error)
        logging.getLogger("library").exception("failed")
    written = log.written.getvalue()
    assert "canary" not in written.replace("canary.example", "")
    assert "hunter2" not in written
    assert ID in written
    assert "ValueError < test_logging.py" in written
    assert "title" not in written


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_json_is_one_object_a_line(log: Log):
    log.ours.info("put back", work=ID, seconds=7)
    logging.getLogger("library").info("%d rows", 5)
    lines = [json.loads(line) for line in log.written.getvalue().splitlines()]
    assert lines[0]["event"] == "put back"
    assert lines[0]["work"] == ID
    assert lines[0]["seconds"] == 7
    assert lines[0]["level"] == "info"
    assert lines[1]["event"] == "5 rows"


@given(st.text(max_size=200))
@settings(max_examples=50)
def test_masking_twice_changes_nothing(text: str):
    assert mask(mask(text)) == mask(text)
