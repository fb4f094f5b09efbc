"""What `troth doctor` looks at: each a name, how it is, and the mend."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

import sqlalchemy as sa

from config.bootstrap import open_database
from config.google import callback, installation, knows_us
from config.services import Services
from integrations.records import texts
from scheduler.effects import Message
from scheduler.errors import NeedsConsent, Refused, Rejected, Unavailable

#: Clocks that differ by more than this make leases and letters unreliable.
SKEW = timedelta(seconds=5)


class Verdict(Enum):
    """How one thing is; the value is what is printed."""

    GOOD = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    DOWN = "no answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    name: str
    verdict: Verdict
    words: str


Check = Callable[[Services], Awaitable[Finding]]


async def folder(services: Services) -> Finding:
    """The data folder can be written, and is its owner's alone."""
    path = services.settings.data_dir
    if not os.access(path, os.W_OK):
        words = f"{path} cannot be written; give it to the user that runs Troth."
        return Finding("data folder", Verdict.WRONG, words)
    if path.stat().st_mode & 0o077:
        words = f"{path} is open to others; chmod 700 it."
        return Finding("data folder", Verdict.WARNING, words)
    return Finding("data folder", Verdict.GOOD, str(path))


async def address(services: Services) -> Finding:
    """People reach the pages over https, or from this machine alone."""
    site = services.settings.site
    if site.startswith("https://"):
        return Finding("public address", Verdict.GOOD, site)
    words = f"{site} is not https; set TROTH_PUBLIC_URL to what people open."
    return Finding("public address", Verdict.WARNING, words)


async def database(services: Services) -> Finding:
    """The database answers, and its clock is ours."""
    engine = open_database(services.settings)
    try:
        if engine.dialect.name == "sqlite":
            async with engine.connect() as connection:
                await connection.execute(sa.text("SELECT 1"))
            return Finding("database", Verdict.GOOD, "SQLite")
        async with engine.connect() as connection:
            theirs = (await connection.execute(sa.select(sa.func.now()))).scalar_one()
    except (sa.exc.SQLAlchemyError, OSError) as error:
        words = f"no answer ({type(error).__name__}); look at TROTH_DATABASE_URL."
        return Finding("database", Verdict.DOWN, words)
    finally:
        await engine.dispose()
    skew = abs(services.clock.now() - theirs)
    if skew > SKEW:
        words = f"its clock is {skew.total_seconds():.0f} s from ours; set both by NTP."
        return Finding("clock", Verdict.WRONG, words)
    return Finding("database", Verdict.GOOD, "PostgreSQL, clocks agree")


async def redis(services: Services) -> Finding:
    """Redis gives a sign of life, or there is none to give one."""
    match await services.bell.state():
        case "ok":
            return Finding("redis", Verdict.GOOD, "answers")
        case "none":
            return Finding("redis", Verdict.GOOD, "none; the store is polled")
        case _:
            words = "no answer; work goes on by polling. Look at TROTH_REDIS_URL."
            return Finding("redis", Verdict.WARNING, words)


async def mail_out(services: Services) -> Finding:
    """A mail to ourselves is taken."""
    words = "This is what `troth doctor` sends to see whether mail goes out."
    letter = Message(services.sender, "Troth looks after itself", words)
    try:
        name = f"{services.ids.new().lower()}@{_domain(services)}"
        await services.mail_out.send(letter, name)
    except Unavailable as error:
        mend = f"the mail server does not answer ({error}); look at TROTH_SMTP_URL."
        return Finding("mail out", Verdict.DOWN, mend)
    except Rejected as error:
        mend = f"refused ({error}); may TROTH_MAIL_FROM send through this server?"
        return Finding("mail out", Verdict.WRONG, mend)
    return Finding("mail out", Verdict.GOOD, f"taken for {services.sender.email}")


async def mail_in(services: Services) -> Finding:
    """The mailbox for answers opens."""
    if services.mail_in is None:
        words = "no mailbox: answers to invitations are not read. Set TROTH_IMAP_URL."
        return Finding("mail in", Verdict.WARNING, words)
    try:
        async for _ in services.mail_in.unseen():
            break
    except (Unavailable, NeedsConsent, Refused) as error:
        words = f"the mailbox does not open ({error}); look at TROTH_IMAP_URL."
        return Finding("mail in", Verdict.DOWN, words)
    return Finding("mail in", Verdict.GOOD, "opens")


async def mail_records(services: Services) -> Finding:
    """SPF and DMARC stand in the DNS for the domain we write from."""
    domain = _domain(services)
    try:
        spf = [t for t in await texts(domain) if t.startswith("v=spf1")]
        dmarc = [t for t in await texts(f"_dmarc.{domain}") if t.startswith("v=DMARC1")]
    except Unavailable:
        words = f"no name server answers; look at SPF, DKIM and DMARC of {domain}."
        return Finding("mail records", Verdict.WARNING, words)
    missing = [n for n, found in (("SPF", spf), ("DMARC", dmarc)) if not found]
    if missing:
        words = f"{domain} has no {' and no '.join(missing)} record; mail may be lost."
        return Finding("mail records", Verdict.WARNING, words)
    words = "SPF and DMARC are there; that DKIM signs is your mail server's to show"
    return Finding("mail records", Verdict.GOOD, words)


_GOOGLE_STEPS = (
    "In the Google Cloud console (console.cloud.google.com) enable the Google Calendar"
    " API, the Google Drive API and the Google Docs API (the last two for agendas as"
    " documents), make an OAuth client of type 'Web application' with"
    " the redirect address {redirect}, and set the publishing status to 'In production'"
    " (what people allow an app in Testing ends after 7 days)."
)


async def google(services: Services) -> Finding:
    """Google knows this installation, or it is off."""
    found = installation(services.settings)
    if found is None:
        steps = _GOOGLE_STEPS.format(redirect=callback(services.settings))
        words = (
            f"off; nobody can connect Google Calendar. {steps} Then set"
            " TROTH_GOOGLE_CLIENT_ID and TROTH_GOOGLE_CLIENT_SECRET."
        )
        return Finding("google", Verdict.GOOD, words)
    steps = _GOOGLE_STEPS.format(redirect=found.client.redirect)
    try:
        is_known = await knows_us(found)
    except Unavailable as error:
        words = f"the token endpoint does not answer ({error}); look at the network."
        return Finding("google", Verdict.DOWN, words)
    if not is_known:
        words = (
            "Google does not know this client; look at TROTH_GOOGLE_CLIENT_ID and"
            f" TROTH_GOOGLE_CLIENT_SECRET. {steps}"
        )
        return Finding("google", Verdict.WRONG, words)
    words = f"Google knows this client; what it does not tell here: {steps}"
    return Finding("google", Verdict.GOOD, words)


async def google_push(services: Services) -> Finding:
    """Google can tell of changes at once, or is asked from time to time."""
    settings = services.settings
    if installation(settings) is None:
        return Finding("google push", Verdict.GOOD, "off, as Google is")
    if settings.site.startswith("https://"):
        async with services.begin(read_only=True) as uow:
            told = await uow.channels.working(services.clock.now())
        words = (
            f"Google may tell of changes at {settings.site}/webhooks/google;"
            f" calendars of which it does: {told}"
        )
        return Finding("google push", Verdict.GOOD, words)
    words = (
        "Google tells of changes only where TROTH_PUBLIC_URL is https, with a"
        " certificate that holds; calendars are polled instead."
    )
    return Finding("google push", Verdict.WARNING, words)


def _domain(services: Services) -> str:
    return services.sender.email.rpartition("@")[2]


CHECKS: tuple[Check, ...] = (
    folder,
    address,
    database,
    redis,
    mail_out,
    mail_in,
    mail_records,
    google,
    google_push,
)


async def examine(services: Services) -> tuple[Finding, ...]:
    """Look at everything, one after the other."""
    return tuple([await check(services) for check in CHECKS])


def exit_code(findings: tuple[Finding, ...]) -> int:
    """0 all good or only warnings, 2 a setting is wrong, 3 something did not answer."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.WRONG in verdicts:
        return 2
    return 3 if Verdict.DOWN in verdicts else 0
