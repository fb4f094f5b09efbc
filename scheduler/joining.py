"""From a line of a coordinator's list to two people, a pair and their first draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.agreement import Agreement, AgreementState, Programme, Terms
from scheduler.errors import Refused
from scheduler.ids import AgreementId, PairId, PersonId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.localtime import zone
from scheduler.people import Pair, Person
from scheduler.roster import PairWish, PersonWish


def same_address(wish: PairWish) -> bool:
    """Whether the two are one."""
    return wish.mentor.email.casefold() == wish.mentee.email.casefold()


def check(wish: PairWish) -> None:
    """`Refused` E_SAME_PERSON when the two are one."""
    if same_address(wish):
        raise Refused(
            "E_SAME_PERSON",
            "Mentor and mentee are two people; give two addresses.",
            field="mentee_email",
        )


def check_open(pair: Pair) -> None:
    """`Refused` E_PAIR_CLOSED when the pair was closed: it agrees on nothing more."""
    if pair.closed:
        raise Refused(
            "E_PAIR_CLOSED",
            "This pair is closed; ask your coordinator to begin a new one.",
            field="pair",
        )


def check_ahead(terms: Terms, now: datetime) -> None:
    """`Refused` E_DATES when the last day is over: nothing would ever be booked."""
    if terms.last_day <= now.date():
        raise Refused("E_DATES", "The last day lies ahead.", field="last_day")


def newcomer(wish: PersonWish, new: PersonId, programme: Programme) -> Person:
    """Somebody not yet known in this programme; what is not said is the programme's."""
    return Person(
        new,
        programme.id,
        wish.name or wish.email.partition("@")[0],
        wish.email,
        wish.zone or programme.zone,
        hours=wish.hours or programme.template.hours,
        language=wish.language or programme.language,
        country=wish.country or programme.template.country,
    )


def draft(
    programme: Programme,
    pair: Pair,
    people: tuple[Person, Person],
    wish: PairWish,
    *,
    new: AgreementId,
    now: datetime,
) -> Agreement:
    """The first version: the programme's template with what the list says.

    Where it says nothing of a person, what is known of them holds.
    """
    template = programme.template
    mentor, mentee = people
    tomorrow = now.astimezone(zone(programme.zone)).date() + timedelta(days=1)
    first = wish.first_day or tomorrow
    last = wish.last_day or first + timedelta(weeks=template.weeks)
    terms = replace(
        template.terms(first, last),
        cadence=wish.cadence or template.cadence,
        minutes=wish.minutes or template.minutes,
        mentor_hours=wish.mentor.hours or mentor.hours,
        mentee_hours=wish.mentee.hours or mentee.hours,
        mentor_country=wish.mentor.country or mentor.country or template.country,
        mentee_country=wish.mentee.country or mentee.country or template.country,
    )
    return Agreement(new, pair.id, 1, terms, AgreementState.DRAFT)


def please_agree(pair: PairId, to: PersonId) -> Letter:
    """The request to read a version and accept it, or answer."""
    return Letter(LetterKind.PLEASE_AGREE, to, pair, Facts())
