"""Keep the agenda of the next meeting as a document at Google, where one may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.accounts import Account, Need
from scheduler.agenda import titled
from scheduler.documents import (
    UNSEEN_FOR,
    AgendaDocument,
    DocumentState,
    Step,
    begun,
    lines_of,
    may_begin,
    next_step,
    ours,
    run_of,
)
from scheduler.errors import (
    Conflict,
    Gone,
    NeedsConsent,
    NotFound,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.guestlist import is_at_google
from scheduler.ids import PersonId
from scheduler.ports.documents import Documents, OpenDocuments
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.preparing import Preparation
from scheduler.series import Copy
from scheduler.standing import words_of

_LATER = timedelta(minutes=30)
#: Times that a change is tried on what somebody else keeps typing into.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """What there is, and when to look at it again where something is left to do."""

    one: AgendaDocument | None = None
    again: datetime | None = None

    def link_for(self, copy: str) -> str:
        """What is still to be put into the event of this copy; empty: nothing."""
        one = self.one
        if one is None or one.state is not DocumentState.SHARED:
            return ""
        return "" if copy in one.attached else one.link


NO_DOCUMENT = KeptDocument()


@dataclass(frozen=True, slots=True)
class _Host:
    """In whose account it is, and where the other of the two is at Google."""

    account: Account
    partner: str


async def keep_document(
    found: Preparation, *, begin: Begin, open_documents: OpenDocuments
) -> KeptDocument:
    """Make it, share it with both, and renew Troth's lines in it.

    May run any number of times and end between any two lines: one meeting has one
    document, and nothing that a person typed is written over. What cannot be done now
    is tried again; what is not allowed any more is left as it stands.
    """
    async with begin(read_only=True) as uow:
        earlier = await uow.documents.of_pair(found.pair.id)
        key = str(found.meeting.key)
        one = next((d for d in earlier if d.id == key), None)
        host = await _host(uow, found, one)
    if host is None:
        return KeptDocument(one)
    if one is None and not may_begin(earlier, host.account.id):
        return NO_DOCUMENT
    keeping = _Keeping(
        found, host, begin=begin, documents=open_documents(host.account.id)
    )
    return await keeping.keep(one)


async def _host(
    uow: UnitOfWork, found: Preparation, one: AgendaDocument | None
) -> _Host | None:
    """The first in whose Google calendar the meeting stands, and who allows it.

    Of a document that was begun, its owner alone.
    """
    for person in found.pair.both():
        account = await _account(uow, found.written, person)
        if account is None or (one and one.account != account.id):
            continue
        may = account.allows(Need.DOCUMENTS) and account.may_call(found.now)
        partner = await _address(uow, found, found.pair.partner(person))
        if may and partner and partner.casefold() != account.email.casefold():
            return _Host(account, partner)
    return None


async def _account(
    uow: UnitOfWork, copies: Iterable[Copy], person: PersonId
) -> Account | None:
    """The account of the calendar in which one of these copies is theirs."""
    for copy in copies:
        if copy.person == person and copy.calendar:
            try:
                connection = await uow.calendars.get(copy.calendar)
                if connection.account:
                    return await uow.accounts.get(connection.account)
            except NotFound:
                continue
    return None


async def _address(uow: UnitOfWork, found: Preparation, person: PersonId) -> str:
    """Where somebody is at Google; empty: nowhere that is known.

    A document is opened with a Google account alone: best with the one whose calendar
    shows the meeting.
    """
    account = await _account(uow, found.copies, person)
    others = await uow.accounts.of_person(person)
    for one in (account, *others):
        if one:
            return one.email
    owner = next(one for one in found.people if one.id == person)
    return owner.email if is_at_google(owner) else ""


class _Keeping:
    """One document on its way; no transaction is open while Google answers."""

    def __init__(
        self, found: Preparation, host: _Host, *, begin: Begin, documents: Documents
    ) -> None:
        self._found = found
        self._host = host
        self._begin = begin
        self._documents = documents
        owner = host.account.person
        self._owner = next(one for one in found.people if one.id == owner)
        self._lines = lines_of(found.agenda, self._owner.language)
        self._news = run_of(self._lines)
        self._now = found.now

    async def keep(self, known: AgendaDocument | None) -> KeptDocument:
        """Take one step after the other until there is none."""
        one = known or await self._begun()
        try:
            if known is None:
                one = await self._make(one)
            while (step := next_step(one, self._news)) is not Step.NOTHING:
                before = one
                one = await self._take(step, one)
                if one in (before, replace(before, is_left_alone=True)):
                    break
        except (Unavailable, NeedsConsent, Conflict):
            return await self._again()
        return KeptDocument(one, self._due(one))

    async def _again(self) -> KeptDocument:
        """What was kept before it stopped, and when to go on."""
        async with self._begin(read_only=True) as uow:
            every = await uow.documents.of_pair(self._found.pair.id)
        key = str(self._found.meeting.key)
        one = next((d for d in every if d.id == key), None)
        return KeptDocument(one, (one and self._due(one)) or self._now + _LATER)

    def _due(self, one: AgendaDocument) -> datetime | None:
        if one.state is DocumentState.BEGUN:
            return max(one.begun_at + UNSEEN_FOR, self._now + timedelta(minutes=1))
        return None

    async def _take(self, step: Step, one: AgendaDocument) -> AgendaDocument:
        """One step; the row as it is kept afterwards."""
        try:
            match step:
                case Step.LOOK:
                    return await self._look(one)
                case Step.SHARE:
                    await self._documents.share(one.file, self._host.partner)
                    return await self._put(replace(one, state=DocumentState.SHARED))
                case _:
                    return await self._write(one)
        except Gone:
            return await self._put(replace(one, state=DocumentState.GONE))
        except (Rejected, Refused):
            if step is Step.WRITE:
                return one  # both can open it as it stands
            return await self._put(replace(one, state=DocumentState.REFUSED))

    async def _begun(self) -> AgendaDocument:
        """The row, before anything is asked for: no crash makes a second document."""
        account = self._host.account
        return await self._put(
            begun(
                self._found.meeting.key,
                self._found.pair.id,
                owner=account.person,
                account=account.id,
                news=self._news,
                now=self._now,
            )
        )

    async def _make(self, one: AgendaDocument) -> AgendaDocument:
        try:
            made = await self._documents.make(one.tag, self._title(), self._lines)
        except (Rejected, Refused):
            return await self._put(replace(one, state=DocumentState.REFUSED))
        return await self._put(one.made(made.file, made.link))

    async def _look(self, one: AgendaDocument) -> AgendaDocument:
        """Look for it; made anew only when a search would have shown it by now."""
        made = await self._documents.find(one.tag)
        if made:
            return await self._put(one.made(made.file, made.link))
        if self._now < one.begun_at + UNSEEN_FOR:
            return one
        again = replace(one, begun_at=self._now, runs=(self._news,))
        return await self._make(await self._put(again))

    async def _write(self, one: AgendaDocument) -> AgendaDocument:
        """Put Troth's lines into the place of those that it wrote before."""
        for _ in range(_TRIES):
            page = await self._documents.read(one.file)
            place = ours(page, one.runs)
            if place is None:
                return await self._put(replace(one, is_left_alone=True))
            if place == ours(page, (self._news,)):
                break  # by a try that was not heard of
            one = await self._put(one.writing(self._news))
            try:
                await self._documents.rewrite(
                    one.file, place, self._lines, page.version
                )
            except Conflict:
                continue  # somebody typed meanwhile: read what
            break
        else:
            raise Unavailable("the document keeps changing")
        return await self._put(one.written(self._news))

    async def _put(self, one: AgendaDocument) -> AgendaDocument:
        async with self._begin() as uow:
            await uow.documents.put(one)
            await uow.commit()
        return one

    def _title(self) -> str:
        names, span = [one.name for one in self._found.people], self._found.meeting.span
        owner, words = self._owner, words_of(self._owner.language)
        if span is None:
            return words.agenda
        return f"{words.agenda}: {titled(names, span, owner.zone, owner.language)}"
