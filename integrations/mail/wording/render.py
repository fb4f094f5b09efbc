"""Facts to words: the one place where Troth writes to people.

Pure: the same letter for the same reader is the same message. Both partners get the
same facts; greeting, language and the order of clocks follow from the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import mrml

from integrations.ics.encode import encode
from integrations.mail.wording.catalogue import Catalogue, catalogues, nearest
from integrations.mail.wording.sheet import (
    Block,
    Button,
    Clocks,
    Figures,
    Link,
    Mark,
    Paragraph,
    Quote,
    Row,
    Sheet,
    Token,
    Tokens,
    plain,
    read_document,
    read_sheet,
)
from integrations.mail.wording.speech import Speech
from integrations.mail.wording.text import as_text
from scheduler.access import Purpose
from scheduler.effects import Address, Message
from scheduler.invite import Invite, Method
from scheduler.letters import ALWAYS, Facts, Letter, LetterKind
from scheduler.letters import Mark as Outcome
from scheduler.localtime import midnight, zone
from scheduler.ports.mail import LinkMaker, Reader
from scheduler.timespan import Span

_DAY = timedelta(days=1)
_FOLDER = Path(__file__).parent
_TONES = {
    Outcome.KEPT: "oak",
    Outcome.REPAIRED: "oak",
    Outcome.OWED: "acorn",
    Outcome.UNCONFIRMED: "acorn",
}
#: No web fonts: a font family that Google has too would be fetched from there.
_BARE = mrml.RenderOptions(fonts={})


class Wording:
    """`Render` with the wording files of a folder, in every language that is whole.

    With `reads_answers` letters say what may be written back in words.
    """

    def __init__(self, folder: Path = _FOLDER, *, reads_answers: bool = False) -> None:
        self._languages = catalogues(folder)
        words = jinja2.FileSystemLoader(folder)
        self._words = jinja2.Environment(
            loader=words,
            autoescape=False,  # noqa: S701 - plain text; `plain` is what escapes
            finalize=plain,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._words.globals["reads_answers"] = reads_answers
        self._sheets = jinja2.Environment(
            loader=words, autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._sheets.filters |= {"months": _months, "kind": _kind}

    def letter(self, letter: Letter, reader: Reader, link: LinkMaker) -> Message:
        """A letter; `List-Unsubscribe` on those that people may do without."""
        writing = self._writing(reader, letter.facts)
        sheet = writing.sheet(
            letter.kind.value,
            own=lambda: link(Purpose.PAGES),
            to=lambda purpose, about="": link(Purpose(purpose), about),
            about=str(letter.about or ""),
            offer=letter.offer or "",
            fewer=lambda: link(Purpose.FEWER, letter.kind.value),
            always=letter.kind in ALWAYS,
            coordinator=letter.to is None,
            promises=_promises(reader),
            thanks=reader.thanks,
        )
        headers: tuple[tuple[str, str], ...] = ()
        if letter.kind not in ALWAYS:
            address = link(Purpose.FEWER, letter.kind.value)
            headers = (
                ("List-Unsubscribe", f"<{address}>"),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            )
        agenda = letter.facts.agenda if letter.kind is LetterKind.AGENDA else ""
        return Message(
            to=_address(letter.address, reader),
            subject=sheet.subject,
            text=as_text(sheet, writing.greeting),
            html=self._html(sheet, writing, reader),
            attachments=(("agenda.md", "text/markdown", agenda.encode()),)
            if agenda
            else (),
            headers=headers,
        )

    def invite(self, invite: Invite, reader: Reader, link: LinkMaker) -> Message:
        """An iTIP mail: what happens to whom, in a few words, and the object."""
        facts = Facts(
            meeting=invite.span,
            moved=tuple(override.span for override in invite.overrides),
            unplaced=len(invite.exdates),
        )
        writing = self._writing(reader, facts)
        sheet = writing.sheet(
            _name(invite),
            own=lambda: link(Purpose.PAGES),
            series=bool(invite.rrule),
            always=True,
        )
        return Message(
            to=_address("", reader),
            subject=sheet.subject,
            text=as_text(sheet, writing.greeting),
            html=self._html(sheet, writing, reader),
            calendar=encode(invite),
            method=invite.method.value,
        )

    def _writing(self, reader: Reader, facts: Facts) -> _Writing:
        person = reader.person
        language = person.language if person else reader.programme.language
        return _Writing(self._words, nearest(self._languages, language), reader, facts)

    def _html(self, sheet: Sheet, writing: _Writing, reader: Reader) -> str:
        told = self._sheets.get_template("layout.mjml").render(
            sheet=sheet,
            language=writing.speech.language,
            greeting=writing.greeting,
            programme=reader.programme.name,
        )
        return mrml.to_html(told, render_options=_BARE).content


def _name(invite: Invite) -> str:
    """The wording of an iTIP message."""
    one = invite.recurrence_id is not None or not invite.rrule
    match invite.method:
        case Method.CANCEL:
            return "itip-taken-out" if one else "itip-ended"
        case Method.DECLINECOUNTER:
            return "itip-stays"
        case _:
            changed = invite.sequence > 0
            return ("itip-moved" if one else "itip-changed") if changed else "itip"


def _address(address: str, reader: Reader) -> Address:
    if reader.person is None:
        return Address(address)
    return Address(address or reader.person.email, reader.person.name)


class _Writing:
    """One sheet being written for one reader."""

    def __init__(
        self,
        words: jinja2.Environment,
        catalogue: Catalogue,
        reader: Reader,
        facts: Facts,
    ) -> None:
        self._words, self._reader, self._facts = words, reader, facts
        self._tokens = Tokens()
        person, partner = reader.person, reader.partner
        self.speech = Speech(
            catalogue,
            person.zone if person else reader.programme.zone,
            _first(person.name) if person else "",
            partner.zone if partner else "",
            _first(partner.name) if partner else catalogue.partner,
        )
        name = self.speech.name
        told = catalogue.greeting.format(name=name) if name else catalogue.nameless
        self.greeting = str(plain(told))

    def sheet(self, name: str, **more: Any) -> Sheet:
        """The sheet that a wording file comes to."""
        speech, facts = self.speech, self._facts
        template = self._words.get_template(f"{name}/{speech.language}.txt")
        text = template.render(
            you=speech.name,
            partner=speech.partner_name,
            programme=self._reader.programme.name,
            facts=facts,
            say=speech,
            count=dict(facts.counts),
            link=lambda label, url: self._put(Link(_one_line(label), url)),
            button=lambda label, url: self._put(Button(_one_line(label), url)),
            clocks=lambda span: self._put(Clocks((("", "", speech.clocks(span)),))),
            times=self._times,
            row=lambda: self._put(self._row()),
            quote=lambda words: self._put(Quote(_one_line(words))),
            rate=self._rate,
            figures=lambda: self._put(self._figures()),
            agenda=lambda: self._put(read_document(facts.agenda)),
            sayings=lambda: self._sayings(facts.words),
            coordinates=self._reader.programme.coordinator,
            **more,
        )
        return read_sheet(text, self._tokens)

    def _put(self, part: Block | Link) -> Token:
        return self._tokens.put(part)

    def _times(self, spans: Iterable[Span], url: str = "") -> Token:
        """Days to choose from; with `url` each leads there, saying which it was."""
        speech = self.speech
        return self._put(
            Clocks(
                tuple(
                    (
                        speech.day(span),
                        f"{url}?time={number}" if url else "",
                        speech.clocks(span, until=False),
                    )
                    for number, span in enumerate(spans, 1)
                )
            )
        )

    def _sayings(self, words: str) -> str:
        """Somebody's own words, paragraph by paragraph: words and nothing else."""
        parts = [_one_line(part) for part in re.split(r"\n\s*\n", words)]
        tokens = [self._put(Paragraph((part,))) for part in parts if part]
        return Token("\n\n".join(tokens))

    def _row(self) -> Row:
        speech, row = self.speech, self._facts.row
        occurring = [o for o in Outcome if any(mark.mark is o for mark in row)]
        return Row(
            tuple(
                Mark(
                    mark.mark.value,
                    _TONES.get(mark.mark, "soft"),
                    speech.short_month(mark.days),
                    mark.is_next,
                )
                for mark in row
            ),
            tuple((o.value, _TONES.get(o, "soft"), speech.mark(o)) for o in occurring),
            speech.words.next,
        )

    def _rate(self, name: str) -> tuple[int, int]:
        """Numerator and denominator of one of the four rates."""
        told = self._facts.to_date
        rates = told.rates if told else ()
        return next(((k, n) for one, k, n in rates if one == name), (0, 0))

    def _figures(self) -> Figures:
        """The four rates, and beside them what is in none of them."""
        speech, told = self.speech, self._facts.to_date
        if told is None:
            return Figures(())
        shown = [(name, speech.rate(k, n)) for name, k, n in told.rates]
        beside = (("unconfirmed", told.unconfirmed), ("left out", told.left_out))
        shown += [(name, str(count)) for name, count in beside if count]
        return Figures(tuple((speech.figure(name), figure) for name, figure in shown))


class _Said(NamedTuple):
    """A promise as its reminder tells it; both days on the reader's calendar."""

    id: str
    text: str
    made: Span
    by: Span


def _promises(reader: Reader) -> tuple[_Said, ...]:
    where = zone(reader.person.zone if reader.person else reader.programme.zone)
    return tuple(
        _Said(
            one.id,
            one.text,
            Span(one.made_at, one.made_at + _DAY),
            Span(midnight(one.due, where), midnight(one.due + _DAY, where)),
        )
        for one in reader.promises
    )


def _first(name: str) -> str:
    """The first name, as far as a name tells."""
    return _one_line(name).split(" ")[0]


def _one_line(text: str) -> str:
    return " ".join(str(plain(text)).split())


def _months(line: Iterable[Mark]) -> list[tuple[str, int]]:
    """(month, how many marks stand above it)."""
    months = groupby(line, key=lambda mark: mark.month)
    return [(month, len(list(marks))) for month, marks in months]


def _kind(block: Block) -> str:
    if isinstance(block, Paragraph):
        return "note" if block.kind == "note" else "paragraph"
    return type(block).__name__.lower()
