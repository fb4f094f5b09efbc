"""What Google documents of OAuth 2.0 for web servers."""

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from integrations.google.fake.oauth import Consent, challenge, subject, withdraw
from integrations.google.fake.world import SCOPE
from tests.integrations.google.conftest import CLIENT, MENTOR, Stage

VERIFIER = "v" * 43
(BACK,) = CLIENT.redirects
READ, WRITE = f"{SCOPE}calendar.events.freebusy", f"{SCOPE}calendar.events.owned"
LIST = "/calendar/v3/calendars/primary/events"


def authorize(stage: Stage, **more: str) -> tuple[int, dict[str, str]]:
    query = {
        "client_id": CLIENT.id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": f"openid email {READ} {WRITE}",
        "state": "s1",
        "nonce": "n1",
        "access_type": "offline",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
        **more,
    }
    path = f"/o/oauth2/v2/auth?{urlencode(query)}"
    status, answer, headers = stage.plain("GET", path)
    told = parse_qs(urlsplit(headers.get("location", "")).query)
    return status, {k: v[0] for k, v in told.items()} or answer


def exchange(stage: Stage, path: str = "/token", **form: str) -> tuple[int, Any]:
    whole = {"client_id": CLIENT.id, "client_secret": CLIENT.secret, **form}
    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    status, answer, _ = stage.plain("POST", path, "", urlencode(whole), **kind)
    return status, answer


def by_code(stage: Stage, code: str, **more: str) -> tuple[int, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return exchange(stage, **{**form, "code_verifier": VERIFIER, **more})


def connected(stage: Stage, **more: str) -> Any:
    stage.google.consent(Consent(MENTOR))
    return by_code(stage, authorize(stage, **more)[1]["code"])[1]


def test_a_code_is_good_once_and_only_with_its_verifier(stage: Stage) -> None:
    """'Using OAuth 2.0 for Web Server Applications', and PKCE (RFC 7636)."""
    stage.google.consent(Consent(MENTOR))
    status, told = authorize(stage)
    assert (status, told["state"]) == (302, "s1")
    for wrong in (
        {"code_verifier": "w" * 43},
        {"redirect_uri": "https://elsewhere.test/"},
        {"client_secret": "loud"},
        {"grant_type": "password"},
    ):
        assert by_code(stage, told["code"], **wrong)[0] in {400, 401}
    assert by_code(stage, "4/other")[1]["error"] == "invalid_grant"
    status, answer = by_code(stage, told["code"])
    assert status == 200
    assert answer["token_type"] == "Bearer"
    assert answer["refresh_token"]
    assert by_code(stage, told["code"])[1]["error"] == "invalid_grant"


def test_the_id_token_names_the_account(stage: Stage) -> None:
    """'OpenID Connect': `sub`, audience and nonce."""
    text = connected(stage)["id_token"].split(".")[1]
    claims = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert claims["iss"] == "https://accounts.google.com"
    assert (claims["aud"], claims["nonce"]) == (CLIENT.id, "n1")
    assert (claims["sub"], claims["email"]) == (subject(MENTOR), MENTOR)


def test_what_was_granted_stands_in_the_answer(stage: Stage) -> None:
    """'Granular permissions': some scopes may not be ticked."""
    stage.google.consent(Consent(MENTOR, frozenset({READ})))
    answer = by_code(stage, authorize(stage)[1]["code"])[1]
    granted = answer["scope"].split()
    assert READ in granted
    assert WRITE not in granted
    assert f"{SCOPE}userinfo.email" in granted
    assert stage.plain("GET", LIST, answer["access_token"])[0] == 200
    assert stage.plain("DELETE", f"{LIST}/abcde", answer["access_token"])[0] == 403


def test_earlier_grants_are_included_when_asked_for(stage: Stage) -> None:
    """'Incremental authorization': `include_granted_scopes`."""
    connected(stage, scope=f"openid {READ}")
    answer = connected(stage, scope=WRITE, include_granted_scopes="true")
    assert {READ, WRITE} <= set(answer["scope"].split())


def test_a_refusal_comes_back_as_an_error(stage: Stage) -> None:
    """'Using OAuth 2.0', authorization response: `error=access_denied`."""
    stage.google.consent(Consent(MENTOR, denied=True))
    _, told = authorize(stage)
    assert told == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://troth.test/google/back/"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"scope": ""},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_request_for_consent_is_exact(stage: Stage, wrong: dict[str, str]) -> None:
    """'Using OAuth 2.0': redirect addresses match exactly; PKCE is demanded here."""
    stage.google.consent(Consent(MENTOR))
    assert authorize(stage, **wrong)[0] in {400, 401}


@pytest.mark.parametrize("way", ["revoked", "withdrawn", "aged"])
def test_a_grant_that_ended_is_an_invalid_grant(stage: Stage, way: str) -> None:
    """'Using OAuth 2.0', refresh: revoked, taken back, or 7 days old in Testing."""
    answer = connected(stage)
    again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    fresh = exchange(stage, **again)[1]
    assert stage.plain("GET", LIST, fresh["access_token"])[0] == 200
    assert "refresh_token" not in fresh
    google = stage.google
    if way == "revoked":
        assert exchange(stage, "/revoke", token=answer["refresh_token"])[0] == 200
        assert exchange(stage, "/revoke", token=answer["refresh_token"])[0] == 400
    elif way == "withdrawn":
        google.desk = withdraw(google.desk, MENTOR, CLIENT.id)
    else:
        life = google.behaviour.channel_life
        google.desk = type(google.desk)(
            google.desk.clients, grants=google.desk.grants, grant_life=life
        )
        stage.clock.advance(life * 1.01)
    status, told = exchange(stage, **again)
    assert (status, told["error"]) == (400, "invalid_grant")
    assert stage.plain("GET", LIST, fresh["access_token"])[0] == 401


def test_codes_grow_old(stage: Stage) -> None:
    """RFC 6749 section 4.1.2: ten minutes at most."""
    stage.google.consent(Consent(MENTOR))
    _, told = authorize(stage)
    stage.clock.advance(stage.google.behaviour.token_life)
    assert by_code(stage, told["code"])[1]["error"] == "invalid_grant"
