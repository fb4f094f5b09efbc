"""The standing parts of an agenda, and the words it is written in.

Every fixed line that Troth writes, or once wrote, into an event is listed here: that
is how it tells its own lines from people's (docs/decisions/agenda-lines.md). A line
that is reworded moves to `_EARLIER` and stays known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from scheduler.errors import Refused
from scheduler.localtime import WEEKDAYS

#: At every so many meetings the two look at how this is for them.
LOOK_EVERY = 4
#: What a programme may ask of its own: in each part, and letters in each question.
MOST_QUESTIONS, LONGEST = 40, 200


@dataclass(frozen=True, slots=True)
class Standing:
    """What a programme's template asks instead of the standing questions of ours.

    Empty: ours, in the language of whoever reads. A programme's own are in the
    programme's language, for everybody.
    """

    #: Asked at a first meeting.
    first: tuple[str, ...] = ()
    #: One of these at every other meeting, in turn.
    questions: tuple[str, ...] = ()
    #: Asked beside it whenever the two look at how this is for them.
    look: tuple[str, ...] = ()
    #: What was asked once: still known as ours where it stands in an event.
    earlier: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything of the programme's own that may stand in an event."""
        return (*self.first, *self.questions, *self.look, *self.earlier)

    def changed(
        self,
        *,
        first: tuple[str, ...] = (),
        questions: tuple[str, ...] = (),
        look: tuple[str, ...] = (),
    ) -> Standing:
        """Other questions; those that stood so far are remembered as ours.

        `Refused` E_QUESTIONS for too many, or one that is none or has no end.
        """
        for name, asked in (("first", first), ("questions", questions), ("look", look)):
            _check(asked, name)
        new = replace(self, first=first, questions=questions, look=look, earlier=())
        kept = dict.fromkeys(t for t in self.texts if t not in new.texts)
        return replace(new, earlier=tuple(kept))


def _check(asked: tuple[str, ...], field: str) -> None:
    if len(asked) > MOST_QUESTIONS or any(
        not 0 < len(said) <= LONGEST or said != " ".join(said.split()) for said in asked
    ):
        raise Refused(
            "E_QUESTIONS",
            f"At most {MOST_QUESTIONS} questions, each one line of 1 to {LONGEST} "
            "characters.",
            field=field,
        )


#: A template that asks nothing of its own.
OURS = Standing()


@dataclass(frozen=True, slots=True)
class Words:
    """How one language says what is on an agenda."""

    #: Its BCP 47 tag.
    tag: str
    agenda: str
    link: str
    #: Headings.
    promises: str
    owed: str
    topics: str
    to_read: str
    together: str
    #: Before a promise that has been over for three days.
    leads: str
    by: str
    owed_line: str
    until: str
    add: str
    #: Above an agenda that is a document of its own.
    typing: str
    carried: str
    both: str
    hours: str
    well: str
    part: str
    first: tuple[str, ...]
    questions: tuple[str, ...]
    look: tuple[str, ...]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    dot: str
    comma: str

    def day(self, day: date) -> str:
        """`2 March`."""
        return f"{day.day}{self.dot} {self.months[day.month - 1]}"

    def weekday(self, day: date) -> str:
        """`Monday 2 March`."""
        return f"{self.weekdays[day.weekday()]}{self.comma} {self.day(day)}"

    @property
    def headings(self) -> frozenset[str]:
        """Lines that stand above others."""
        return frozenset(
            {self.promises, self.owed, self.topics, self.to_read, self.together}
        )

    @property
    def lines(self) -> frozenset[str]:
        """Every line that is the same in each agenda."""
        asked = (self.well, self.part, *self.first, *self.questions, *self.look)
        return self.headings | {self.add, *(f"- {said}" for said in asked)}


_ENGLISH = Words(
    tag="en",
    agenda="Agenda",
    link="Your agenda: ",
    promises="Promises",
    owed="Still open",
    topics="Topics",
    to_read="To read before",
    together="For both",
    leads="Done, a new date, or let go? ",
    by=", by ",
    owed_line="- The meeting of ",
    until=" to ",
    add="(Add your own: a line here that begins with topic: and says what.)",
    typing="Write above or below this; Troth renews it until one of you changes it.",
    carried="carried over from {day}",
    both="{one} and {other}",
    hours="{names}, {day}, {start} to {end} in {place}",
    well="One thing that went well; small ones count.",
    part="Before you part, one line each: what I heard today.",
    first=(
        "What would make these meetings worth your time?",
        "How do you like to be asked, and how to be told?",
        "What stays between the two of you?",
    ),
    questions=(
        "Tell of a time when something went wrong for you. What did you do the "
        "morning after?",
        "What would you try if you knew that it would work?",
        "What is harder than it looks from outside?",
        "Who else should you be talking to?",
        "When did a piece of advice really help you? What made it good?",
        "Which error of yours taught you most, and what did it cost?",
        "What are you putting off, and what would make it smaller?",
        "What would you like to be asked more often?",
        "When did you last change your mind about something that matters?",
        "Tell of a no that turned out well, or of one that still hurts.",
        "What in your week gives you strength, and what takes it?",
        "What can you do today that was out of reach a year ago?",
        "Tell of something you gave up. Was it right to?",
        "What did you believe about your work five years ago, and no longer do?",
        "What would you two do with a free afternoon and no plan?",
        "What should I know about your days, and never ask?",
    ),
    look=("What works well for you?", "How can I support you better?"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    weekdays=WEEKDAYS,
    dot="",
    comma="",
)
_GERMAN = Words(
    tag="de",
    agenda="Agenda",
    link="Eure Agenda: ",
    promises="Versprechen",
    owed="Noch offen",
    topics="Themen",
    to_read="Vorher zu lesen",
    together="Für euch beide",
    leads="Erledigt, ein neuer Tag, oder loslassen? ",
    by=", bis ",
    owed_line="- Das Treffen vom ",
    until=" bis ",
    add="(Eigenes dazu: eine Zeile hier, die mit topic: beginnt und sagt, was.)",
    typing="Schreibt darüber oder darunter; Troth erneuert dies, bis ihr es ändert.",
    carried="vom {day} mitgenommen",
    both="{one} und {other}",
    hours="{names}, {day}, {start} bis {end} in {place}",
    well="Etwas, das gelungen ist; auch Kleines zählt.",
    part="Bevor ihr auseinandergeht, von jedem eine Zeile: was ich heute gehört habe.",
    first=(
        "Was würde diese Treffen für dich lohnend machen?",
        "Wie möchtest du gefragt werden, und wie möchtest du hören, was jemand denkt?",
        "Was bleibt unter euch beiden?",
    ),
    questions=(
        "Erzähl von einem Mal, als bei dir etwas schiefging. Was hast du am Morgen "
        "danach getan?",
        "Was würdest du versuchen, wenn du wüsstest, dass es gelingt?",
        "Was ist schwerer, als es von außen aussieht?",
        "Mit wem solltest du noch sprechen?",
        "Wann hat dir ein Rat wirklich geholfen? Was hat ihn gut gemacht?",
        "Welcher Irrtum hat dich am meisten gelehrt, und was hat er gekostet?",
        "Was schiebst du vor dir her, und was würde es kleiner machen?",
        "Was möchtest du öfter gefragt werden?",
        "Wann hast du zuletzt bei etwas Wichtigem deine Meinung geändert?",
        "Erzähl von einem Nein, das gut ausging, oder von einem, das noch wehtut.",
        "Was in deiner Woche gibt dir Kraft, und was nimmt sie dir?",
        "Was kannst du heute, das vor einem Jahr außer Reichweite war?",
        "Erzähl von etwas, das du aufgegeben hast. War es richtig?",
        "Was hast du vor fünf Jahren über deine Arbeit geglaubt, und heute nicht mehr?",
        "Was würdet ihr beide mit einem freien Nachmittag ohne Plan anfangen?",
        "Was sollte ich über deinen Alltag wissen und frage nie?",
    ),
    look=("Was läuft für dich gut?", "Wie kann ich dich besser unterstützen?"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    weekdays=(
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ),
    dot=".",
    comma=",",
)
WORDS = {"en": _ENGLISH, "de": _GERMAN}

#: Lines of earlier releases, as they stand in events that were written then.
_EARLIER = frozenset(
    {
        "Zusagen",
        "- Tell of a time when something went wrong for you. What did you do next?",
        "- What would you try if it could not fail?",
    }
)
#: Every fixed line that Troth writes or wrote, in any language.
LINES = _EARLIER.union(*(words.lines for words in WORDS.values()))
#: How the other lines begin that no person's words make recognisable.
STARTS = tuple(
    start for words in WORDS.values() for start in (words.link, words.owed_line)
)


def words_of(language: str) -> Words:
    """The words nearest to a BCP 47 tag; English where we have none."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return WORDS.get(primary, _ENGLISH)
