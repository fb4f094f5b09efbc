"""What entry points and use cases are given: ports, built by `config.bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from scheduler.ports.calendars import Discover, OpenCalendar
from scheduler.ports.links import Links
from scheduler.ports.mail import MailIn, MailOut
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, DoorBell, Ids


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that does something, by what it does. Tests put memory ports in."""

    settings: Settings
    begin: Begin
    clock: Clock
    ids: Ids
    bell: DoorBell
    links: Links
    open_calendar: OpenCalendar
    discover: Discover
    mail_out: MailOut
    #: None where no mailbox for answers is set.
    mail_in: MailIn | None
