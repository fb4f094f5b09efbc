"""Google, from the settings; a part of `config.bootstrap`."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin

from config.settings import Settings
from integrations.addresses import read_address
from integrations.google.client import Google, Installation
from integrations.google.grants import StoredGrants
from integrations.google.oauth import Client, Endpoints, knows_client, refresh
from integrations.google.turnstile import World
from integrations.google.watching import GoogleWatching, webhook
from integrations.sites import Sites
from integrations.system import chance
from scheduler.errors import Refused
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock
from scheduler.ports.watching import Watching
from scheduler.secret import Secret


def callback(settings: Settings) -> str:
    """Where Google sends people back to; it has to be registered there as it is."""
    return f"{settings.site}/calendar/google/callback"


def open_google(settings: Settings, begin: Begin, clock: Clock) -> Google | None:
    """Google as it is set; None where no client is. Nothing is called."""
    found = installation(settings)
    if found is None:
        return None
    world = World(clock.now, asyncio.sleep, chance)
    return Google(found, StoredGrants(begin), world=world)


def open_watching(google: Google | None, settings: Settings) -> Watching | None:
    """How Google tells us of changes; None where it will not."""
    address = webhook(settings.site)
    return GoogleWatching(google.account, address) if google and address else None


def installation(settings: Settings) -> Installation | None:
    """How Google knows this installation. `Refused` E_SETTING for half a client."""
    secret = Secret(settings.google_client_secret.get_secret_value())
    if bool(settings.google_client_id) is not bool(secret):
        name = "TROTH_GOOGLE_CLIENT_ID" if secret else "TROTH_GOOGLE_CLIENT_SECRET"
        raise Refused(
            "E_SETTING",
            f"{name}: expected beside the other half; both stand in the Google Cloud"
            " console, under Google Auth Platform, Clients.",
            field=name,
        )
    if not secret:
        return None
    endpoints = _endpoints(settings)
    client = Client(settings.google_client_id, secret, callback(settings), endpoints)
    root = settings.google_api_root.rstrip("/")
    return Installation(client, read_address(f"{root}/"))


async def knows_us(found: Installation) -> bool:
    """Whether the token endpoint knows the client; `Unavailable`."""
    sites = Sites(found.sites)
    try:
        nobody = Secret("this is nobody's")
        return knows_client(await sites.call(refresh(found.client, nobody)))
    finally:
        await sites.close()


def _endpoints(settings: Settings) -> Endpoints:
    """Revocation lies beside the token; who signs for the accounts is its site."""
    usual, token = Endpoints(), settings.google_token_uri
    if token == usual.token:
        return Endpoints(authorize=settings.google_auth_uri)
    return Endpoints(
        authorize=settings.google_auth_uri,
        token=token,
        revoke=urljoin(token, "revoke"),
        issuers=usual.issuers | {read_address(token).origin},
    )
