"""Mails in words: which lines are read, whose they are, and what is never answered."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.ports.mail import Claim, Ignored, Note
from tests.integrations.mail.answers import LEYLA, MX, read

VOUCHED = ("Authentication-Results", f"{MX}; dmarc=pass header.from=acme.test")


def a_note(
    text: str,
    *headers: tuple[str, str],
    html: str = "",
    sender: str = f"Leyla <{LEYLA}>",
) -> bytes:
    mail = EmailMessage()
    for name, value in headers:
        mail[name] = value
    mail["From"], mail["To"], mail["Subject"] = sender, "meet@hafen.test", "Re: agenda"
    if text:
        mail.set_content(text, cte="quoted-printable")
    if html and text:
        mail.add_alternative(html, subtype="html")
    elif html:
        mail.set_content(html, subtype="html")
    return mail.as_bytes()


def lines(octets: bytes) -> tuple[str, ...]:
    note = read(octets, MX)
    assert isinstance(note, Note), note
    return note.lines


QUOTES = {
    "marks": "> topic: theirs\n> promise: theirs, by Friday\n",
    "Gmail": "On Mon, 2 Mar 2026 at 08:00 Troth <m@hafen.test> wrote:\ntopic: theirs",
    "German": "Am Mo., 2. März 2026 um 08:00 schrieb Troth <m@hafen.test>:\ntopic: x",
    "Outlook": "________________________________\nFrom: Troth\ntopic: theirs",
    "Outlook in German": "Von: Troth\nGesendet: Montag\ntopic: theirs",
    "original": "-----Original Message-----\ntopic: theirs",
    "signature": "-- \ntopic: theirs",
}


class TestWhatIsRead:
    @pytest.mark.parametrize("quote", QUOTES)
    def test_only_what_stands_above_the_quoted_part(self, quote: str):
        text = f"Hi\n\ntopic: mine\n  Promise: a list, by Friday\n\n{QUOTES[quote]}\n"
        assert lines(a_note(text)) == ("topic: mine", "Promise: a list, by Friday")

    def test_nothing_of_anything_else(self):
        note = read(a_note("My secret is out.\nI promise: nothing\nPS: topic"), MX)
        assert note == Note(Claim(LEYLA, certain=False))
        assert "secret" not in repr(note)

    def test_below_a_quote_nothing(self):
        assert lines(a_note("> quoted\ntopic: below")) == ()

    def test_in_html_alone_too_as_far_as_its_quote(self):
        html = (
            "<style>topic: no</style><div>topic: <b>mine</b></div><p>promise: a list,\n"
            'by Friday</p><div class="gmail_quote"><p>topic: theirs</p></div>'
        )
        expected = ("topic: mine", "promise: a list, by Friday")
        assert lines(a_note("", html=html)) == expected
        quoted = "<p>topic: mine</p><blockquote>topic: theirs</blockquote>"
        assert lines(a_note("", html=quoted)) == ("topic: mine",)

    def test_of_two_shapes_the_plain_one(self):
        assert lines(a_note("topic: plain", html="<p>topic: html</p>")) == (
            "topic: plain",
        )

    def test_a_file_is_not_read(self):
        mail = EmailMessage()
        mail["From"] = LEYLA
        mail.set_content("Hello")
        mail.add_attachment("topic: in a file", filename="notes.txt")
        assert lines(mail.as_bytes()) == ()

    def test_umlauts_survive(self):
        octets = a_note("thema: Rückfragen üben")
        assert lines(octets) == ("thema: Rückfragen üben",)

    def test_not_more_than_one_person_asks_for(self):
        assert len(lines(a_note("\n".join(f"topic: {n}" for n in range(100))))) == 20


class TestWhoseItIs:
    def test_certain_only_by_the_word_of_our_own_exchanger(self):
        assert read(a_note("topic: x", VOUCHED), MX) == Note(
            Claim(LEYLA, certain=True), ("topic: x",)
        )
        for octets, authserv in (
            (a_note("topic: x", VOUCHED), ""),
            (a_note("topic: x"), MX),
            (a_note("topic: x", VOUCHED, sender="leyla@evil.test"), MX),
        ):
            note = read(octets, authserv)
            assert isinstance(note, Note) and not note.sender.certain

    def test_what_it_answers_is_named_the_nearest_first(self):
        note = read(
            a_note(
                "topic: x",
                ("References", "<a@hafen.test> <b@hafen.test>"),
                ("In-Reply-To", "<c@hafen.test>"),
            ),
            MX,
        )
        assert isinstance(note, Note)
        assert note.answers == ("c@hafen.test", "b@hafen.test", "a@hafen.test")


@pytest.mark.parametrize(
    "header",
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; x"),
        ("Precedence", "bulk"),
        ("X-Autoreply", "yes"),
        ("List-Id", "<list.example>"),
        ("Return-Path", "<>"),
    ],
)
def test_what_a_program_wrote_by_itself_is_ignored(header: tuple[str, str]):
    assert read(a_note("topic: x", header), MX) == Ignored("automatic")


def test_a_mail_of_nobody_is_ignored():
    assert read(b"Subject: x\r\n\r\ntopic: x\r\n") == Ignored("no calendar")
    two = a_note("topic: x", sender="a@acme.test, b@acme.test")
    assert read(two) == Ignored("no calendar")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_words_are_too_strange_to_be_looked_at(text: str, html: str):
    whole = a_note(
        text.encode("utf-8", "replace").decode() or "x",
        html=html.encode("utf-8", "replace").decode(),
    )
    assert isinstance(read(whole, MX), Note | Ignored)
