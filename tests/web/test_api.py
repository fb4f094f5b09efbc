"""The API: scopes, shapes, errors."""

from datetime import timedelta

import pytest

from tests.web.world import HAFEN, IDA, LEYLA, PAIR, World

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow


async def call(world: World, method: str, path: str, word: str, **options: object):
    headers = {"authorization": f"Bearer {word}"}
    return await world.client.request(
        method, f"/api/v1{path}", headers=headers, **options
    )


async def test_two_people_agree_over_the_api(world: World) -> None:
    ida, leyla = await world.token(HAFEN, IDA), await world.token(HAFEN, LEYLA)
    path = f"/pairs/{PAIR.id}/agreements"
    [draft] = (await call(world, "GET", path, ida)).json()
    terms = draft["terms"] | {"minutes": 30}
    body = {"digest": draft["digest"], "terms": terms}
    proposal = await call(world, "POST", path, ida, json=body)
    assert proposal.status_code == 201 and proposal.json()["version"] == 2
    old = await call(
        world, "POST", f"{path}/accept", leyla, json={"digest": draft["digest"]}
    )
    assert old.status_code == 409
    assert old.json()["code"] == "E_AGREEMENT_CHANGED"
    assert old.json()["agreement"] == proposal.json()
    digest = {"digest": proposal.json()["digest"]}
    accepted = await call(world, "POST", f"{path}/accept", leyla, json=digest)
    assert accepted.json()["state"] == "in force"
    plan = (await call(world, "GET", f"/pairs/{PAIR.id}/plan", ida)).json()
    assert len(plan["meetings"]) == 13


async def test_all_terms_are_proposed_and_withdrawn_over_the_api(world: World) -> None:
    ida, leyla = await world.token(HAFEN, IDA), await world.token(HAFEN, LEYLA)
    path = f"/pairs/{PAIR.id}/agreements"
    [draft] = (await call(world, "GET", path, ida)).json()
    terms = draft["terms"] | {
        "mentor_quiet": "Sat, Sun",
        "mentee_country": "DE-BY",
        "where": {"kind": "place", "text": "The library"},
        "off_limits": ["Marks"],
        "review_weeks": None,
    }
    body = {"digest": draft["digest"], "terms": terms}
    proposal = (await call(world, "POST", path, ida, json=body)).json()
    assert proposal["terms"] == terms
    digest = {"digest": proposal["digest"]}
    refused = await call(world, "POST", f"{path}/withdraw", leyla, json=digest)
    assert refused.json()["code"] == "E_NOT_YOURS"
    stands = await call(world, "POST", f"{path}/withdraw", ida, json=digest)
    assert (stands.json()["state"], stands.json()["version"]) == ("draft", 3)
    assert stands.json()["terms"] == draft["terms"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"mentor_quiet": "Caturday"}, "E_QUIET", "mentor_quiet"),
        ({"mentee_country": "DE-XX"}, "E_COUNTRY", "mentee_country"),
        ({"where": {"kind": "link", "text": "x"}}, "E_WHERE", "where"),
        ({"off_limits": [" "]}, "E_OFF_LIMITS", "off_limits"),
        ({"review_weeks": 90}, "E_REVIEW", "review_weeks"),
        ({"first_day": "0001-01-01"}, "E_DATES", "first_day"),
    ],
)
async def test_a_wrong_term_is_named(
    world: World, changes: dict[str, object], code: str, field: str
) -> None:
    ida = await world.token(HAFEN, IDA)
    path = f"/pairs/{PAIR.id}/agreements"
    [draft] = (await call(world, "GET", path, ida)).json()
    body = {"digest": draft["digest"], "terms": draft["terms"] | changes}
    answer = await call(world, "POST", path, ida, json=body)
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)


async def test_the_scopes_do_not_mix(world: World) -> None:
    coordinator, ida = await world.token(HAFEN, None), await world.token(HAFEN, IDA)
    assert (await call(world, "GET", "/pairs", coordinator)).status_code == 200
    assert (await call(world, "GET", "/pairs", ida)).status_code == 404
    assert (await call(world, "GET", "/me", coordinator)).status_code == 404
    assert (await call(world, "GET", "/me", ida)).json()["name"] == IDA.name


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "E_FIELD", "mentor"),
        (
            {"mentor": {"email": "x"}, "mentee": {"email": "y@z.test"}},
            "E_EMAIL",
            "mentor.email",
        ),
        (
            {"mentor": {"email": "a@b.test"}, "mentee": {"email": "A@b.test"}},
            "E_SAME_PERSON",
            "mentee_email",
        ),
        (
            {
                "mentor": {"email": "a@b.test", "tz": "UTC"},
                "mentee": {"email": "c@d.test"},
            },
            "E_FIELD",
            "mentor.tz",
        ),
    ],
)
async def test_errors_name_the_field(
    world: World, body: dict[str, object], code: str, field: str
) -> None:
    word = await world.token(HAFEN, None)
    answer = await call(world, "POST", "/pairs", word, json=body)
    assert answer.status_code == 422
    found = answer.json()
    assert (found["code"], found["field"]) == (code, field)


async def test_a_token_ends(world: World) -> None:
    word = await world.token(HAFEN, IDA)
    world.clock.advance(timedelta(days=30))
    assert (await call(world, "GET", "/me", word)).status_code == 401


async def test_rubbish_is_never_a_bug(world: World) -> None:
    for path in ("/api/v1/me", "/api/v1/pairs", "/api/v1/nothing"):
        for header in ("", "Bearer", "Basic abc", "Bearer " + "x" * 10_000):
            answer = await world.client.get(path, headers={"authorization": header})
            assert answer.status_code in {401, 404}
            assert set(answer.json()) == {"code", "message", "field"}


async def test_the_description_is_there(world: World) -> None:
    found = (await world.client.get("/api/openapi.json")).json()
    assert "/api/v1/pairs/{pair}/plan" in found["paths"]
    assert not any("/pair/" in path for path in found["paths"])
