"""Kind words that are suggested to a coordinator, to be made their own.

No figure, no title, no promise, and nobody who called anything off. Each reader is
greeted by name above them.
"""

from __future__ import annotations

from scheduler.bands import Band

LANGUAGES = {"en": "English", "de": "Deutsch"}

_HAND = {
    "en": (
        "Would another hour be easier?",
        "Finding time for each other can get hard, and that happens to many pairs."
        "\n\nWould another day, another hour or a longer rhythm be easier for you"
        " two? You can try it on your page; what you have stands until you both say"
        " yes to something new."
        "\n\nIf I can help with anything, just write to me.",
    ),
    "de": (
        "Wäre eine andere Stunde leichter?",
        "Zeit füreinander zu finden kann schwer werden, das geht vielen Paaren so."
        "\n\nWäre ein anderer Tag, eine andere Stunde oder ein längerer Abstand für"
        " euch beide leichter? Auf eurer Seite könnt ihr es ausprobieren; was ihr"
        " habt, bleibt, bis ihr beide zu etwas Neuem ja sagt."
        "\n\nWenn ich bei etwas helfen kann, schreibt mir einfach.",
    ),
}
_BROKEN = {
    "en": (
        "A calendar to connect again",
        "One of your calendars cannot be read just now. Your meetings stand, and"
        " nothing of this counts in any figure."
        "\n\nIts owner finds a letter from Troth with a link to connect it again; it"
        " takes a minute. It works without a calendar too, by hours alone."
        "\n\nIf it does not go as it should, write to me and we look at it together.",
    ),
    "de": (
        "Ein Kalender möchte neu verbunden werden",
        "Einer eurer Kalender lässt sich gerade nicht lesen. Eure Treffen bleiben,"
        " und nichts davon zählt in irgendeiner Zahl."
        "\n\nWem er gehört, hat einen Brief von Troth mit einem Link, um ihn neu zu"
        " verbinden; es dauert eine Minute. Es geht auch ohne Kalender, mit Stunden"
        " allein."
        "\n\nWenn es nicht klappt, schreibt mir, dann sehen wir es gemeinsam an.",
    ),
}
_WAITING = {
    "en": (
        "Whenever you are ready",
        "Your first meeting is a few clicks away: you two read how you would like to"
        " meet, change what does not suit you, and both say yes. Nothing is booked"
        " before."
        "\n\nIf the suggestion does not suit you, change it; that is what it is for."
        "\n\nIf anything is unclear, just write to me.",
    ),
    "de": (
        "Wann immer ihr so weit seid",
        "Euer erstes Treffen ist nur ein paar Klicks entfernt: Ihr lest, wie ihr euch"
        " treffen möchtet, ändert, was nicht passt, und sagt beide ja. Vorher wird"
        " nichts gebucht."
        "\n\nWenn der Vorschlag nicht passt, ändert ihn; dafür ist er da."
        "\n\nWenn etwas unklar ist, schreibt mir einfach.",
    ),
}
_OTHER = {
    "en": (
        "How are you two doing?",
        "I was thinking of you two. Is there anything that would make your meetings"
        " easier?\n\nIf so, just write to me.",
    ),
    "de": (
        "Wie geht es euch beiden?",
        "Ich habe an euch gedacht. Gibt es etwas, das eure Treffen leichter machen"
        " würde?\n\nDann schreibt mir einfach.",
    ),
}
_BY_BAND = {
    Band.NEEDS_A_HAND: _HAND,
    Band.BROKEN: _BROKEN,
    Band.WAITING: _WAITING,
}


def suggested(band: Band | None, language: str) -> tuple[str, str]:
    """A subject and words for a pair in this band; English where we have no other."""
    words = _BY_BAND.get(band, _OTHER) if band else _OTHER
    return words[known(language)]


def known(language: str) -> str:
    """The language a suggestion is in: `de` of `de-CH`, else English."""
    short = language.partition("-")[0].lower()
    return short if short in LANGUAGES else "en"
