"""What a command says when it fails: one line, and an exit code that scripts know."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from scheduler.errors import NeedsConsent, Refused, Unavailable

WRONG, NO_ANSWER = 2, 3


@contextmanager
def told() -> Iterator[None]:
    """Turn our errors into `error: E_CODE: sentence` and exit codes 2 and 3.

    What else is raised is a bug, and stays one: exit code 1, with its trace.
    """
    try:
        yield
    except Refused as refused:
        _end(refused.code, refused.message, WRONG)
    except Unavailable as silent:
        sentence = f"{silent}; try again later."
        _end("E_UNAVAILABLE", sentence, NO_ANSWER)
    except NeedsConsent as locked:
        _end("E_NEEDS_CONSENT", f"{locked}; it wants to know who asks.", NO_ANSWER)
    except typer.TyperException as wrong:
        # An empty message: the help was printed instead.
        if sentence := wrong.format_message():
            _end("E_USAGE", sentence, WRONG)
        sys.exit(WRONG)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.stdout = None  # whoever read has gone: nothing is left to flush for
        sys.exit(0)


def _end(code: str, sentence: str, number: int) -> None:
    line = " ".join(sentence.split())
    print(f"error: {code}: {line}", file=sys.stderr)
    sys.exit(number)
