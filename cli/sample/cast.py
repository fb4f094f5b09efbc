"""The people of the sample programme: eight pairs over four zones, all invented.

What their calendars hold besides Troth's meetings is a week that repeats, so that the
sample is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

#: What the busy times in their calendars are called.
TITLES = {
    "en": (
        "Team planning",
        "Design review",
        "Writing, please do not disturb",
        "Clinic hours",
        "Call with the board",
        "Budget round",
    ),
    "de": (
        "Teamrunde",
        "Bauleitung vor Ort",
        "Sprechstunde",
        "Schreibzeit",
        "Telefonat mit dem Vorstand",
    ),
}


class Way(Enum):
    """How somebody's calendar is reached."""

    CALDAV = "caldav"
    FEED = "feed"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Player:
    """One person; `week` holds (weekday, from, to) in minutes of their wall clock."""

    name: str
    zone: str
    hours: str
    week: tuple[tuple[int, int, int], ...]
    way: Way = Way.CALDAV
    language: str = "en"

    @property
    def user(self) -> str:
        """Their name at the calendar server."""
        return self.name.split()[0].lower()

    @property
    def events(self) -> Iterator[tuple[str, str, tuple[int, ...], tuple[int, int]]]:
        """What repeats in their calendar: title, zone, weekdays, from and to."""
        days: dict[tuple[int, int], list[int]] = {}
        for weekday, start, end in self.week:
            days.setdefault((start, end), []).append(weekday)
        for number, (minutes, weekdays) in enumerate(sorted(days.items())):
            titles = TITLES[self.language]
            title = titles[(number + len(self.name)) % len(titles)]
            if self.way is Way.FEED:
                title = "Busy"  # a published feed of busy times says no more
            yield title, self.zone, tuple(sorted(weekdays)), minutes

    @property
    def email(self) -> str:
        """Their address; `.example` reaches nobody."""
        return f"{self.user}@sample.example"


@dataclass(frozen=True, slots=True)
class Couple:
    """One pair: how often they meet, and how their three months went.

    `story` has a letter for each period that is over: k kept, r repaired, o owed,
    u nobody answered, s skipped together.
    """

    mentor: Player
    mentee: Player
    cadence: str
    minutes: int
    story: str
    #: What they bring to their next meeting: the mentee's words, then the mentor's.
    topics: tuple[str, ...] = ()
    #: What one of them promises the day after a meeting that took place, in turn, the
    #: mentee first; empty: nothing. The last one is still open, or its day has passed.
    promises: tuple[str, ...] = ()
    #: Not yet booked: this one happens before the newcomer's eyes.
    waits: bool = False
    #: Both let their coordinator see their figures.
    shows: bool = False


def _week(*lines: str) -> tuple[tuple[int, int, int], ...]:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    parts = [line.split() for line in lines]
    return tuple(
        sorted(
            (days.index(name), _minute(start), _minute(end))
            for names, start, end in parts
            for name in names.split("+")
        )
    )


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
LONDON, KOLKATA = "Europe/London", "Asia/Kolkata"

IDA = Player(
    "Ida Marchetti",
    NEW_YORK,
    "Mon-Fri 08:30-12:00",
    _week("Mon+Wed 09:00 10:30", "Tue 11:00 12:00", "Fri 08:30 10:00"),
)
LEYLA = Player(
    "Leyla Aydin",
    BERLIN,
    "Mon-Thu 13:00-18:00",
    _week("Mon+Wed+Thu 13:00 14:30", "Tue 13:00 14:45"),
    Way.FEED,
)
OLEG = Player(
    "Oleg Brandt",
    BERLIN,
    "Mon-Fri 09:00-17:00",
    _week("Mon+Tue+Wed+Thu+Fri 09:00 09:30", "Thu 13:00 16:00"),
    language="de",
)
TESS = Player(
    "Tess Okafor", LONDON, "Mon-Fri 09:00-17:00", _week("Mon+Wed 10:00 12:00"), Way.MAIL
)
PRIYA = Player(
    "Priya Raman",
    KOLKATA,
    "Mon-Fri 14:00-20:00",
    _week("Mon+Thu 15:00 16:30", "Wed 14:00 15:00"),
)
NOOR = Player(
    "Noor Haddad", LONDON, "Mon-Fri 09:00-16:00", _week("Tue+Thu 09:00 11:00")
)
KOFI = Player("Kofi Mensah", LONDON, "Tue-Fri 10:00-18:00", _week("Wed 14:00 17:00"))
EBBA = Player(
    "Ebba Lund",
    BERLIN,
    "Mon-Fri 08:00-16:00",
    _week("Mon+Fri 08:00 11:00"),
    language="de",
)
CARMEN = Player(
    "Carmen Ruiz", NEW_YORK, "Mon-Fri 09:00-17:00", _week("Tue+Thu 13:00 15:30")
)
PIA = Player("Pia Keller", NEW_YORK, "Mon-Fri 09:00-15:00", _week("Mon 09:00 11:00"))
FARID = Player(
    "Farid Amini", BERLIN, "Mon-Fri 10:00-18:00", _week("Wed+Fri 10:00 13:00")
)
LENE = Player("Lene Vogt", BERLIN, "Mon-Thu 12:00-18:00", _week("Tue 12:00 15:00"))
VERA = Player("Vera Costa", LONDON, "Mon-Fri 09:00-17:00", _week("Mon+Wed 09:00 12:00"))
ARJUN = Player(
    "Arjun Pillai", KOLKATA, "Mon-Fri 13:30-21:00", _week("Mon+Tue+Wed 18:00 19:00")
)
AMAL = Player("Amal Yusuf", LONDON, "Mon-Fri 09:00-17:00", _week("Thu 09:00 12:00"))
JUN = Player("Jun Watanabe", NEW_YORK, "Mon-Fri 08:00-16:00", _week("Fri 08:00 10:00"))

TALK = (
    "My talk in March: which story comes first?",
    "How you said no to the second project",
)
DRAFT = ("The grant draft, page two",)

OUTLINE = (
    "send the outline of my talk",
    "introduce Leyla to two people who gave that talk before",
    "",
    "read the two papers on peer review",
    "",
    "read the second draft of the outline",
)
MAPS = (
    "draw the map of who decides what",
    "ask for a day with the crew",
    "",
    "call the yard",
)

COUPLES = (
    Couple(IDA, LEYLA, "every 2 weeks", 45, "kkrkok", TALK, OUTLINE, shows=True),
    Couple(OLEG, TESS, "every 2 weeks", 45, "kokouk"),
    Couple(PRIYA, NOOR, "weekly", 30, "kkkrkkskkkkk", DRAFT),
    Couple(KOFI, EBBA, "every 3 weeks", 60, "kkkk", promises=MAPS),
    Couple(CARMEN, PIA, "every 2 weeks", 45, "kkkkrk"),
    Couple(FARID, LENE, "monthly", 60, "kkk"),
    Couple(VERA, ARJUN, "every 2 weeks", 30, "kukkkk"),
    Couple(AMAL, JUN, "every 2 weeks", 45, "", waits=True),
)
