"""What is done for each kind of due work: one use case, given its ports.

The part of `config.bootstrap` for workers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from config.services import Handlers, Services
from integrations.mail.wording.render import Wording
from scheduler.errors import Unavailable
from scheduler.ids import AccountId, CalendarId, OutboxId, PairId, PersonId, ProgrammeId
from scheduler.ports.mail import Render
from scheduler.ports.store import Begin
from scheduler.usecases.count_programme import count_programme
from scheduler.usecases.deliver import deliver
from scheduler.usecases.erase_person import erase_person
from scheduler.usecases.observe_meetings import observe_meetings
from scheduler.usecases.plan_pair import plan_pair
from scheduler.usecases.read_mail import read_mail
from scheduler.usecases.refresh_agenda import refresh_agenda
from scheduler.usecases.retain import retain
from scheduler.usecases.revoke_account import revoke_account
from scheduler.usecases.sync_calendar import sync_calendar
from scheduler.usecases.tend_pair import tend_pair
from scheduler.usecases.watch_calendar import watch_calendar
from scheduler.work import WorkKind

log = structlog.stdlib.get_logger(__name__)


def make_handlers(services: Services, render: Render | None = None) -> Handlers:
    """A handler for every kind of work; `render` puts facts into words."""
    settings = services.settings
    # Words are taken from mail only where an exchanger vouches for who sent them.
    reads = services.mail_in is not None and bool(settings.mail_authserv_id)
    given = _Given(services, render or Wording(reads_answers=reads))
    return {
        WorkKind.SYNC: given.sync,
        WorkKind.WATCH: given.watch,
        WorkKind.OBSERVE: given.observe,
        WorkKind.PLAN: given.plan,
        WorkKind.TEND: given.tend,
        WorkKind.REFRESH: given.refresh,
        WorkKind.SEND: given.send,
        WorkKind.READ_MAIL: given.read_mail,
        WorkKind.SNAPSHOT: given.snapshot,
        WorkKind.RETAIN: given.retain,
        WorkKind.ERASE: given.erase,
        WorkKind.REVOKE: given.revoke,
    }


class _Given:
    """The use cases as handlers: what a worker does not know is filled in here."""

    def __init__(self, services: Services, render: Render) -> None:
        self._services = services
        self._render = render
        self._poll = timedelta(seconds=services.settings.poll_seconds)

    async def sync(self, subject: str, begin: Begin, _now: datetime) -> datetime | None:
        return await sync_calendar(
            CalendarId(subject),
            begin=begin,
            open_calendar=self._services.open_calendar,
            clock=self._services.clock,
            ids=self._services.ids,
            poll=self._poll,
            months=self._services.settings.sync_horizon_months,
            watched=self._services.watching is not None,
        )

    async def watch(
        self, subject: str, begin: Begin, _now: datetime
    ) -> datetime | None:
        return await watch_calendar(
            CalendarId(subject),
            begin=begin,
            watching=self._services.watching,
            clock=self._services.clock,
            ids=self._services.ids,
        )

    async def observe(
        self, subject: str, begin: Begin, _now: datetime
    ) -> datetime | None:
        await observe_meetings(
            PairId(subject),
            begin=begin,
            clock=self._services.clock,
            ids=self._services.ids,
            links=self._services.links,
            sender=self._services.sender,
        )
        return None

    async def plan(self, subject: str, begin: Begin, _now: datetime) -> datetime | None:
        return await plan_pair(
            PairId(subject),
            begin=begin,
            clock=self._services.clock,
            ids=self._services.ids,
            links=self._services.links,
            sender=self._services.sender,
        )

    async def tend(self, subject: str, begin: Begin, _now: datetime) -> datetime | None:
        return await tend_pair(
            PairId(subject),
            begin=begin,
            clock=self._services.clock,
            ids=self._services.ids,
            links=self._services.links,
        )

    async def refresh(
        self, subject: str, begin: Begin, _now: datetime
    ) -> datetime | None:
        return await refresh_agenda(
            PairId(subject),
            begin=begin,
            open_calendar=self._services.open_calendar,
            clock=self._services.clock,
            links=self._services.links,
            open_documents=self._services.open_documents,
        )

    async def send(self, subject: str, begin: Begin, _now: datetime) -> datetime | None:
        return await deliver(
            OutboxId(subject),
            begin=begin,
            clock=self._services.clock,
            open_calendar=self._services.open_calendar,
            mail_out=self._services.mail_out,
            render=self._render,
            links=self._services.links,
            sender=self._services.sender,
        )

    async def snapshot(
        self, subject: str, begin: Begin, _now: datetime
    ) -> datetime | None:
        return await count_programme(
            ProgrammeId(subject), begin=begin, clock=self._services.clock
        )

    async def retain(
        self, _subject: str, begin: Begin, now: datetime
    ) -> datetime | None:
        return await retain(
            begin=begin,
            now=now,
            stamp=self._services.stamp,
            audit_age=timedelta(days=self._services.settings.audit_days),
        )

    async def erase(
        self, subject: str, begin: Begin, _now: datetime
    ) -> datetime | None:
        return await erase_person(
            PersonId(subject),
            begin=begin,
            clock=self._services.clock,
            ids=self._services.ids,
            links=self._services.links,
            sender=self._services.sender,
            watching=self._services.watching,
            copies=self._services.copies,
            files=self._services.files,
            consent=self._services.consent,
        )

    async def revoke(
        self, subject: str, begin: Begin, _now: datetime
    ) -> datetime | None:
        await revoke_account(
            AccountId(subject), begin=begin, consent=self._services.consent
        )
        return None

    async def read_mail(
        self, _subject: str, begin: Begin, _now: datetime
    ) -> datetime | None:
        if self._services.mail_in is None:
            return None  # the mailbox was taken out of the settings
        try:
            await read_mail(
                mail_in=self._services.mail_in,
                begin=begin,
                open_calendar=self._services.open_calendar,
                clock=self._services.clock,
                ids=self._services.ids,
                links=self._services.links,
                sender=self._services.sender,
                months=self._services.settings.sync_horizon_months,
            )
        except Unavailable as error:
            # Asked again at the usual pace: answers are not to wait for hours.
            log.warning("mailbox not read", reason=str(error))
        return self._services.clock.now() + self._poll
