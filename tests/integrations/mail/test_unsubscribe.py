"""One click to fewer letters (RFC 8058), and none where letters must come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from integrations.mail.message import compose
from scheduler.access import Purpose
from scheduler.effects import Address
from scheduler.invite import Invite
from scheduler.letters import ALWAYS, LetterKind
from tests.integrations.mail.letters import READER, WORDING, every_kind, letter
from tests.integrations.mail.test_wording import INVITE, ONE

AT = datetime(2027, 2, 1, 8, tzinfo=UTC)
#: product.md, Unsubscribing: these are always sent.
MUST = {
    LetterKind.INVITATION,
    LetterKind.FELL_OUT,
    LetterKind.PLEASE_AGREE,
    LetterKind.BROKEN,
    LetterKind.SIGN_IN,
    LetterKind.GOODBYE,
}


def long_link(purpose: Purpose, about: str = "") -> str:
    """As long as a signed one, and longer."""
    return f"https://troth.test/l/{purpose.value}/{about}/{'x' * 400}"


def head(kind: LetterKind) -> list[str]:
    message = WORDING.letter(letter(kind), READER, long_link)
    octets = compose(message, "k@hafen.test", Address("meet@hafen.test"), AT)
    return octets.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


@every_kind
def test_one_https_address_on_one_line_and_the_word_that_one_click_is_enough(
    kind: LetterKind,
) -> None:
    lines = [line for line in head(kind) if line.lower().startswith("list-")]
    if kind in ALWAYS:
        assert lines == []
        return
    assert sorted(lines) == [
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Unsubscribe: <{long_link(Purpose.FEWER, kind.value)}>",
    ]


def test_what_must_come_comes() -> None:
    assert MUST <= ALWAYS


@pytest.mark.parametrize("invite", [INVITE, ONE])
def test_invitations_have_no_way_out(invite: Invite) -> None:
    message = WORDING.invite(invite, READER, long_link)
    assert message.headers == ()
