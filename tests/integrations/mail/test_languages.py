"""Every letter in every language, from the same facts; a further one is only files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from integrations.mail import wording
from integrations.mail.wording.catalogue import catalogues, read_catalogue
from integrations.mail.wording.render import Wording
from scheduler.letters import LetterKind
from tests.integrations.mail.letters import letter, link, reading

FOLDER = Path(wording.__file__).parent
KINDS = sorted(f.name for f in FOLDER.iterdir() if (f / "en.txt").is_file())
LANGUAGES = sorted(catalogues(FOLDER))


def test_every_wording_exists_in_every_language() -> None:
    assert sorted(f.stem for f in FOLDER.glob("*.toml")) == LANGUAGES
    assert {"en", "de"} <= set(LANGUAGES)
    assert {kind.value for kind in LetterKind} <= set(KINDS)
    for folder in (f for f in FOLDER.iterdir() if list(f.glob("*.txt"))):
        assert sorted(f.stem for f in folder.glob("*.txt")) == LANGUAGES


@pytest.mark.parametrize("kind", KINDS)
def test_every_language_tells_the_same_facts(kind: str) -> None:
    """The same facts, counts, links and marks are named in each file of a kind."""
    assert len({frozenset(named(kind, one)) for one in LANGUAGES}) == 1


def named(kind: str, language: str) -> set[str]:
    text = (FOLDER / kind / f"{language}.txt").read_text()
    code = " ".join(re.findall(r"{[{%].*?[%}]}", text, re.DOTALL))
    return set(
        re.findall(
            r"facts\.\w+(?:\.\w+)?|count\.get\([^)]*\)|\b(?:own|row|figures|agenda|fewer)\(\)"
            r"|to\(\"[\w-]+\"|rate\([^)]*\)",
            code.replace(f"{language}.txt", "LANGUAGE"),
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The wording with Danish put beside it, as a translator would begin."""
    copy = tmp_path / "wording"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for english in copy.glob("*/en.txt"):
        text = english.read_text().replace("foot/en.txt", "foot/da.txt")
        english.with_name("da.txt").write_text(text)
    words = (copy / "en.toml").read_text().replace("Dear {name}", "Kære {name}")
    (copy / "da.toml").write_text(words)
    return copy


def test_a_further_language_is_only_files(folder: Path) -> None:
    message = Wording(folder).letter(letter(LetterKind.MET), reading("da-DK"), link)
    assert message.text.startswith("Kære Leyla,")
    assert 'lang="da"' in message.html
    # Days and months come from Babel, places too.
    assert "tirsdag" in message.subject and "februar" in message.subject


def test_a_language_is_spoken_once_it_is_whole(folder: Path) -> None:
    (folder / "met" / "da.txt").unlink()
    for kind in (LetterKind.MET, LetterKind.OWED):
        message = Wording(folder).letter(letter(kind), reading("da"), link)
        assert message.text.startswith("Dear Leyla,")


@pytest.mark.parametrize(
    ("was", "is_now", "told"),
    [
        ('few = "not enough yet"', "", "missing word 'few'"),
        ('few = "not', 'fwe = "x"\nfew = "not', "unknown word 'fwe'"),
        ('owed = "owed"', "", "no word for owed"),
    ],
)
def test_a_forgotten_word_is_named(
    folder: Path, was: str, is_now: str, told: str
) -> None:
    file = folder / "da.toml"
    file.write_text(file.read_text().replace(was, is_now))
    with pytest.raises(ValueError, match=told):
        read_catalogue(file)
