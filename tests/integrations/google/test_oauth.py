"""Consent: bound to its session, pinned to its account, read from the answer."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.addresses import read_address
from integrations.calls import Answer
from integrations.google.oauth import (
    Client,
    Flow,
    Tokens,
    authorization_url,
    exchange,
    is_revoked,
    read_callback,
    read_grant,
    read_refresh,
    refresh,
    revoke,
)
from integrations.google.scopes import Scope, to_ask
from scheduler.accounts import Account, Need
from scheduler.errors import NeedsConsent, Refused, Unavailable
from scheduler.ids import AccountId, PersonId
from scheduler.secret import NO_SECRET, Secret

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLIENT = Client("client-1", Secret("client-canary"), "https://troth.test/back")
FLOW = Flow(Secret("state-canary"), Secret("v" * 43), Secret("nonce-canary"))
SCOPES = "openid https://www.googleapis.com/auth/calendar.events.freebusy"
CLAIMS: dict[str, Any] = {
    "iss": "https://accounts.google.com",
    "aud": "client-1",
    "sub": "1234",
    "email": "ida@a.test",
    "email_verified": True,
    "nonce": "nonce-canary",
    "exp": int(NOW.timestamp()) + 3_600,
}


def id_token(**changed: Any) -> str:
    claims = json.dumps(CLAIMS | changed).encode()
    return f"e30.{urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"


def answer(body: dict[str, Any] | bytes, status: int = 200, **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers, data, read_address("https://oauth2.test/token"))


def given(**changed: Any) -> Answer:
    told = {
        "access_token": "access-canary",
        "refresh_token": "refresh-canary",
        "expires_in": 3_599,
        "scope": SCOPES,
        "id_token": id_token(),
    }
    return answer(told | changed)


def test_where_a_person_is_sent() -> None:
    url = urlsplit(authorization_url(CLIENT, FLOW, to_ask([Need.READ]), hint="i@a.b"))
    words = {name: only for name, (only,) in parse_qs(url.query).items()}
    assert url.netloc == "accounts.google.com"
    challenge = urlsafe_b64encode(sha256(b"v" * 43).digest()).decode().rstrip("=")
    assert words == {
        "response_type": "code",
        "client_id": "client-1",
        "redirect_uri": "https://troth.test/back",
        "scope": "openid email"
        " https://www.googleapis.com/auth/calendar.events.freebusy",
        "state": "state-canary",
        "nonce": "nonce-canary",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "access_type": "offline",
        "include_granted_scopes": "true",
        "prompt": "consent",
        "login_hint": "i@a.b",
    }


def test_what_is_sent_for_tokens_holds_its_secrets_close() -> None:
    calls = {
        "authorization_code": exchange(CLIENT, FLOW, Secret("code-canary")),
        "refresh_token": refresh(CLIENT, Secret("refresh-canary")),
        None: revoke(CLIENT, Secret("refresh-canary")),
    }
    for kind, call in calls.items():
        words = {name: only for name, (only,) in parse_qs(call.body.decode()).items()}
        assert words.get("grant_type") == kind
        assert call.method == "POST"
        assert "canary" not in repr(call)
        assert "vvv" not in repr(call)
    words = parse_qs(calls["authorization_code"].body.decode())
    assert words["code_verifier"] == ["v" * 43]
    assert words["redirect_uri"] == [CLIENT.redirect]
    assert "canary" not in repr((CLIENT, FLOW))


def test_the_callback_gives_a_code() -> None:
    query = {"state": "state-canary", "code": "4/abc", "scope": SCOPES}
    assert read_callback(query, FLOW).reveal == "4/abc"


@pytest.mark.parametrize(
    ("query", "flow", "code"),
    [
        ({}, FLOW, "E_OAUTH_STATE"),
        ({"state": "state-canarx", "code": "x"}, FLOW, "E_OAUTH_STATE"),
        ({"state": "\udcff", "code": "x"}, FLOW, "E_OAUTH_STATE"),
        ({"state": "state-canary", "code": "x"}, None, "E_OAUTH_STATE"),
        ({"state": "?", "code": "x"}, None, "E_OAUTH_STATE"),
        ({"state": "x", "error": "access_denied"}, FLOW, "E_OAUTH_STATE"),
        (
            {"state": "state-canary", "error": "access_denied"},
            FLOW,
            "E_OAUTH_DENIED",
        ),
        ({"state": "state-canary", "error": "x", "code": "y"}, FLOW, "E_OAUTH_ANSWER"),
        ({"state": "state-canary"}, FLOW, "E_OAUTH_ANSWER"),
    ],
)
def test_a_callback_that_proves_nothing_is_refused(
    query: dict[str, str], flow: Flow | None, code: str
) -> None:
    """promises.md input 64."""
    with pytest.raises(Refused, match=code):
        read_callback(query, flow)


def test_what_was_granted_is_read_from_the_answer() -> None:
    tokens, account = read_grant(given(), CLIENT, FLOW, NOW)
    assert tokens.scopes == {Scope.OPENID, Scope.FREEBUSY}
    assert (account.sub, account.email) == ("1234", "ida@a.test")
    assert tokens.access.reveal == "access-canary"
    assert tokens.is_good(NOW)
    assert not tokens.is_good(NOW + timedelta(hours=1))
    assert "canary" not in repr(tokens)
    less, _ = read_grant(given(scope="openid"), CLIENT, FLOW, NOW)
    assert less.scopes == {Scope.OPENID}
    none, _ = read_grant(given(refresh_token=None), CLIENT, FLOW, NOW)
    assert not none.refresh


def test_another_account_than_the_one_connected_is_refused() -> None:
    pinned = replace(FLOW, account="1234")
    assert read_grant(given(), CLIENT, pinned, NOW)[1].sub == "1234"
    other = given(id_token=id_token(sub="5678"))
    with pytest.raises(Refused, match="E_OAUTH_OTHER_ACCOUNT"):
        read_grant(other, CLIENT, pinned, NOW)


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "a.b",
        "a.%%%.c",
        "e30.W10.c",
        id_token(iss="https://evil.test"),
        id_token(iss=["https://accounts.google.com"]),
        id_token(aud="client-2"),
        id_token(nonce="other"),
        id_token(nonce=None),
        id_token(exp=int(NOW.timestamp())),
        id_token(exp="soon"),
        id_token(sub=""),
        id_token(sub=5),
    ],
)
def test_an_account_that_nobody_vouches_for_is_refused(token: str | None) -> None:
    with pytest.raises(Refused, match="E_OAUTH_ACCOUNT"):
        read_grant(given(id_token=token), CLIENT, FLOW, NOW)


def test_an_address_that_is_not_verified_is_none() -> None:
    told = given(id_token=id_token(email_verified=False))
    assert read_grant(told, CLIENT, FLOW, NOW)[1].email == ""


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (answer({"error": "invalid_grant"}, 400), NeedsConsent),
        (answer({"error": "invalid_client"}, 401), Unavailable),
        (answer({"error": "temporarily_unavailable"}, 503), Unavailable),
        (answer(b"<html>", 502), Unavailable),
        (answer(b"{}", 200), Unavailable),
        (answer(b"[1]", 200), Unavailable),
        (answer({"error": {"code": 429}}, 429), Unavailable),
    ],
)
def test_a_refused_refresh_says_what_to_do(told: Answer, kind: type[Exception]) -> None:
    before = Tokens(NO_SECRET, Secret("refresh-canary"), NOW, frozenset())
    with pytest.raises(kind) as caught:
        read_refresh(told, before, NOW)
    assert "canary" not in str(caught.value)


def test_a_code_that_is_no_longer_good_is_the_persons_to_mend() -> None:
    with pytest.raises(Refused, match="E_OAUTH_CODE"):
        read_grant(answer({"error": "invalid_grant"}, 400), CLIENT, FLOW, NOW)


def test_a_refresh_keeps_what_it_does_not_speak_of() -> None:
    before = Tokens(
        NO_SECRET, Secret("refresh-canary"), NOW, frozenset({Scope.FREEBUSY})
    )
    told = answer({"access_token": "new", "expires_in": 3_599})
    after = read_refresh(told, before, NOW)
    assert after.refresh == before.refresh
    assert after.scopes == before.scopes
    more = answer({"access_token": "new", "refresh_token": "r2", "scope": "openid"})
    after = read_refresh(more, before, NOW)
    assert after.refresh.reveal == "r2"
    assert after.scopes == {Scope.OPENID}
    assert not after.is_good(NOW)


def test_what_is_revoked_already_is_revoked() -> None:
    assert is_revoked(answer(b"", 200))
    assert is_revoked(answer({"error": "invalid_token"}, 400))
    assert not is_revoked(answer({"error": "invalid_request"}, 400))
    with pytest.raises(Unavailable):
        is_revoked(answer(b"", 503))


def test_a_refused_grant_is_asked_about_once_a_day() -> None:
    account = Account(AccountId("a"), PersonId("p"), "1", "a@b.c", Secret("r"))
    asked, refused = 0, None
    for hour in range(24 * 30):
        now = NOW + timedelta(hours=hour)
        if replace(account, refused_at=refused).may_call(now):
            asked, refused = asked + 1, now
    assert asked == 30


def test_a_flow_without_its_secrets_cannot_be() -> None:
    with pytest.raises(ValueError, match="verifier"):
        Flow(Secret("s"), Secret("short"), Secret("n"))
    with pytest.raises(ValueError, match="state"):
        Flow(Secret(""), Secret("v" * 43), Secret("n"))
