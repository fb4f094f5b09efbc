"""Every letter as a picture, and docs/letters.md around them: one command makes both.

    python -m tests.integrations.mail.pictures

Needs a Chromium: TROTH_CHROMIUM, or one on the PATH. Nothing is fetched.
"""

from __future__ import annotations

import base64
import os
import shutil
import struct
import sys
import zlib
from array import array
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from scheduler.effects import Message
from scheduler.invite import Method
from scheduler.letters import (
    ALWAYS,
    Facts,
    Letter,
    LetterKind,
    Mark,
    Question,
    RowMark,
    Suggestion,
)
from scheduler.timespan import Span
from tests.integrations.mail.letters import (
    FACTS,
    IDA,
    KEY,
    READER,
    WORDING,
    at,
    letter,
    link,
)
from tests.integrations.mail.test_wording import INVITE, ONE

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "letters"
PAGE = ROOT / "docs" / "letters.md"
#: Colour scheme, and width in CSS pixels.
SHAPES: tuple[tuple[Literal["light", "dark"], int], ...] = (
    ("light", 360),
    ("dark", 600),
)
#: What a picture may weigh, in bytes.
WEIGHT = 60_000

_AGENDA = """\
# Agenda

## Promises

- Leyla: send the second draft of the outline, by Monday 1 February

## Topics

- Asking for criticism without fishing for praise (Leyla)
- Leiden or Gdańsk? (Leyla, carried over)

## A question for both

Tell of a time when something went wrong for you. What did you do the morning after?
"""


def row(signs: str, coming: int) -> tuple[RowMark, ...]:
    """A row of fortnights from mid-September on; `coming` is the next one."""
    begun = datetime(2026, 9, 13, 22, tzinfo=UTC)
    turn = timedelta(weeks=2)
    return tuple(
        RowMark(Mark(s), Span(begun + n * turn, begun + (n + 1) * turn), n == coming)
        for n, s in enumerate(signs)
    )


_PAST = row("●●○●◎●–●●◎●··", 11)
_NOON, _HOUR = timedelta(days=1, hours=15), timedelta(minutes=45)
_SO_FAR = Span(
    datetime(2026, 9, 13, 22, tzinfo=UTC), datetime(2027, 3, 14, 23, tzinfo=UTC)
)
_REST = Span(
    datetime(2027, 1, 31, 23, tzinfo=UTC), datetime(2027, 2, 28, 23, tzinfo=UTC)
)
#: What each letter is shown to tell, where it is not what the tests tell.
_SHOWN = {
    LetterKind.INVITATION: replace(
        FACTS,
        meeting=Span(_SO_FAR.start + _NOON, _SO_FAR.start + _NOON + _HOUR),
        row=row("·" * 13, 0),
    ),
    LetterKind.AGENDA: replace(
        FACTS, agenda=_AGENDA, asked=(Question(at(30, month=1), KEY),)
    ),
    LetterKind.FELL_OUT: replace(FACTS, row=row("●●○●◎●–●●○···", 9)),
    LetterKind.REPAIRED: replace(FACTS, next=at(4, 15), row=row("●●○●◎●–●●○···", 9)),
    LetterKind.MOVED: replace(FACTS, next=at(4, 15)),
    LetterKind.OWED: replace(FACTS, row=row("●●○·", 3), window=row("●●○", 9)[2].days),
    LetterKind.ASK: Facts(meeting=at(2)),
    LetterKind.CONSISTENCY: replace(
        FACTS,
        row=_PAST,
        counts=(("due", 2), ("kept", 1), ("repaired", 1), ("owed", 0)),
        to_date=FACTS.to_date and replace(FACTS.to_date, unconfirmed=0),
        suggestion=Suggestion("another hour"),
    ),
    LetterKind.MILESTONE: replace(FACTS, row=row("●●○●◎●–●●◎●●·", 12), window=_SO_FAR),
    LetterKind.RENEW: replace(
        FACTS,
        row=row("●●○●◎●–●●◎●··", 11),
        window=replace(_SO_FAR, start=_SO_FAR.end - timedelta(days=1)),
    ),
    LetterKind.PAUSED: replace(
        FACTS, window=_REST, row=row("●●○●◎●–●●‖‖··", 11), counts=(("taken out", 2),)
    ),
    LetterKind.RESUMED: replace(
        FACTS, row=row("●●○●◎●–●●‖‖··", 11), counts=(("put back", 0),)
    ),
    LetterKind.GOODBYE: replace(
        FACTS,
        window=_SO_FAR,
        row=row("●●○●◎●–●●◎●●●", 99),
        counts=(("held", 11), ("promises kept", 13)),
    ),
    LetterKind.PAIR_CLOSED: Facts(words="Ida Ek and Leyla Özdemir"),
    LetterKind.SIGN_IN: Facts(),
    LetterKind.KIND_WORD: Facts(
        subject="Would another hour be easier?",
        words="The last two meetings with Ida found no day. If another hour would be "
        "easier for you both, you can change it on your pages.\n\nKim",
    ),
}
#: When each is written, and to whom, in a line for docs/letters.md.
WHEN = {
    LetterKind.WELCOME: "to both, when a programme has put them together",
    LetterKind.PLEASE_AGREE: "to whoever has yet to say yes to a version; again after "
    "3 and 10 days",
    LetterKind.INVITATION: "to whoever's calendar Troth writes itself",
    LetterKind.AGENDA: "two days before a meeting, to whoever has no written copy",
    LetterKind.MET: "to both, the morning after a meeting",
    LetterKind.FELL_OUT: "to both, when a meeting fell through",
    LetterKind.CLASH: "to both, when something else was put on top of a meeting",
    LetterKind.REPAIRED: "to both, when a new time is booked; undone for a day",
    LetterKind.MOVED: "to the other, when one moved a meeting in a calendar",
    LetterKind.OWED: "to both, once, an hour after a period ended without a meeting",
    LetterKind.ASK: "to one alone, when it is not certain what they meant",
    LetterKind.CONSISTENCY: "to both, on the first working morning of a month, if "
    "there is something to say",
    LetterKind.MILESTONE: "to both, once each: first month, fifth and tenth meeting, "
    "every promise of a term",
    LetterKind.PROMISE: "to its owner alone, the morning after its date; once for each "
    "date",
    LetterKind.BROKEN: "to the owner of a calendar, once, when it cannot be read",
    LetterKind.REVIEW: "to both, at the interval they agreed",
    LetterKind.RENEW: "to both, three weeks before the last day they agreed",
    LetterKind.PAUSED: "to both, when a pause is agreed",
    LetterKind.RESUMED: "to both, on the day they go on",
    LetterKind.GOODBYE: "to both, when the pair is closed",
    LetterKind.KIND_WORD: "to one or both, written by the coordinator",
    LetterKind.PAIR_CLOSED: "to the coordinator, when a pair has closed, without a "
    "reason",
    LetterKind.NOT_READ: "to whoever wrote what Troth could not take",
    LetterKind.SIGN_IN: "to whoever asked for a link",
    LetterKind.ERASE: "to whoever asked to be forgotten, for them to confirm",
}
#: The words beside what calendar programs read.
_INVITES = {
    "itip": (INVITE, "the invitation, to whoever gets it by mail"),
    "itip-changed": (replace(INVITE, sequence=2), "when the whole series changed"),
    "itip-moved": (ONE, "when one meeting has another time"),
    "itip-taken-out": (
        replace(ONE, method=Method.CANCEL),
        "when one meeting is taken out",
    ),
    "itip-ended": (
        replace(INVITE, overrides=(), method=Method.CANCEL, sequence=3),
        "when the series has come to its end",
    ),
    "itip-stays": (
        replace(ONE, method=Method.DECLINECOUNTER),
        "when a proposed time is not taken",
    ),
}


def shown() -> dict[str, tuple[Message, str]]:
    """Every letter by the folder of its wording, and when it is written."""
    found = {}
    for kind in LetterKind:
        told = replace(letter(kind, _SHOWN.get(kind, FACTS)))
        if kind is LetterKind.PAIR_CLOSED:
            told = Letter(kind, None, None, told.facts, address="kim@hafen.test")
        reader = READER if told.to else replace(READER, person=None, partner=None)
        when = WHEN[kind] + ("; always" if kind in ALWAYS else "")
        found[kind.value] = WORDING.letter(told, reader, link), when
    for name, (invite, when) in _INVITES.items():
        message = WORDING.invite(invite, replace(READER, partner=IDA), link)
        found[name] = message, f"{when}; always"
    return found


#: Draws a PNG on a canvas and gives its pixels back, four bytes each, in base64.
_PIXELS = """async (png) => {
  const bitmap = await createImageBitmap(await (await fetch(png)).blob());
  const sheet = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  sheet.drawImage(bitmap, 0, 0);
  const data = sheet.getImageData(0, 0, bitmap.width, bitmap.height).data;
  let text = "";
  for (let n = 0; n < data.length; n += 30000)
    text += String.fromCharCode(...data.subarray(n, n + 30000));
  return [bitmap.width, btoa(text)];
}"""


def take(page: Page, blank: Page, html: str, width: int) -> bytes:
    """One letter as a PNG of few colours."""
    page.set_viewport_size({"width": width, "height": 200})
    page.set_content(html)
    octets = base64.b64encode(page.screenshot(full_page=True)).decode()
    wide, pixels = blank.evaluate(_PIXELS, f"data:image/png;base64,{octets}")
    return paletted(wide, array("I", base64.b64decode(pixels)))


def paletted(width: int, pixels: array[int]) -> bytes:
    """A PNG of 256 colours: the commonest that differ, for others the nearest."""
    often = [colour for colour, _ in Counter(pixels).most_common()]
    palette: list[tuple[int, ...]] = []
    for colour in map(_rgb, often):
        if len(palette) < 256 and (
            not palette or _apart(colour, palette[_nearest(colour, palette)]) > 100
        ):
            palette.append(colour)
    index = {colour: _nearest(_rgb(colour), palette) for colour in often}
    found = bytes(map(index.__getitem__, pixels))
    lines = b"".join(b"\0" + found[n : n + width] for n in range(0, len(found), width))
    header = struct.pack(">IIBBBBB", width, len(found) // width, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"PLTE", bytes(value for colour in palette for value in colour)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def _rgb(colour: int) -> tuple[int, ...]:
    return tuple(colour.to_bytes(4, sys.byteorder)[:3])


def _nearest(colour: tuple[int, ...], palette: list[tuple[int, ...]]) -> int:
    apart = [_apart(colour, one) for one in palette]
    return apart.index(min(apart))


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def listing() -> str:
    """The part of docs/letters.md that shows the letters."""
    found = []
    for name, (message, when) in shown().items():
        pictures = " ".join(
            f'<img src="letters/{name}-{shape}.png" width="{width // 2}" '
            f'alt="The letter, {width} pixels wide, {shape}">'
            for shape, width in SHAPES
        )
        found.append(f"### {name}\n\n*{message.subject}*: {when}.\n\n{pictures}\n")
    return "\n".join(found)


_MARKER = "<!-- from here on written by tests/integrations/mail/pictures.py -->\n"


def main(only: list[str]) -> None:
    """Take the pictures (all, or those named) and write the page anew."""
    FOLDER.mkdir(exist_ok=True)
    program = os.environ.get("TROTH_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program)
        blank = browser.new_page()
        for shape, width in SHAPES:
            page = browser.new_page(color_scheme=shape)
            for name, (message, _) in shown().items():
                if not only or name in only:
                    octets = take(page, blank, message.html, width)
                    (FOLDER / f"{name}-{shape}.png").write_bytes(octets)
        browser.close()
    head = PAGE.read_text().partition(_MARKER)[0]
    PAGE.write_text(f"{head}{_MARKER}\n{listing()}")


if __name__ == "__main__":
    main(sys.argv[1:])
