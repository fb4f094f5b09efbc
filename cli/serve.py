"""The long-running commands, and the one that does everything once."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from errno import EADDRINUSE

import structlog
import uvicorn

from config.bootstrap import machine_clock, open_services, upgrade_database
from config.handlers import make_handlers
from config.logging import set_up
from config.sample import Sample
from config.services import Services
from config.settings import Settings
from scheduler.errors import Refused
from web.app import make_app
from workers.alive import is_alive, show_life
from workers.queue import LocalBell, RedisBell
from workers.run import Runner, tick
from workers.server import Pages, stop_on_signals
from workers.sweep import work
from workers.valkey import InUse, Valkey, ValkeyError, url_of

log = structlog.stdlib.get_logger(__name__)


#: Starts what only the sample has, and fills an empty data folder; until `stop`.
Prepare = Callable[[Settings, asyncio.Event], AbstractAsyncContextManager[Sample]]


async def serve(
    settings: Settings,
    *,
    pages: bool = True,
    worker: bool = True,
    prepare: Prepare | None = None,
) -> None:
    """Run the pages, a worker, or both until a signal says stop.

    Both together also run the Valkey of this data folder, if Redis is `embedded`.
    """
    set_up(settings.log_format, settings.log_level)
    stop = stop_on_signals()
    async with AsyncExitStack() as stack:
        door = stack.enter_context(bound(settings)) if pages else None
        redis_url = await stack.enter_async_context(
            redis_of(settings, start=pages and worker)
        )
        stirred = asyncio.Event()
        bell = RedisBell(redis_url) if redis_url else LocalBell(stirred)
        stack.push_async_callback(bell.close)
        sample = None
        if prepare:
            sample = await stack.enter_async_context(prepare(settings, stop))
        services = await stack.enter_async_context(open_services(settings, bell=bell))
        if worker:
            life = asyncio.create_task(show_life(settings.data_dir))
            stack.callback(life.cancel)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        if worker:
            runner = make_runner(services, stirred)
            group.create_task(work(runner, bell, stop, redis_url=redis_url))
        if door:
            group.create_task(show(services, door, stop, sample))
        elif sys.stdout.isatty():
            print("Troth is at work; stop it with Ctrl-C.", flush=True)


async def show(
    services: Services,
    door: socket.socket,
    stop: asyncio.Event,
    sample: Sample | None = None,
) -> None:
    """Answer on this socket until `stop` is set."""
    proxies = services.settings.trusted_proxies
    pages = Pages(
        uvicorn.Config(
            make_app(services, sample),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=[str(network) for network in proxies],
            timeout_graceful_shutdown=5,
        )
    )
    serving = asyncio.create_task(pages.serve(sockets=[door]))
    stopped = asyncio.create_task(stop.wait())
    if not stop.is_set():
        print(f"Troth is at {services.settings.site}/", flush=True)
        if sample:
            from cli.sample.run import tell

            await tell(services, sample)
        elif await is_empty(services):
            print(
                "  There is no programme yet: troth programme create NAME --coordinator"
                f" EMAIL\n  Sign in at {services.settings.site}/link",
                flush=True,
            )
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    pages.should_exit = True
    stopped.cancel()
    await serving
    stop.set()


async def is_empty(services: Services) -> bool:
    """Whether nobody has begun a programme here."""
    async with services.begin(read_only=True) as uow:
        return not await uow.programmes.all()


async def do_once(settings: Settings, now: datetime | None) -> int:
    """Do everything that is due, without Redis; how many pieces were done."""
    set_up(settings.log_format, settings.log_level)
    if now and not settings.sample_mark.exists():
        raise Refused(
            "E_TICK_NOW",
            "--now is for a data folder made with --sample: elsewhere it would send"
            " real people's letters at the wrong time.",
            field="--now",
        )
    bell = LocalBell(asyncio.Event())
    async with AsyncExitStack() as stack:
        if settings.sample_mark.exists():
            from cli.sample.run import with_server

            await stack.enter_async_context(with_server(settings))
        services = await stack.enter_async_context(
            open_services(settings, bell=bell, now=now)
        )
        return await tick(make_runner(services))


async def upgrade(settings: Settings) -> None:
    """Bring the database up to the newest revision."""
    await upgrade_database(settings)


def worker_is_alive(settings: Settings) -> bool:
    """Whether a worker of this data folder gave a sign of life lately."""
    return is_alive(settings.data_dir, machine_clock().now())


def make_runner(services: Services, stirred: asyncio.Event | None = None) -> Runner:
    """A worker over these services."""
    return Runner(
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
        handlers=make_handlers(services),
        stirred=stirred,
    )


def bound(settings: Settings) -> socket.socket:
    """The socket that the pages listen on; `Refused` E_PORT_TAKEN, E_SETTING."""
    host, port = settings.address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == EADDRINUSE:
            raise Refused(
                "E_PORT_TAKEN",
                f"Another program listens on {settings.listen}; stop it, or set"
                " TROTH_LISTEN to another HOST:PORT.",
                field="TROTH_LISTEN",
            ) from None
        reason = error.strerror or type(error).__name__
        raise _wrong_address(reason) from None
    except OverflowError:
        raise _wrong_address("a port is at most 65535") from None


def _wrong_address(reason: str) -> Refused:
    message = f"TROTH_LISTEN: expected an address of this machine ({reason})."
    return Refused("E_SETTING", message, field="TROTH_LISTEN")


@asynccontextmanager
async def redis_of(settings: Settings, *, start: bool) -> AsyncIterator[str]:
    """The address of Redis; empty when there is none."""
    url = settings.redis_url.get_secret_value()
    folder = settings.data_dir / "valkey"
    if url != "embedded":
        yield "" if url == "none" else url
    elif not start:
        yield url_of(folder)
    else:
        async with AsyncExitStack() as stack:
            try:
                valkey = Valkey(folder)
                await valkey.start()
            except InUse:
                raise Refused(
                    "E_DATA_IN_USE",
                    f"Another Troth uses {settings.data_dir}; stop it, or set"
                    " TROTH_DATA_DIR to another folder.",
                    field="TROTH_DATA_DIR",
                ) from None
            except (ValkeyError, OSError, TimeoutError) as error:
                log.warning("no Valkey, the store is polled", reason=str(error))
                yield ""
                return
            stack.push_async_callback(valkey.stop)
            watch = asyncio.create_task(valkey.watch())
            stack.callback(watch.cancel)
            yield valkey.url


def instant(text: str) -> datetime:
    """An instant as ISO 8601 writes it, with its zone; `Refused` E_INSTANT."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Refused(
            "E_INSTANT",
            "--now expects an instant with its zone, like 2026-03-02T09:00:00Z.",
            field="--now",
        )
    return read.astimezone(UTC)
