"""A coordinator's own words: paragraphs of plain words, and nothing that acts."""

from __future__ import annotations

import pytest

from scheduler.letters import Facts, LetterKind
from tests.integrations.mail.letters import Shown, written

WORDS = """One <b>line</b>
and the same paragraph.

# Two is no heading

--

~ Three, {{ programme }} and https://evil.test"""


@pytest.mark.parametrize("language", ["en", "de"])
def test_their_words_are_paragraphs_in_both_shapes(language: str) -> None:
    facts = Facts(subject="Would another hour\nbe easier?", words=WORDS)
    message = written(LetterKind.KIND_WORD, language, facts)
    assert message.subject == "Would another hour be easier?"
    shown = Shown(message.html)
    for said in (
        "One <b>line</b> and the same paragraph.",
        "# Two is no heading",
        "~ Three, {{ programme }} and https://evil.test",
    ):
        assert said in shown.text
        assert said in " ".join(message.text.split())
    assert not [url for url in shown.links if "evil" in url]
    assert "b" not in shown.tags
    assert "kim@hafen.test" in message.text and "kim@hafen.test" in shown.text
    assert dict(message.headers)["List-Unsubscribe"]
