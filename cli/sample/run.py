"""`troth run --sample`: made once, safe to interrupt, told with its addresses."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cli.progress import counting
from cli.sample.begin import (
    COORDINATOR,
    PAST,
    USERS,
    connections,
    live,
    make_calendars,
)
from config.bootstrap import make_folder, open_services
from config.sample import Sample, is_serving, open_sample, real_now, unhurried
from config.services import Services
from config.settings import Settings, load_settings
from scheduler.errors import Refused
from scheduler.secret import Secret
from scheduler.usecases.sign_in_links import sign_in_links
from workers.queue import LocalBell

_BEGUN, _READY = "begun\n", "ready\n"
#: What is ours to remove when a first start was interrupted.
_FOLDERS, _FILES = ("mail", "radicale"), "troth.sqlite3*"


def sample_settings() -> Settings:
    """The settings of the sample: what reaches out is fixed, the rest may be set.

    `Refused` E_SAMPLE where it would be open to others, or kept elsewhere.
    """
    fixed: dict[str, Any] = {
        "allow_private_addresses": "127.0.0.0/8",
        "smtp_url": "",
        "imap_url": "",
    }
    settings = load_settings(**fixed)
    if "poll_seconds" not in settings.model_fields_set:
        settings = load_settings(**fixed, poll_seconds=5)
    if settings.database_url.get_secret_value():
        raise Refused(
            "E_SAMPLE",
            "The sample keeps its own database in the data folder; unset"
            " TROTH_DATABASE_URL.",
            field="TROTH_DATABASE_URL",
        )
    if not _is_loopback(settings.address[0]):
        raise Refused(
            "E_SAMPLE",
            "The sample's pages let everybody be anybody; set TROTH_LISTEN to an"
            " address of 127.0.0.1.",
            field="TROTH_LISTEN",
        )
    return settings


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def sampled(settings: Settings, stop: asyncio.Event) -> AsyncIterator[Sample]:
    """The sample's calendar server, over a data folder that holds the sample.

    What an interrupted start left is begun anew. `Refused` E_SAMPLE for a data folder
    with real people in it; `stop` ends the making early.
    """
    make_folder(settings.data_dir)
    is_ready = _begin(settings)
    async with open_sample(settings, USERS) as sample:
        if is_ready:
            await _follow_server(settings, sample)
        else:
            await _make(settings, sample, stop)
        yield sample


def settings_here() -> Settings:
    """The settings for this data folder: the sample's, if that is what it holds."""
    settings = load_settings()
    return sample_settings() if settings.sample_mark.exists() else settings


@asynccontextmanager
async def with_server(settings: Settings) -> AsyncIterator[None]:
    """The calendar server of a sample that is there, unless it runs already.

    `Refused` E_SAMPLE for one that is not whole.
    """
    if settings.sample_mark.read_text() != _READY:
        raise Refused(
            "E_SAMPLE", "The sample is not whole yet; start it with run --sample."
        )
    if is_serving(settings):
        yield
        return
    async with open_sample(settings, USERS) as sample:
        await _follow_server(settings, sample)
        yield


def _begin(settings: Settings) -> bool:
    """Mark the folder as the sample's; whether it holds a whole sample already."""
    mark, folder = settings.sample_mark, settings.data_dir
    if mark.exists() and mark.read_text() == _READY:
        return True
    if not mark.exists() and any(folder.glob(_FILES)):
        raise Refused(
            "E_SAMPLE",
            "This data folder holds a Troth of its own; set TROTH_DATA_DIR to another"
            " folder for the sample.",
            field="TROTH_DATA_DIR",
        )
    mark.write_text(_BEGUN)
    for file in folder.glob(_FILES):
        file.unlink()
    for name in _FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    return False


async def _make(settings: Settings, sample: Sample, stop: asyncio.Event) -> None:
    until = real_now()
    began = until - PAST
    print("Three months of eight pairs are made; this happens once …", flush=True)
    await make_calendars(sample, until)
    bell = LocalBell(asyncio.Event())
    async with open_services(unhurried(settings), bell=bell, now=began) as services:
        with counting("Three months", PAST.days) as progress:
            done = await live(
                services, sample, until, is_stopped=stop.is_set, progress=progress
            )
    if done:
        settings.sample_mark.write_text(_READY)


async def _follow_server(settings: Settings, sample: Sample) -> None:
    """Have every connection lead to where the calendar server is now."""
    bell = LocalBell(asyncio.Event())
    async with (
        open_services(settings, bell=bell) as services,
        services.begin() as uow,
    ):
        for one in await connections(uow):
            path = urlsplit(one.url.reveal).path
            there = Secret(f"{sample.server}{path}")
            if one.url != there:
                await uow.calendars.put(replace(one, url=there))
        await uow.commit()


async def tell(services: Services, sample: Sample) -> None:
    """Print what there is to open."""
    links = await sign_in_links(
        COORDINATOR,
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
        links=services.links,
    )
    site = services.settings.site
    lines = (
        ("The sample", f"{site}/sample"),
        ("Kept mail", f"{site}/sample/mail"),
        ("The coordinator", f"{links[0][1]}  (open it within fifteen minutes)"),
        ("Calendars", f"{sample.server}/  (CalDAV)"),
    )
    for name, address in lines:
        print(f"  {name:16} {address}")
    for user, word in sample.accounts:
        print(f"    {user:14} password {word.reveal}")
    print("Stop it with Ctrl-C.", flush=True)
