"""Agendas as documents: one for each meeting, and never over what people typed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from integrations.google.fake.drive import SHARING, STORAGE
from integrations.google.fake.faults import Drop, Fault, Refuse, Rule
from integrations.google.fake.problems import UNAVAILABLE, Problem
from scheduler.accounts import Need, account_id
from scheduler.documents import UNSEEN_FOR, AgendaDocument, DocumentState
from scheduler.errors import Refused
from scheduler.people import Pair
from scheduler.series import Route
from scheduler.usecases.enclose_link import enclose_link
from scheduler.work import WorkKind
from tests.usecases.breaking import Crash
from tests.usecases.documenting import DocumentsWorld, a_pair_with_documents
from tests.usecases.guesting import READS

HOUR = timedelta(hours=1)
WRITTEN = frozenset({Need.READ, Need.WRITE, Need.DOCUMENTS})
REFUSED = Problem(403, "domainPolicy", "The domain administrators forbid this.")


async def refresh(world: DocumentsWorld, pair: Pair) -> None:
    """As often as is asked for, and once more: a repeat changes nothing."""
    for _ in range(2):
        await world.do(WorkKind.REFRESH, pair.id)


def type_at(world: DocumentsWorld, pair: Pair, one: AgendaDocument, where: str) -> None:
    lines = world.lines(one)
    at = {"above": 0, "below": len(lines), "inside": len(lines) // 2}[where]
    world.type(pair.mentee, one.file, [*lines[:at], "typed meanwhile", *lines[at:]])


def links(world: DocumentsWorld) -> set[str]:
    return {link for _, link in world.attached()}


async def test_both_can_write_into_the_agenda_that_their_event_links_to():
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    assert one.state is DocumentState.SHARED
    file = world.file(one)
    assert file.owner == world.emails[pair.mentor]
    assert [g.role for g in file.grants.values()] == ["writer"]
    assert file.may_write(world.emails[pair.mentee])
    assert not file.writers_can_share
    assert file.name.startswith("Agenda: Ida and Leyla, ")
    assert world.lines(one) == await world.ours(pair)
    assert links(world) == {one.link} == {file.link}
    # Nobody was sent a mail about it.
    assert world.google.world.mails == tuple(
        m for m in world.google.world.mails if m.method
    )


async def test_a_guest_s_copy_has_the_link_too():
    """Google: guests see attachments; whether they can open one is its sharing."""
    world, pair = await a_pair_with_documents()
    owners = {owner for owner, _ in world.attached()}
    assert owners == {world.emails[p] for p in pair.both()}


async def test_two_written_copies_link_to_one_document():
    """Each has an event of their own, in a calendar that Troth writes."""
    world, pair = await a_pair_with_documents(mentor=WRITTEN, mentee=WRITTEN)
    assert {copy.route for copy in await world.copies(pair)} == {Route.WRITTEN}
    [one] = await world.documents(pair)
    found = [*world.attached()]
    assert sorted(owner for owner, _ in found) == sorted(
        world.emails[person] for person in pair.both()
    )
    assert {link for _, link in found} == {one.link}
    assert len(one.attached) == 2


async def test_new_topics_come_into_the_document_and_nothing_else_changes_there():
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    world.type(pair.mentee, one.file, ["My note", *world.lines(one), "And below"])
    await world.wants(pair, pair.mentee, "How to say no")
    await refresh(world, pair)
    ours = await world.ours(pair)
    assert "- How to say no (Leyla)" in ours
    assert world.lines(one) == ["My note", *ours, "And below"]
    after = await world.document(pair)
    assert (after.file, after.link, after.is_left_alone) == (one.file, one.link, False)
    assert len(after.runs) == 1


async def test_what_somebody_changed_inside_stays_and_is_theirs():
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    lines = world.lines(one)
    lines[1] += " typed"
    world.type(pair.mentee, one.file, lines)
    await world.wants(pair, pair.mentee, "How to say no")
    await refresh(world, pair)
    assert world.lines(one) == lines
    after = await world.document(pair)
    assert after.is_left_alone and after.link == one.link
    # Once they put it back as it was, it is renewed again.
    world.type(pair.mentee, one.file, [lines[0], lines[1][:-6], *lines[2:]])
    await refresh(world, pair)
    assert world.lines(one) == await world.ours(pair)
    assert not (await world.document(pair)).is_left_alone


@pytest.mark.slow
@pytest.mark.parametrize("where", ["above", "inside", "below"])
async def test_somebody_who_types_while_it_is_written_loses_nothing(where: str):
    """At every step of ours in turn."""
    start = await a_pair_with_documents()
    for step in range(1, 60):
        world, pair = deepcopy(start)
        one = await world.document(pair)
        before = world.lines(one)
        await world.wants(pair, pair.mentee, "How to say no")
        act = partial(type_at, world, pair, one, where)
        world.fuse.when(world.fuse.steps + step, act)
        await refresh(world, pair)
        if world.fuse.due:
            break
        lines = world.lines(one)
        assert lines.count("typed meanwhile") == 1
        lines.remove("typed meanwhile")
        # Typed inside before the change it keeps the change away; else not.
        ours = await world.ours(pair)
        assert lines == ours or (where == "inside" and lines == before)
    assert step > 10


async def test_it_is_shared_with_a_partner_whose_calendar_is_elsewhere_by_account():
    world, pair = await a_pair_with_documents(mentee=None)
    assert not await world.documents(pair)
    assert not links(world)
    await world.moves_to(pair.mentee, "leyla@gmail.com")
    world.google.add_account("leyla@gmail.com")
    world.emails[pair.mentee] = "leyla@gmail.com"
    await refresh(world, pair)
    one = await world.document(pair)
    assert world.file(one).may_write("leyla@gmail.com")


async def test_it_is_shared_with_the_account_whose_calendar_shows_the_meeting():
    world, pair = await a_pair_with_documents()
    async with world.store() as uow:
        [known] = await uow.accounts.of_person(pair.mentee)
        for n in range(6):
            email = f"leyla{n}@gmail.test"
            world.google.add_account(email)
            name = account_id(pair.mentee, email)
            other = replace(known, id=name, subject=email, email=email)
            await uow.accounts.put(other)
        await uow.commit()
    await on_to_the_next(world)
    await refresh(world, pair)
    one = await world.document(pair)
    [grant] = world.file(one).grants.values()
    assert grant.email == known.email == world.emails[pair.mentee]


async def test_without_leave_there_is_none_and_with_it_there_is_one():
    world, pair = await a_pair_with_documents()
    first = await world.document(pair)
    await world.lets(pair.mentor, make=False)
    await world.wants(pair, pair.mentee, "How to say no")
    calls = len(world.google.requests)
    await world.do(WorkKind.REFRESH, pair.id)
    asked = {one.method for one in world.google.requests[calls:]}
    assert not {name for name in asked if not name.startswith("events")}
    assert await world.document(pair) == first
    assert links(world) == {first.link}
    await world.lets(pair.mentor, make=True)
    await refresh(world, pair)
    assert world.lines(first) == await world.ours(pair)


async def test_a_grant_that_is_refused_holds_up_nothing_else():
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    before = world.lines(one)
    await world.wants(pair, pair.mentee, "How to say no")
    world.google.play(Rule("documents.get", Refuse(UNAVAILABLE), times=99))
    again = await world.do(WorkKind.REFRESH, pair.id)
    assert again and again <= world.clock.now() + HOUR
    assert world.lines(one) == before
    described = [
        entry.body.get("description", "")
        for calendar in world.google.world.calendars.values()
        for entry in calendar.entries.values()
    ]
    assert any("How to say no" in text for text in described)


async def test_one_in_the_bin_is_not_made_again_nor_taken_out_of_it():
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    world.throw_away(one.file)
    await world.wants(pair, pair.mentee, "How to say no")
    await refresh(world, pair)
    assert (await world.document(pair)).state is DocumentState.GONE
    assert [f.trashed for f in world.google.world.files.values()] == [True]


async def test_a_link_that_was_taken_off_the_event_stays_off():
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    mentor = world.emails[pair.mentor]
    [event] = {
        entry.id
        for entry in world.google.world.calendars[mentor].entries.values()
        if one.link in str(entry.body.get("attachments"))
    }
    at = {"calendarId": "primary", "eventId": event}
    query = {"sendUpdates": "none", "supportsAttachments": True}
    world.google.act(mentor, "events.patch", at, {"attachments": []}, **query)
    await world.wants(pair, pair.mentee, "How to say no")
    await refresh(world, pair)
    assert not links(world)
    assert world.lines(one) == await world.ours(pair)


async def test_the_next_meeting_has_a_document_of_its_own_and_the_old_one_stays():
    world, pair = await a_pair_with_documents()
    first = await world.document(pair)
    before = world.lines(first)
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    world.clock.set(meeting.span.end + HOUR)
    await refresh(world, pair)
    second = await world.document(pair)
    assert second.id != first.id and second.file != first.file
    assert world.lines(first) == before
    assert links(world) == {first.link, second.link}


@pytest.mark.parametrize(
    "fault", [Drop(applied=True), Drop(applied=False), Refuse(UNAVAILABLE)]
)
async def test_a_make_that_nobody_heard_of_ends_in_one_document(fault: Fault):
    world, pair = await a_pair_with_documents()
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    world.clock.set(meeting.span.end + HOUR)
    files = set(world.google.world.files)
    world.google.play(Rule("files.create", fault))
    again = await world.do(WorkKind.REFRESH, pair.id)
    one = await world.document(pair)
    assert one.state is DocumentState.BEGUN
    assert again and again <= world.clock.now() + UNSEEN_FOR
    await refresh(world, pair)  # too soon: a search does not see it yet
    world.clock.advance(UNSEEN_FOR)
    await refresh(world, pair)
    one = await world.document(pair)
    assert one.state is DocumentState.SHARED
    assert set(world.google.world.files) - files == {one.file}
    assert one.link in links(world)


@pytest.mark.parametrize(
    ("method", "problem", "state"),
    [
        ("files.create", STORAGE, DocumentState.REFUSED),
        ("permissions.create", REFUSED, DocumentState.REFUSED),
        ("permissions.create", SHARING, DocumentState.MADE),
    ],
)
async def test_what_is_not_shared_is_put_into_no_event(
    method: str, problem: Problem, state: DocumentState
):
    world, pair = await a_pair_with_documents()
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    world.clock.set(meeting.span.end + HOUR)
    before = links(world)
    world.google.play(Rule(method, Refuse(problem)))
    await world.do(WorkKind.REFRESH, pair.id)
    one = await world.document(pair)
    assert one.state is state
    assert links(world) == before
    await refresh(world, pair)
    shared = (await world.document(pair)).state is DocumentState.SHARED
    assert shared is (state is DocumentState.MADE)


async def test_whose_it_is_does_not_change_while_the_meeting_is_the_same():
    world, pair = await a_pair_with_documents(mentee=READS)
    first = await world.document(pair)
    await world.lets(pair.mentee, make=True)
    await world.lets(pair.mentor, make=False)
    await world.wants(pair, pair.mentee, "How to say no")
    await refresh(world, pair)
    assert await world.documents(pair) == (first,)


@pytest.mark.slow
@pytest.mark.parametrize("is_new", [True, False])
async def test_whatever_line_it_dies_at_there_is_one_document_with_all_of_it(
    *, is_new: bool
):
    """Every step of making, sharing, linking and changing one, killed in turn."""
    start = await a_pair_with_documents()
    for step in range(1, 200):
        world, pair = deepcopy(start)
        if is_new:
            await on_to_the_next(world)
        await world.wants(pair, pair.mentee, "How to say no")
        files = set(world.google.world.files)
        world.fuse.at = world.fuse.steps + step
        try:
            await refresh(world, pair)
        except Crash:
            pass
        else:
            break
        world.fuse.at = None
        await world.wants(pair, pair.mentor, "My talk")
        world.clock.advance(UNSEEN_FOR)
        await refresh(world, pair)
        one = await world.document(pair)
        assert len(set(world.google.world.files) - files) == is_new
        assert world.lines(one) == await world.ours(pair)
        assert one.link in links(world)
    assert step > 20


async def on_to_the_next(world: DocumentsWorld) -> None:
    """Past the next meeting of the only pair."""
    async with world.store(read_only=True) as uow:
        [pair] = await uow.pairs.of_programme(world.programme)
    meeting = await world.meeting(pair, 0)
    assert meeting.span
    world.clock.set(meeting.span.end + HOUR)


@pytest.mark.parametrize("fault", [Drop(applied=True), Drop(applied=False)])
async def test_a_change_that_nobody_heard_of_is_known_as_ours(fault: Fault):
    """The document may hold either: both are known, whatever is to stand there next."""
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    for text in ("one", "two", "three"):
        await world.wants(pair, pair.mentee, text)
        world.google.play(Rule("documents.batchUpdate", fault))
        await world.do(WorkKind.REFRESH, pair.id)
    await world.wants(pair, pair.mentee, "four")
    await refresh(world, pair)
    assert world.lines(one) == await world.ours(pair)
    assert len((await world.document(pair)).runs) == 1


async def test_an_agenda_of_another_pair_is_no_link_for_this_one():
    """Bad input 63, as far as it can be known."""
    world, pair = await a_pair_with_documents()
    one = await world.document(pair)
    ports = {"begin": world.begin, "clock": world.clock}
    kept = await enclose_link(pair.id, pair.mentor, one.link, **ports)
    assert kept.url == one.link
    other = await world.pair("ida", "noor")
    assert other.mentor == pair.mentor
    with pytest.raises(Refused, match="E_AGENDA_ACCESS"):
        await enclose_link(other.id, other.mentor, one.link, **ports)
