"""The only place that builds adapters: settings in, ports out."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from config.calendars import Calendars
from config.google import open_google, open_watching
from config.services import Services
from config.settings import Settings
from integrations.google.consent import GoogleConsent
from integrations.google.documents import OpenGoogleDocuments
from integrations.links import SignedLinks
from integrations.mail.copies import KeptCopies
from integrations.mail.imap import ImapIn
from integrations.mail.maildir import MaildirOut
from integrations.mail.smtp import SmtpOut
from integrations.memory.system import SetClock
from integrations.store.engine import open_engine
from integrations.store.migrate import upgrade
from integrations.store.scrubbing import DatabaseFiles
from integrations.store.sealing import Seals
from integrations.store.stamping import Stamps
from integrations.store.trouble import translated
from integrations.store.unit import SqlStore
from integrations.system import SystemClock, SystemIds
from scheduler.copies import domain_of
from scheduler.errors import Refused
from scheduler.ports.mail import MailOut
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, DoorBell
from scheduler.secret import Secret
from scheduler.work import WorkKind

_KEYS = "secret_keys"


@asynccontextmanager
async def open_services(
    settings: Settings, *, bell: DoorBell, now: datetime | None = None
) -> AsyncIterator[Services]:
    """Everything that does something, on a database that is up to date.

    With `now` the clock stands still at that instant. `Refused` E_SETTING when the
    settings do not fit this machine, `Unavailable` when the database does not answer.
    """
    clock = SetClock(now) if now else SystemClock()
    make_folder(settings.data_dir)
    keys = settings.keys or secret_keys(settings.data_dir)
    ids = SystemIds()
    async with AsyncExitStack() as stack:
        engine = open_database(settings)
        stack.push_async_callback(engine.dispose)
        with translated():
            await upgrade(engine)
        words = tuple(key.reveal for key in keys)
        store = SqlStore(engine, keys=words, ids=ids)
        await have_retained(store, clock)
        google = open_google(settings, store, clock)
        if google is not None:
            stack.push_async_callback(google.close)
        calendars = Calendars(
            settings.allow_private_addresses,
            google=google,
            domain=domain_of(settings.sender),
        )
        stack.push_async_callback(calendars.close)
        mail_in = open_mail_in(settings, clock)
        if mail_in is not None:
            stack.push_async_callback(mail_in.close)
            await have_mail_read(store, clock)
        yield Services(
            settings=settings,
            begin=store,
            clock=clock,
            ids=ids,
            bell=bell,
            seal=Seals(words),
            stamp=Stamps(words),
            links=SignedLinks(settings.site, keys),
            open_calendar=calendars.open,
            discover=calendars.discover,
            mail_out=open_mail_out(settings, clock),
            sender=settings.sender,
            copies=KeptCopies(mail_folders(settings)),
            files=DatabaseFiles(engine),
            mail_in=mail_in,
            consent=GoogleConsent(google, clock, ids) if google else None,
            watching=open_watching(google, settings),
            open_documents=OpenGoogleDocuments(google.account) if google else None,
        )


async def have_mail_read(begin: Begin, clock: Clock) -> None:
    """Have the mailbox read from now on: its work comes back by itself."""
    async with begin() as uow:
        await uow.work.add(WorkKind.READ_MAIL, "", clock.now())
        await uow.commit()


async def have_retained(begin: Begin, clock: Clock) -> None:
    """Have the audit sealed and what is old dropped; it comes back every night."""
    async with begin() as uow:
        await uow.work.add(WorkKind.RETAIN, "", clock.now())
        await uow.commit()


def machine_clock() -> Clock:
    """What this machine's clock shows."""
    return SystemClock()


async def upgrade_database(settings: Settings) -> None:
    """Bring the database up to the newest revision; safe for several at once."""
    make_folder(settings.data_dir)
    engine = open_database(settings)
    try:
        with translated():
            await upgrade(engine)
    finally:
        await engine.dispose()


def open_database(settings: Settings) -> AsyncEngine:
    """The engine for `DATABASE_URL`; nothing is opened before it is used."""
    if settings.database.startswith("sqlite"):
        return open_engine(settings.database)
    return open_engine(
        settings.database, pool_size=20, max_overflow=10, pool_pre_ping=True
    )


def open_mail_out(settings: Settings, clock: Clock) -> MailOut:
    """By SMTP, or into a folder: the one that is named, else one in `DATA_DIR`."""
    url = settings.smtp_url.get_secret_value()
    if not url or url.startswith("maildir:"):
        return MaildirOut(mail_folders(settings)[0], settings.sender, clock)
    return SmtpOut(Secret(url), settings.sender, clock)


def mail_folders(settings: Settings) -> tuple[Path, ...]:
    """Where mail was kept instead of sent, now or before another way was set."""
    usual = settings.data_dir / "mail"
    kind, _, named = settings.smtp_url.get_secret_value().partition(":")
    if kind == "maildir":
        return Path(named).expanduser(), usual
    return (usual,)


def open_mail_in(settings: Settings, clock: Clock) -> ImapIn | None:
    """The mailbox for answers, if one is set."""
    url = settings.imap_url.get_secret_value()
    if not url:
        return None
    return ImapIn(Secret(url), clock, authserv_id=settings.mail_authserv_id)


def make_folder(folder: Path) -> None:
    """The data folder, for its owner alone; `Refused` where it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            "E_SETTING",
            f"TROTH_DATA_DIR: expected a folder to write into ({error.strerror}).",
            field="TROTH_DATA_DIR",
        ) from None


def secret_keys(folder: Path) -> tuple[Secret, ...]:
    """The keys of this data folder, made on first run, readable by its owner alone.

    Whoever is first makes them; several processes that start at once agree.
    """
    path = folder / _KEYS
    try:
        if not path.exists():
            _make_keys(path)
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        lines = []
    if not lines:
        raise Refused(
            "E_SETTING",
            f"TROTH_SECRET_KEYS: expected keys, or a readable file {_KEYS} in the data"
            " folder.",
            field="TROTH_SECRET_KEYS",
        )
    return tuple(Secret(line) for line in lines)


def _make_keys(path: Path) -> None:
    fresh = path.with_name(f"{_KEYS}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{SystemIds().token()}\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # somebody else was first: theirs are the keys
        os.link(fresh, path)
    fresh.unlink()
