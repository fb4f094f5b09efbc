"""Google's consent: where to send a person, and what the answers mean. Without I/O.

RFC 6749 (authorization code), RFC 7636 (PKCE, S256), OpenID Connect Core 1.0 section
3.1.3.7 (ID token), RFC 7009 (revocation), developers.google.com/identity/protocols/
oauth2/web-server; promises.md F27, F28, S7. What was allowed is read from the answer,
never from what was asked; which account it is stays pinned by `sub`.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from integrations.addresses import read_address
from integrations.calls import Answer, Call
from integrations.google.scopes import Scope, granted
from scheduler.errors import NeedsConsent, Refused, Troth, Unavailable
from scheduler.secret import NO_SECRET, Secret

_MOST = 64 * 1024
#: An access token is taken for dead this long before it is.
_EARLY = timedelta(minutes=2)
_ISSUERS = frozenset(("https://accounts.google.com", "accounts.google.com"))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Google's consent lives; tests have their own."""

    authorize: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    revoke: str = "https://oauth2.googleapis.com/revoke"
    issuers: frozenset[str] = _ISSUERS


@dataclass(frozen=True, slots=True)
class Client:
    """This installation as Google knows it, and where answers come back to."""

    id: str
    secret: Secret
    redirect: str
    endpoints: Endpoints = field(default_factory=Endpoints)


@dataclass(frozen=True, slots=True)
class Flow:
    """One consent that was begun: kept beside the session of whoever began it.

    `state`, `verifier` and `nonce` are random, made by the caller, and good once;
    `verifier` has 43 to 128 characters (RFC 7636 section 4.1).
    """

    state: Secret
    verifier: Secret
    nonce: Secret
    #: The `sub` that must come back; '' for a first connection.
    account: str = ""

    def __post_init__(self) -> None:
        if not 43 <= len(self.verifier.reveal) <= 128:
            raise ValueError("a verifier has 43 to 128 characters")
        if not (self.state and self.nonce):
            raise ValueError("a flow without state or nonce")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who allowed it: `sub` never changes, the address may."""

    sub: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one person granted.

    `refresh` is empty where Google gave none: a person who had allowed it before.
    """

    access: Secret
    refresh: Secret
    expires: datetime
    scopes: frozenset[Scope]

    def is_good(self, now: datetime) -> bool:
        """Whether the access token still is; else it is to be renewed first."""
        return bool(self.access) and now < self.expires - _EARLY


# Asking -----------------------------------------------------------------------------


def authorization_url(
    client: Client, flow: Flow, scopes: Iterable[Scope], *, hint: str = ""
) -> str:
    """Where to send the person; `hint` is the address they are known by.

    `consent` is asked for each time, since only so a refresh token is sure to come;
    what was allowed before stays allowed (`include_granted_scopes`).
    """
    challenge = sha256(flow.verifier.reveal.encode()).digest()
    words = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect,
        "scope": " ".join(scope.value for scope in scopes),
        "state": flow.state.reveal,
        "nonce": flow.nonce.reveal,
        "code_challenge": urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "include_granted_scopes": "true",
        "prompt": "consent",
    }
    if hint:
        words["login_hint"] = hint
    return f"{client.endpoints.authorize}?{urlencode(words)}"


def exchange(client: Client, flow: Flow, code: Secret) -> Call:
    """The code of a callback for tokens."""
    return _form(
        client.endpoints.token,
        grant_type="authorization_code",
        code=code.reveal,
        code_verifier=flow.verifier.reveal,
        redirect_uri=client.redirect,
        client_id=client.id,
        client_secret=client.secret.reveal,
    )


def refresh(client: Client, token: Secret) -> Call:
    """A new access token."""
    return _form(
        client.endpoints.token,
        grant_type="refresh_token",
        refresh_token=token.reveal,
        client_id=client.id,
        client_secret=client.secret.reveal,
    )


def revoke(client: Client, token: Secret) -> Call:
    """End the whole grant: of a refresh token with all that came of it."""
    return _form(client.endpoints.revoke, token=token.reveal)


def _form(url: str, **words: str) -> Call:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    body = urlencode(words).encode()
    return Call("POST", read_address(url), headers, body, most_bytes=_MOST)


# Answers ----------------------------------------------------------------------------


def read_callback(query: Mapping[str, str], flow: Flow | None) -> Secret:
    """The code, from where the person comes back; `Refused` E_OAUTH_….

    `flow` is the one of their session, None where none was begun or it was used
    already (promises.md input 64).
    """
    state = query.get("state", "")
    expected = flow.state.reveal if flow else "?"
    if not _same(state, expected) or flow is None:
        raise not_begun()
    if query.get("error") == "access_denied":
        raise Refused(
            "E_OAUTH_DENIED",
            "Google says that you did not allow it; nothing was connected.",
        )
    if query.get("error") or not query.get("code"):
        raise Refused(
            "E_OAUTH_ANSWER",
            "Google's answer holds no permission; begin again on your page.",
        )
    return Secret(query["code"])


def not_begun() -> Refused:
    """What somebody is told who comes back from nowhere."""
    return Refused(
        "E_OAUTH_STATE",
        "This answer belongs to no connection that was begun here, or to one that was"
        " used already; begin again on your page.",
    )


def read_grant(
    answer: Answer, client: Client, flow: Flow, now: datetime
) -> tuple[Tokens, Identity]:
    """The answer to `exchange`.

    `Refused` for a code that is no longer good, and for another account than the one
    that was connected: then nothing is to be kept.
    """
    told = _told(answer)
    if told.get("error") == "invalid_grant":
        raise Refused(
            "E_OAUTH_CODE",
            "This permission was used already, or too late; begin again on your page.",
        )
    _raise_unless_given(answer, told)
    account = _account(told.get("id_token"), client, flow, now)
    if flow.account and flow.account != account.sub:
        raise Refused(
            "E_OAUTH_OTHER_ACCOUNT",
            "This is another Google account than the one that was connected; choose"
            " that one, or disconnect it first.",
        )
    return _tokens(told, now), account


def read_refresh(answer: Answer, before: Tokens, now: datetime) -> Tokens:
    """The answer to `refresh`. `NeedsConsent`: stop all calls at once (F27).

    The refresh token stays unless another one comes; of an answer that does not speak
    of scopes the old ones hold.
    """
    told = _told(answer)
    _raise_unless_given(answer, told)
    news = _tokens(told, now)
    return replace(
        news,
        refresh=news.refresh or before.refresh,
        scopes=news.scopes if told.get("scope") else before.scopes,
    )


def is_revoked(answer: Answer) -> bool:
    """The answer to `revoke`: whether the grant is gone, now or before.

    `Unavailable` where that is not known yet.
    """
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(
            f"Google answers {answer.status} to a revocation", after=answer.retry_after
        )
    return answer.status == 200 or _told(answer).get("error") == "invalid_token"


def knows_client(answer: Answer) -> bool:
    """The answer to `refresh` with a token that is nobody's: whether we are known.

    RFC 6749 section 5.2: the client is looked at first. `Unavailable` for any answer
    that says neither.
    """
    reason = _told(answer).get("error")
    if reason == "invalid_grant":
        return True
    if reason in ("invalid_client", "unauthorized_client"):
        return False
    raise Unavailable(f"Google answers {answer.status} to a request for a token")


def _told(answer: Answer) -> Mapping[str, Any]:
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _raise_unless_given(answer: Answer, told: Mapping[str, Any]) -> None:
    if answer.status == 200 and isinstance(told.get("access_token"), str):
        return
    raise _failure(answer, str(told.get("error") or "")[:64])


def _failure(answer: Answer, reason: str) -> Troth:
    """RFC 6749 section 5.2; what is wrong with this installation is its operator's."""
    if reason == "invalid_grant":
        return NeedsConsent("Google does not honour this grant any more")
    if answer.status >= 500 or answer.status == 429 or not reason:
        return Unavailable(
            f"Google answers {answer.status} to a request for a token",
            after=answer.retry_after,
        )
    return Unavailable(f"Google does not know this installation ({reason})")


def _tokens(told: Mapping[str, Any], now: datetime) -> Tokens:
    seconds = told.get("expires_in")
    life = seconds if isinstance(seconds, int) and seconds > 0 else 0
    return Tokens(
        access=Secret(_text(told.get("access_token"))),
        refresh=Secret(_text(told.get("refresh_token"))) or NO_SECRET,
        expires=now + timedelta(seconds=min(life, 86_400)),
        scopes=granted(_text(told.get("scope"))),
    )


def _account(token: object, client: Client, flow: Flow, now: datetime) -> Identity:
    """Who it is, from an ID token that came straight from Google over TLS.

    OpenID Connect Core 3.1.3.7: issuer, audience, end and nonce are checked; the
    connection stands for the signature (number 6 there).
    """
    claims = _claims(_text(token))
    nonce = _text(claims.get("nonce"))
    ends = claims.get("exp")
    is_ours = (
        _text(claims.get("iss")) in client.endpoints.issuers
        and claims.get("aud") == client.id
        and isinstance(ends, int)
        and ends > now.timestamp()
        and _same(nonce, flow.nonce.reveal)
        and bool(_text(claims.get("sub")))
    )
    if not is_ours:
        raise Refused(
            "E_OAUTH_ACCOUNT",
            "Google's answer does not say which account this is; begin again on your"
            " page.",
        )
    email = _text(claims.get("email")) if claims.get("email_verified") else ""
    return Identity(_text(claims["sub"]), email)


def _claims(token: str) -> Mapping[str, Any]:
    try:
        _, middle, _ = token.split(".")
        claims = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, NotBase64, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _same(one: str, other: str) -> bool:
    """In a time that does not tell where they differ."""
    return compare_digest(
        one.encode(errors="backslashreplace"), other.encode(errors="backslashreplace")
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
