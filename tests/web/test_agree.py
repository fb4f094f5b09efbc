"""Both answer the same version; a change is a proposal; strangers see nothing."""

import pytest

from scheduler.agreement import AgreementState
from tests.web.world import HAFEN, IDA, LEYLA, OLEG, OTHERS, PAIR, World, token_of

PAGE = f"/pair/{PAIR.id}/agreement"


async def accept(world: World) -> int:
    page = (await world.client.get(PAGE)).text
    digest = page.split('name="digest" value="')[1].split('"')[0]
    form = {"csrf": token_of(page), "digest": digest}
    return (await world.client.post(f"{PAGE}/accept", data=form)).status_code


async def states(world: World) -> list[AgreementState]:
    async with world.services.begin(read_only=True) as uow:
        return [a.state for a in await uow.agreements.of_pair(PAIR.id)]


async def test_the_second_yes_puts_it_in_force(world: World) -> None:
    await world.come_in(IDA)
    assert await accept(world) == 303
    assert await states(world) == [AgreementState.PROPOSED]
    await world.come_in(LEYLA)
    assert await accept(world) == 303
    assert await states(world) == [AgreementState.IN_FORCE]
    page = (await world.client.get(PAGE)).text
    assert "which you have both accepted" in page and "Accept version" not in page


def a_change(page: str, **changes: str) -> dict[str, str]:
    return {
        "csrf": token_of(page),
        "digest": page.split('name="digest" value="')[1].split('"', maxsplit=1)[0],
        "cadence": "weekly",
        "minutes": "30",
        "first_day": "2026-09-28",
        "last_day": "2027-03-28",
        "hours": "Mon-Fri 09:00-12:00",
        "notice_hours": "48",
    } | changes


async def test_a_change_is_proposed_to_the_other(world: World) -> None:
    await world.come_in(IDA)
    page = (await world.client.get(PAGE)).text
    form = a_change(page)
    assert (await world.client.post(f"{PAGE}/propose", data=form)).status_code == 303
    assert await states(world) == [AgreementState.ANSWERED, AgreementState.PROPOSED]
    await world.come_in(LEYLA)
    page = (await world.client.get(PAGE)).text
    assert "proposed by Ida" in page and "every week for 30 minutes" in page
    old = form | {"csrf": token_of(page), "minutes": "60"}
    answer = await world.client.post(f"{PAGE}/propose", data=old)
    assert answer.status_code == 409 and "E_AGREEMENT_CHANGED" in answer.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cadence": "daily"}, "E_CADENCE"),
        ({"minutes": "7"}, "E_MINUTES"),
        ({"minutes": "many"}, "E_FIELD"),
        ({"last_day": "2026-09-01"}, "E_DATES"),
        ({"last_day": "2029-09-01"}, "E_DATES"),
        ({"first_day": "soon"}, "E_FIELD"),
        ({"hours": "whenever"}, "E_HOURS"),
        ({"notice_hours": "-1"}, "E_NOTICE"),
    ],
)
async def test_every_wrong_field_is_named(
    world: World, changes: dict[str, str], code: str
) -> None:
    await world.come_in(IDA)
    page = (await world.client.get(PAGE)).text
    form = a_change(page, **changes)
    answer = await world.client.post(f"{PAGE}/propose", data=form)
    assert answer.status_code == 422 and code in answer.text
    assert await states(world) == [AgreementState.DRAFT]


async def test_the_plan_is_shown_before_anybody_accepts(world: World) -> None:
    await world.come_in(IDA)
    page = (await world.client.get(f"/pair/{PAIR.id}/plan")).text
    assert "Nothing is in anyone’s calendar yet" in page
    assert page.count("<tr>") >= 12


async def test_two_who_are_never_free_together_hear_what_would_help(
    world: World,
) -> None:
    await world.come_in(IDA)
    form = a_change((await world.client.get(PAGE)).text, hours="Sun 10:00-11:00")
    assert (await world.client.post(f"{PAGE}/propose", data=form)).status_code == 303
    for one in (IDA, LEYLA):
        await world.come_in(one)
        page = (await world.client.get(f"/pair/{PAIR.id}/plan")).text
        assert "leave no time that suits you both" in page
        assert "It would help most if you could also meet on" in page
        token = {"authorization": f"Bearer {await world.token(HAFEN, one)}"}
        plan = await world.client.get(f"/api/v1/pairs/{PAIR.id}/plan", headers=token)
        told = plan.json()["would_help"]
        assert [t["person"] for t in told if t["change"] == "hours"] == [
            "mentor" if one is IDA else "mentee"
        ]


@pytest.mark.parametrize("path", ["/agreement", "/plan"])
async def test_nobody_sees_the_pair_of_others(world: World, path: str) -> None:
    await world.come_in(OLEG)
    assert (await world.client.get(f"/pair/{PAIR.id}{path}")).status_code == 404
    assert (await world.client.get(f"/pair/nothing{path}")).status_code == 404
    assert (await world.client.get(f"/pair/{OTHERS.id}{path}")).status_code == 200
    await world.come_in_as_coordinator(HAFEN)
    assert (await world.client.get(f"/pair/{PAIR.id}{path}")).status_code == 404


FULL = {
    "quiet": "Sat",
    "country": "us-ny",
    "where_kind": "link",
    "where": "https://meet.example/ida",
    "off_limits": "Marks\n\n  The people <b>Ida</b> works with ",
    "review_weeks": "8",
    "book_without_asking": "yes",
    "agenda_in_event": "yes",
}


async def the_form(world: World, **changes: str) -> dict[str, str]:
    return a_change((await world.client.get(PAGE)).text, **changes)


async def test_every_term_is_proposed_and_stands_in_the_text(world: World) -> None:
    await world.come_in(IDA)
    form = await the_form(world, **FULL)
    assert (await world.client.post(f"{PAGE}/propose", data=form)).status_code == 303
    async with world.services.begin(read_only=True) as uow:
        terms = (await uow.agreements.of_pair(PAIR.id))[-1].terms
    assert terms.mentor_quiet == {5} and not terms.mentee_quiet
    assert (terms.mentor_country, terms.mentee_country) == ("US-NY", "")
    assert terms.venue.link == "https://meet.example/ida"
    assert terms.off_limits == ("Marks", "The people <b>Ida</b> works with")
    assert (terms.review_weeks, terms.book_without_asking) == (8, True)
    page = (await world.client.get(PAGE)).text
    for words in (
        "Ida is quiet on Saturdays",
        "Public holidays in United States (NY)",
        'href="https://meet.example/ida"',
        "Marks<br>The people &lt;b&gt;Ida&lt;/b&gt; works with",
        "Every eight weeks each of us answers three questions",
        "books the best other time at once",
        "Mondays to Fridays from 09:00 to 12:00",
    ):
        assert words in page, words


async def test_what_was_typed_stays_and_each_mend_is_named(world: World) -> None:
    await world.come_in(IDA)
    form = await the_form(
        world,
        minutes="many",
        country="de-xx",
        hours='Mon "><script>',
        off_limits="x" * 300,
        where_kind="link",
        where="meet.example",
        review_weeks="never ever",
        notice_hours="9" * 5000,
        last_day="",
    )
    answer = await world.client.post(f"{PAGE}/propose", data=form)
    assert answer.status_code == 422
    page = answer.text
    for code in ("E_FIELD", "E_COUNTRY", "E_HOURS", "E_WHERE"):
        assert code in page, code
    assert "<details open>" in page
    assert "BB, BE, BW, BY" in page and "https://" in page
    for kept in ('value="many"', 'value="de-xx"', 'value="meet.example"', "x" * 300):
        assert kept in page, kept
    assert "<script>" not in page
    assert 'id="minutes-wrong"' in page and 'href="#minutes"' in page
    assert await states(world) == [AgreementState.DRAFT]


async def test_no_field_at_all_is_no_bare_refusal(world: World) -> None:
    await world.come_in(IDA)
    page = (await world.client.get(PAGE)).text
    for act in ("propose", "accept", "withdraw"):
        form = {"csrf": token_of(page)}
        answer = await world.client.post(f"{PAGE}/{act}", data=form)
        assert answer.status_code == 409
        assert "The terms" in answer.text and "Accept version 1" in answer.text
    assert await states(world) == [AgreementState.DRAFT]


async def test_an_old_page_is_answered_with_the_new_text(world: World) -> None:
    await world.come_in(LEYLA)
    page = (await world.client.get(PAGE)).text
    old = {"csrf": token_of(page), "digest": a_change(page)["digest"]}
    await world.come_in(IDA)
    form = await the_form(world)
    await world.client.post(f"{PAGE}/propose", data=form)
    await world.come_in(LEYLA)
    old["csrf"] = token_of((await world.client.get(PAGE)).text)
    answer = await world.client.post(f"{PAGE}/accept", data=old)
    assert answer.status_code == 409
    assert "every week for 30 minutes" in answer.text
    assert "Accept version 2" in answer.text


async def agree(world: World) -> None:
    for person in (IDA, LEYLA):
        await world.come_in(person)
        assert await accept(world) == 303


async def test_what_is_new_is_said_in_words_beside_what_was(world: World) -> None:
    await agree(world)
    form = await the_form(world, hours="Mon-Fri 09:00-17:00", notice_hours="24")
    form |= {"agenda_in_event": "yes", "minutes": "45", "cadence": "every 2 weeks"}
    form["last_day"] = "2027-04-25"
    assert (await world.client.post(f"{PAGE}/propose", data=form)).status_code == 303
    page = (await world.client.get(PAGE)).text
    assert "Version 1 stands until you have both said yes" in page
    assert "New is what it says on how often;" in page
    assert page.count("New in version 2") == 1
    was = page.split("<del>")[1].split("</del>")[0]
    assert "28&nbsp;March&nbsp;2027" in was
    old = (await world.client.get(f"{PAGE}?version=1")).text
    assert "Version 1, which you have both accepted" in old
    assert "Accept version" not in old
    assert (await world.client.get(f"{PAGE}?version=9")).status_code == 404


async def test_a_proposal_is_withdrawn_once_and_only_by_its_author(
    world: World,
) -> None:
    await agree(world)
    await world.client.post(f"{PAGE}/propose", data=await the_form(world))
    proposed = await the_form(world)
    page = (await world.client.get(PAGE)).text
    assert "Withdraw this proposal" in page
    await world.come_in(IDA)
    page = (await world.client.get(PAGE)).text
    assert "Withdraw this proposal" not in page
    theirs = {"csrf": token_of(page), "digest": proposed["digest"]}
    answer = await world.client.post(f"{PAGE}/withdraw", data=theirs)
    assert answer.status_code == 422 and "E_NOT_YOURS" in answer.text
    await world.come_in(LEYLA)
    mine = {**theirs, "csrf": token_of((await world.client.get(PAGE)).text)}
    for _ in range(2):
        assert (await world.client.post(f"{PAGE}/withdraw", data=mine)).is_redirect
    assert await states(world) == [AgreementState.IN_FORCE, AgreementState.WITHDRAWN]
    page = (await world.client.get(PAGE)).text
    assert "Version 1, which you have both accepted" in page


async def test_before_the_last_day_there_are_three_ways_on(world: World) -> None:
    await agree(world)
    page = (await world.client.get(f"{PAGE}/renew")).text
    assert f'href="{PAGE}?on=later#change"' in page
    assert f'href="/pair/{PAIR.id}/close"' in page
    page = (await world.client.get(f"{PAGE}?on=later")).text
    assert 'value="2027-03-29"' in page and 'value="2027-09-26"' in page
    assert "<details open>" in page
