"""Google's consent and token endpoints ('Using OAuth 2.0 for Web Server Applications').

PKCE is demanded, with S256. Consent is given by script: who, and to which scopes. An
`id_token` has a signature of no worth: it comes from the token endpoint alone.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlencode

from integrations.google.fake.problems import Json

_LIFE = timedelta(seconds=3599)
_CODE_LIFE = timedelta(minutes=10)
#: Short names of scopes, as the token answer spells them.
_SPELT = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}


class Wrong(Exception):
    """An error of these endpoints, in the form of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.status = status
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True)
class Client:
    """A registered application."""

    id: str
    secret: str
    redirects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody does on the consent page; `scopes` None ticks everything."""

    email: str
    scopes: frozenset[str] | None = None
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, good once."""

    email: str
    client: str
    redirect: str
    scopes: tuple[str, ...]
    challenge: str
    nonce: str | None
    offline: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """An access token."""

    email: str
    client: str
    scopes: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user has given one client, behind a refresh token."""

    email: str
    client: str
    scopes: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the endpoints remember. `grant_life`: 7 days when in Testing."""

    clients: Mapping[str, Client] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    codes: Mapping[str, Code] = field(default_factory=dict)
    access: Mapping[str, Access] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    grant_life: timedelta | None = None
    drawn: int = 0

    def draw(self, kind: str) -> tuple[Desk, str]:
        """A name that nobody has had."""
        text = sha256(f"{kind}/{self.drawn}".encode()).hexdigest()
        return replace(self, drawn=self.drawn + 1), f"{kind}{text}"

    def holder(self, token: str, now: datetime) -> Access | None:
        """Whose access token this is, if it is still good."""
        found = self.access.get(token)
        return found if found is not None and now < found.until else None

    def give(self, access: Access) -> tuple[Desk, str]:
        """A new access token."""
        desk, token = self.draw("ya29.")
        return replace(desk, access={**desk.access, token: access}), token


def authorize(desk: Desk, query: Mapping[str, str], now: datetime) -> tuple[Desk, str]:
    """The consent page, answered by the next `Consent`: where the browser goes then."""
    client = desk.clients.get(query.get("client_id", ""))
    if client is None:
        raise Wrong("invalid_client", "The OAuth client was not found.", 401)
    back = query.get("redirect_uri", "")
    if back not in client.redirects:
        raise Wrong("redirect_uri_mismatch", "You can't sign in to this app.")
    if query.get("response_type") != "code" or not query.get("scope"):
        raise Wrong("invalid_request", "Required parameter is missing.")
    if not query.get("code_challenge") or query.get("code_challenge_method") != "S256":
        raise Wrong("invalid_request", "A code challenge (S256) is required.")
    if not desk.consents:
        raise Wrong("access_denied", "Nobody sits before this page.", 403)
    consent, *later = desk.consents
    desk = replace(desk, consents=tuple(later))
    state = {"state": query["state"]} if "state" in query else {}
    if consent.denied:
        return desk, f"{back}?{urlencode({'error': 'access_denied', **state})}"
    scopes = _granted(desk, query, consent)
    code = Code(
        email=consent.email,
        client=client.id,
        redirect=back,
        scopes=scopes,
        challenge=query["code_challenge"],
        nonce=query.get("nonce"),
        offline=query.get("access_type") == "offline",
        at=now,
    )
    desk, text = desk.draw("4/")
    desk = replace(desk, codes={**desk.codes, text: code})
    answer = {**state, "code": text, "scope": " ".join(scopes)}
    return desk, f"{back}?{urlencode(answer)}"


def _granted(desk: Desk, query: Mapping[str, str], consent: Consent) -> tuple[str, ...]:
    asked = [_SPELT.get(one, one) for one in query["scope"].split()]
    always = {"openid", *_SPELT.values()}
    ticked = consent.scopes
    given = [one for one in asked if ticked is None or one in ticked | always]
    if query.get("include_granted_scopes") == "true":
        for grant in desk.grants.values():
            if (grant.email, grant.client) == (consent.email, query["client_id"]):
                given += grant.scopes
    return tuple(dict.fromkeys(given))


def exchange(desk: Desk, form: Mapping[str, str], now: datetime) -> tuple[Desk, Json]:
    """The token endpoint: a code or a refresh token for an access token."""
    client = desk.clients.get(form.get("client_id", ""))
    secret = form.get("client_secret", "")
    if client is None or not compare_digest(client.secret, secret):
        raise Wrong("invalid_client", "Unauthorized", 401)
    match form.get("grant_type"):
        case "authorization_code":
            return _by_code(desk, form, client, now)
        case "refresh_token":
            return _by_refresh(desk, form, client, now)
        case other:
            raise Wrong("unsupported_grant_type", f"Invalid grant_type: {other}")


def _by_code(
    desk: Desk, form: Mapping[str, str], client: Client, now: datetime
) -> tuple[Desk, Json]:
    text = form.get("code", "")
    code = desk.codes.get(text)
    if code is None or code.client != client.id or now - code.at > _CODE_LIFE:
        raise Wrong("invalid_grant", "Malformed auth code.")
    if form.get("redirect_uri") != code.redirect:
        raise Wrong("redirect_uri_mismatch", "Bad Request")
    if not compare_digest(challenge(form.get("code_verifier", "")), code.challenge):
        raise Wrong("invalid_grant", "Invalid code verifier.")
    desk = replace(desk, codes={k: v for k, v in desk.codes.items() if k != text})
    desk, answer = _access(desk, Grant(code.email, client.id, code.scopes, now), now)
    if code.offline:
        desk, refresh = desk.draw("1//")
        grant = Grant(code.email, client.id, code.scopes, now)
        desk = replace(desk, grants={**desk.grants, refresh: grant})
        answer["refresh_token"] = refresh
    if "openid" in code.scopes:
        answer["id_token"] = _id_token(code, now)
    return desk, answer


def _by_refresh(
    desk: Desk, form: Mapping[str, str], client: Client, now: datetime
) -> tuple[Desk, Json]:
    grant = desk.grants.get(form.get("refresh_token", ""))
    life = desk.grant_life
    if grant is None or grant.client != client.id or (life and now - grant.at > life):
        raise Wrong("invalid_grant", "Token has been expired or revoked.")
    return _access(desk, grant, now)


def _access(desk: Desk, grant: Grant, now: datetime) -> tuple[Desk, Json]:
    until = now + _LIFE
    held = Access(grant.email, grant.client, frozenset(grant.scopes), until)
    desk, token = desk.give(held)
    return desk, {
        "access_token": token,
        "expires_in": int(_LIFE.total_seconds()),
        "scope": " ".join(grant.scopes),
        "token_type": "Bearer",
    }


def revoke(desk: Desk, token: str) -> Desk:
    """The revoke endpoint: the whole grant ends, with every token of it."""
    held: Grant | Access | None = desk.grants.get(token) or desk.access.get(token)
    if held is None:
        raise Wrong("invalid_token", "Token expired or revoked")
    return withdraw(desk, held.email, held.client)


def withdraw(desk: Desk, email: str, client: str) -> Desk:
    """A user takes back what they gave a client, on their own account's page."""
    pair = (email, client)
    grants = {k: v for k, v in desk.grants.items() if (v.email, v.client) != pair}
    access = {k: v for k, v in desk.access.items() if (v.email, v.client) != pair}
    return replace(desk, grants=grants, access=access)


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 section 4.2)."""
    return _text(sha256(verifier.encode()).digest())


def subject(email: str) -> str:
    """The `sub` of an account: it stays when an address changes hands."""
    return str(int(sha256(email.encode()).hexdigest()[:16], 16)).rjust(21, "1")


def _id_token(code: Code, now: datetime) -> str:
    at = int(now.timestamp())
    claims = {
        "iss": "https://accounts.google.com",
        "azp": code.client,
        "aud": code.client,
        "sub": subject(code.email),
        "email": code.email,
        "email_verified": True,
        "iat": at,
        "exp": at + 3600,
        **({"nonce": code.nonce} if code.nonce is not None else {}),
    }
    head = {"alg": "RS256", "typ": "JWT", "kid": "fake"}
    parts = [json.dumps(one).encode() for one in (head, claims)]
    return ".".join([*map(_text, parts), _text(b"no signature")])


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
