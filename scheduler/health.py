"""How a calendar connection fares, and what its owner and its pairs are told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.cadence import add_months
from scheduler.connections import BROKEN_AFTER, CalendarKind, Connection, Health
from scheduler.events import Cursor
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import digest
from scheduler.timespan import Span

#: A password that was refused is tried again once a day, not more (F27, case 49).
PROBE = timedelta(hours=24)
#: A full read that came back almost empty is read again after this (F30).
DOUBT = timedelta(minutes=15)


def may_read_all(last: datetime | None, now: datetime) -> bool:
    """Whether everything may be read anew; `last` is when that was done before.

    A cursor that is refused again and again must not make of each poll a full read
    (promises.md F18: at most one in 15 minutes for each calendar).
    """
    return last is None or now - last >= DOUBT


#: A calendar is read every few minutes; this long after its last read nobody looked.
UNWATCHED = timedelta(hours=1)

_SOURCES = {
    CalendarKind.CALDAV: SourceKind.CALDAV,
    CalendarKind.GOOGLE: SourceKind.GOOGLE,
    CalendarKind.ICS: SourceKind.ICS,
    CalendarKind.MEMORY: SourceKind.CALDAV,
}


def window(now: datetime, months: int) -> Span:
    """What is read of a calendar: the month before, and so many months ahead.

    It begins and ends with a month, so that it is the same all month long: a cursor
    is good for one window alone.
    """
    today = now.astimezone(UTC).date()
    first, last = add_months(today, -1), add_months(today, months + 1)
    return Span(
        datetime(first.year, first.month, first.day, tzinfo=UTC),
        datetime(last.year, last.month, last.day, tzinfo=UTC),
    )


def read_well(
    connection: Connection, cursor: Cursor, horizon: datetime | None, now: datetime
) -> Connection:
    """A connection after a read that succeeded."""
    return replace(
        connection,
        health=Health.GOOD,
        trouble="",
        cursor=cursor,
        read_at=now,
        failing_since=None,
        horizon=horizon,
        doubted_at=None,
    )


def failed(
    connection: Connection, trouble: str, now: datetime, *, consent: bool = False
) -> Connection:
    """A connection after a read that failed; `consent`: only its owner can mend it."""
    return replace(
        connection,
        health=Health.NEEDS_CONSENT if consent else Health.FAILING,
        trouble=trouble,
        failing_since=connection.failing_since or now,
    )


def is_told(connection: Connection, now: datetime) -> bool:
    """Whether its owner is to know that it is broken: at once, or after a day."""
    return connection.health is Health.NEEDS_CONSENT or connection.is_broken(now)


def is_told_by_another(
    connection: Connection, others: Iterable[Connection], now: datetime
) -> bool:
    """Whether the letter is another calendar's of the same account (F27).

    One grant opens them all: they are shut together, by the first that is refused. Of
    an outage that they share the first by name tells, when it is read next.
    """
    same = [
        other
        for other in others
        if connection.account == other.account is not None and other.id != connection.id
    ]
    if connection.health is Health.NEEDS_CONSENT:
        return any(other.health is Health.NEEDS_CONSENT for other in same)
    return any(
        other.id < connection.id
        and other.is_broken(now)
        and other.trouble == connection.trouble
        for other in same
    )


def broken_letter(connection: Connection) -> Letter:
    """The one letter to the owner of a connection that does not work."""
    words = connection.trouble or "The calendar does not answer."
    if connection.account and connection.health is Health.NEEDS_CONSENT:
        words = "Google does not let Troth in any more."
    return Letter(LetterKind.BROKEN, connection.person, None, Facts(words=words))


def broken_rows(
    connection: Connection, pairs: Iterable[PairId], now: datetime
) -> tuple[Evidence, ...]:
    """That it is broken, since its first failure; the same rows however often told.

    None for a connection that does not fail.
    """
    since = connection.failing_since
    if since is None:
        return ()
    return _rows(connection, pairs, EvidenceKind.CONNECTION_BROKEN, since, now)


def away_rows(
    connection: Connection, pairs: Iterable[PairId], now: datetime
) -> tuple[Evidence, ...]:
    """That nobody read it for a day or more, though it did not fail: Troth was away.

    An outage of ours counts like one of theirs, from the last read on; its owner is
    told nothing, since there is nothing to mend. None for a calendar that was read.
    """
    read = connection.read_at
    if read is None or now - read < BROKEN_AFTER:
        return ()
    if (connection.failing_since or now) - read < UNWATCHED:
        return ()  # it was tried, and failed
    kind = EvidenceKind.CONNECTION_BROKEN
    return _rows(connection, pairs, kind, read, now, SourceKind.TROTH)


def back_rows(
    connection: Connection, pairs: Iterable[PairId], now: datetime
) -> tuple[Evidence, ...]:
    """That it works again; `connection` is as it was before."""
    return _rows(connection, pairs, EvidenceKind.CONNECTION_BACK, now, now)


def _rows(
    connection: Connection,
    pairs: Iterable[PairId],
    kind: EvidenceKind,
    at: datetime,
    now: datetime,
    source: SourceKind | None = None,
) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            EvidenceId(digest(kind.value, pair, connection.id, at)),
            pair,
            connection.id,
            kind,
            at,
            now,
            source or _SOURCES[connection.kind],
            by=connection.person,
        )
        for pair in pairs
    )
