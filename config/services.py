"""What entry points and use cases are given: ports, built by `config.bootstrap`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from config.settings import Settings
from scheduler.effects import Address
from scheduler.ports.calendars import Discover, OpenCalendar
from scheduler.ports.consent import Consent
from scheduler.ports.documents import OpenDocuments
from scheduler.ports.links import Links
from scheduler.ports.mail import MailIn, MailOut
from scheduler.ports.privacy import Files, SentCopies
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, DoorBell, Ids, Seal, Stamp
from scheduler.ports.watching import Watching
from scheduler.work import WorkKind

#: Does one piece of work for a subject, under a lease: whatever it commits through the
#: `Begin` it is given is refused once the lease is lost. Answers when it is due again,
#: or None. May run any number of times, and end between any two lines.
Handler = Callable[[str, Begin, datetime], Awaitable[datetime | None]]
Handlers = Mapping[WorkKind, Handler]


class Noting(TypedDict):
    """The ports of a use case that keeps what somebody said."""

    begin: Begin
    clock: Clock


class Acting(Noting):
    """The ports of a use case that changes what is booked."""

    ids: Ids
    links: Links
    sender: Address


class Reading(Acting):
    """The ports of one that reads both calendars first; `months` is how far."""

    open_calendar: OpenCalendar
    months: int


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that does something, by what it does. Tests put memory ports in."""

    settings: Settings
    begin: Begin
    clock: Clock
    ids: Ids
    bell: DoorBell
    seal: Seal
    stamp: Stamp
    links: Links
    open_calendar: OpenCalendar
    discover: Discover
    mail_out: MailOut
    #: The one address: From, Reply-To and ORGANIZER alike.
    sender: Address
    #: What lies here of mail that was sent, and the files of the database.
    copies: SentCopies
    files: Files
    #: None where no mailbox for answers is set.
    mail_in: MailIn | None
    #: None where no Google client is set.
    consent: Consent | None = None
    #: None where nobody can tell us of changes: it takes an https address.
    watching: Watching | None = None
    #: None where no Google client is set.
    open_documents: OpenDocuments | None = None

    @property
    def noting(self) -> Noting:
        """For `**`: what keeps what somebody said."""
        return Noting(begin=self.begin, clock=self.clock)

    @property
    def acting(self) -> Acting:
        """For `**`: what changes what is booked."""
        return Acting(
            begin=self.begin,
            clock=self.clock,
            ids=self.ids,
            links=self.links,
            sender=self.sender,
        )

    @property
    def reading(self) -> Reading:
        """For `**`: what reads both calendars first."""
        return Reading(
            **self.acting,
            open_calendar=self.open_calendar,
            months=self.settings.sync_horizon_months,
        )
