"""The languages that letters speak: one file of small words each, read at the start.

A language is spoken as soon as it is whole: `LANGUAGE.toml` with every word, and in the
folder of each kind of letter a `LANGUAGE.txt`. Until then its readers are written to in
English. Days, months, weekdays, lengths and cities come from Babel.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from scheduler.letters import Mark

#: What is always whole, and what everybody is written to in who speaks none of ours.
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The small words of one language; each file of wording has the sentences."""

    language: str
    greeting: str
    nameless: str
    partner: str
    next: str
    numbers: str
    once: str
    twice: str
    times: str
    times_in_figures: str
    day: str
    date: str
    short: str
    for_you: str
    for_partner: str
    for_both: str
    alone: str
    to: str
    rate: str
    few: str
    marks: Mapping[str, str]
    figures: Mapping[str, str]

    def __post_init__(self) -> None:
        for mark in Mark:
            if mark.name.lower() not in self.marks:
                raise ValueError(f"{self.language}: no word for {mark.name.lower()}")

    def number(self, count: int) -> str:
        """`nine`; in figures where there is no word for it."""
        words = self.numbers.split()
        return words[count] if 0 <= count < len(words) else str(count)

    def many_times(self, count: int) -> str:
        """`once`, `twice`, `three times`."""
        said = self.number(count)
        pattern = self.times_in_figures if said == str(count) else self.times
        return {1: self.once, 2: self.twice}.get(count) or pattern.format(n=said)


def read_catalogue(path: Path) -> Catalogue:
    """One language; `ValueError` names the first word that is missing or unknown."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    known = {field.name for field in fields(Catalogue)} - {"language"}
    for name in sorted(known ^ told.keys()):
        kind = "missing" if name in known else "unknown"
        raise ValueError(f"{path.name}: {kind} word {name!r}")
    return Catalogue(language=path.stem, **told)


def catalogues(folder: Path) -> dict[str, Catalogue]:
    """Every language that is whole, by its primary subtag."""
    kinds = [one for one in folder.iterdir() if (one / f"{FALLBACK}.txt").is_file()]
    return {
        path.stem: read_catalogue(path)
        for path in sorted(folder.glob("*.toml"))
        if all((kind / f"{path.stem}.txt").is_file() for kind in kinds)
    }


def nearest(known: Mapping[str, Catalogue], language: str) -> Catalogue:
    """The language of ours that is nearest to a BCP 47 tag; English if none is."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return known.get(primary) or known[FALLBACK]
