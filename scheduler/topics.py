"""What people want to talk about: shared, or a note to oneself until it is shared.

What is private to one of them is in nothing that the other gets: neither on their
page, in a mail or an event, nor over the API, and not even as an answer that tells
that it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.agenda import MOST_CHARACTERS
from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId, PersonId
from scheduler.outbox import digest
from scheduler.series import Meeting

#: What was taken back can be put back for this long.
UNDO_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Topic:
    """Something one of them wants to talk about; `shared` false: still private."""

    id: str
    pair: PairId
    by: PersonId
    text: str
    added_at: datetime
    shared: bool = True
    #: When it was ticked off; until then it is carried over.
    done_at: datetime | None = None
    #: When its owner took it back; then it is shown to nobody.
    taken_back_at: datetime | None = None
    #: What it said before, where both could read it: it may stand in an event still.
    earlier: tuple[str, ...] = ()

    @property
    def is_ahead(self) -> bool:
        """Whether it is still to be talked about."""
        return self.done_at is None and self.taken_back_at is None

    def is_shown_to(self, person: PersonId) -> bool:
        """Whether this one of the two may know of it."""
        return (self.shared or self.by == person) and self.taken_back_at is None

    @property
    def texts_ever(self) -> tuple[str, ...]:
        """What of it may ever have been written into an event: never a private word."""
        return (*self.earlier, self.text) if self.shared else self.earlier


#: What somebody does with a topic at an instant.
Change = Callable[[Topic, datetime], Topic]


def next_topics(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """What stands on the next agenda: shared and not yet over, in the given order."""
    return tuple(t for t in topics if t.shared and t.is_ahead)


def topic_of(
    pair: PairId, by: PersonId, text: str, about: Meeting | None, now: datetime
) -> Topic:
    """A topic for the next meeting; the same words twice are the same topic.

    `Refused` E_TOPIC when it is empty or too long.
    """
    said = words(text)
    key = about.key if about else ""
    return Topic(digest("topic", pair, by, said.casefold(), key), pair, by, said, now)


def words(text: str) -> str:
    """The text of a topic on one line; `Refused` E_TOPIC when it is none."""
    said = " ".join(text.split())
    if not 0 < len(said) <= MOST_CHARACTERS:
        raise Refused(
            "E_TOPIC",
            f"A topic has 1 to {MOST_CHARACTERS} characters; longer notes have their "
            "own place, below.",
            field="topic",
        )
    return said


def added(known: Iterable[Topic], new: Topic, *, shared: bool = True) -> Topic:
    """The topic to keep when somebody puts `new` on the agenda.

    One that says the same is put there again, whatever became of it; putting a private
    one on the agenda shares it, but noting a shared one for oneself hides nothing.
    """
    same = [t for t in known if t.by == new.by and _alike(t.text, new.text)]
    ahead = [t for t in same if t.is_ahead]
    if ahead:
        return replace(ahead[0], shared=ahead[0].shared or shared)
    taken = {t.id for t in known}
    name, count = new.id, len(same)
    while name in taken:  # these words stood for something else meanwhile, or are over
        name, count = digest(new.id, count), count + 1
    return replace(new, id=name, shared=shared)


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def edited(topic: Topic, who: PersonId, text: str) -> Topic:
    """Other words for it, by its owner."""
    _owner(topic, who)
    said = words(text)
    if said == topic.text:
        return topic
    return replace(topic, text=said, earlier=topic.texts_ever)


def shown(topic: Topic, who: PersonId, *, shared: bool) -> Topic:
    """Its owner shares it with the other, or keeps it to themself from now on."""
    _owner(topic, who)
    return replace(topic, shared=shared, earlier=_kept(topic, shared=shared))


def _kept(topic: Topic, *, shared: bool) -> tuple[str, ...]:
    """What may stand in an event still, once nobody is told of it any more."""
    return topic.earlier if shared else topic.texts_ever


def taken_back(topic: Topic, who: PersonId, now: datetime) -> Topic:
    """Its owner takes it back; twice is once."""
    _owner(topic, who)
    return replace(topic, taken_back_at=topic.taken_back_at or now)


def put_back(topic: Topic, who: PersonId, now: datetime) -> Topic:
    """The undo of that, for 24 hours; `Refused` E_UNDO later."""
    _owner(topic, who)
    at = topic.taken_back_at
    if at is not None and now - at >= UNDO_FOR:
        raise Refused(
            "E_UNDO", "This can no longer be undone; add it anew.", field="topic"
        )
    return replace(topic, taken_back_at=None)


def ticked(topic: Topic, who: PersonId, now: datetime, *, done: bool) -> Topic:
    """Either says that it was talked about, or that it is still to be."""
    if not topic.is_shown_to(who):
        raise NotFound("topic")
    if (topic.done_at is not None) == done:
        return topic
    return replace(topic, done_at=now if done else None)


def _owner(topic: Topic, who: PersonId) -> None:
    """`NotFound` for what is private to the other; E_TOPIC_OWNER for what is theirs."""
    if topic.by == who:
        return
    if not topic.is_shown_to(who):
        raise NotFound("topic")
    raise Refused(
        "E_TOPIC_OWNER",
        "Only who brought it can change it; you can say that you talked about it.",
        field="topic",
    )
