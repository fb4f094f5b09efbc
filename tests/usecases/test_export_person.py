"""The export holds everything that is kept about a person, and nothing of others."""

import json
from typing import Any

import pytest

from integrations.store.columns import metadata
from integrations.store.unit import SqlUnit
from scheduler.errors import NotFound
from scheduler.ids import PersonId
from scheduler.ports.store import Begin
from scheduler.usecases.export_person import export_person
from tests.privacy import BOB, NOW, PAIR, WILHELMINA, fill

#: Where each table's rows stand in the document.
EXPORTED = {
    "account": "accounts",
    "agreement": "pairs/0/agreements",
    "audit": "audit",
    "calendar": "calendars",
    "calendar_object": "calendars/0/busy",
    "choice": "letters_stopped",
    "consent": "pairs/0/shown_to_coordinator",
    "copy": "pairs/0/invitations",
    "document": "pairs/0/documents",
    "enclosure": "pairs/0/enclosures",
    "evidence": "pairs/0/report/evidence",
    "ledger": "pairs/0/report/ledger",
    "line": "pairs/0/lines",
    "link": "links",
    "meeting": "pairs/0/report/periods/0/meetings",
    "note": "pairs/0/notes",
    "offer": "pairs/0/offers",
    "outbox": "pairs/0/mail",
    "pair": "pairs",
    "person": "person",
    "programme": "programme",
    "promise": "pairs/0/promises",
    "review": "pairs/0/reviews",
    "series": "pairs/0/report/periods",
    "session": "sessions",
    "token": "tokens",
    "topic": "pairs/0/topics",
}
#: What is about nobody, or is told by another key.
NOT = {
    "audit_seal": "digests of days",
    "channel": "random numbers by which Google tells us that a calendar changed",
    "erasure": "the key `erasure`, once it was asked for",
    "inbox": "ids of mails, without whose they are",
    "meeting_time": "the same times as the meetings'",
    "repeat": "answers of the API, for seven days, without whose they are",
    "snapshot": "counts of a programme",
    "work": "what is to be done next",
}


async def exported(begin: Begin, person: PersonId = WILHELMINA.id) -> Any:
    return await export_person(person, begin=begin, now=NOW)


def at(document: Any, path: str) -> Any:
    for part in path.split("/"):
        document = document[int(part)] if part.isdecimal() else document[part]
    return document


def test_every_table_is_exported_or_there_is_a_reason():
    assert SqlUnit  # with its repositories every table is known
    assert sorted([*EXPORTED, *NOT]) == sorted(metadata.tables)


async def test_it_holds_something_of_every_table(any_begin: Begin):
    await fill(any_begin)
    document = await exported(any_begin)
    empty = [table for table, path in EXPORTED.items() if not at(document, path)]
    assert not empty
    assert json.loads(json.dumps(document)) == document


async def test_it_holds_what_they_wrote_and_no_secret(memory_begin: Begin):
    await fill(memory_begin)
    text = json.dumps(await exported(memory_begin), ensure_ascii=False)
    for word in ("topic", "private", "note", "thanks", "promise", "answer", "laptop"):
        assert f"quasten-{word}" in text, word
    assert WILHELMINA.name in text
    assert WILHELMINA.email in text
    for secret in ("quasten-password", "quasten-user", "secret.ics", "quasten-token"):
        assert secret not in text
    for secret in ("quasten-refresh", "quasten-channel"):
        assert secret not in text
    for secret in ("quasten-link", "quasten-session", "csrf"):
        assert secret not in text


async def test_it_holds_of_the_partner_what_they_share(memory_begin: Begin):
    await fill(memory_begin)
    text = json.dumps(await exported(memory_begin))
    assert BOB.name in text
    for word in ("bobs-topic", "bobs-note", "bobs-thanks", "bobs-promise"):
        assert word in text, word
    for word in ("bobs-private", "bobs-answer", "bobs-label", "bobs-laptop"):
        assert word not in text, word
    for word in ("bobs-subject", "bobs@google.example", "bobs-own-calendar"):
        assert word not in text, word
    assert BOB.email not in text
    assert BOB.id not in text


async def test_it_says_of_an_account_what_was_allowed_and_not_what_opens_it(
    any_begin: Begin,
):
    await fill(any_begin)
    [account] = (await exported(any_begin))["accounts"]
    assert account.pop("id")
    assert account == {
        "subject": "quasten-subject",
        "email": "quasten@google.example",
        "own_calendar": "quasten-own-calendar",
        "allowed": ["read", "write"],
        "refused_at": "2026-03-20T09:00:00Z",
    }


async def test_it_never_says_whose_act_a_cancellation_was(memory_begin: Begin):
    await fill(memory_begin)
    mine = await exported(memory_begin)
    theirs = await exported(memory_begin, BOB.id)
    seen = mine["pairs"][0]["report"]["evidence"]
    assert "cancelled" in {row["kind"] for row in seen}
    assert all("by" not in row for row in seen)
    assert seen == theirs["pairs"][0]["report"]["evidence"]


async def test_it_goes_on_after_the_pair_was_closed_and_the_partner_erased(
    memory_begin: Begin,
):
    await fill(memory_begin)
    async with memory_begin() as uow:
        await uow.erasures.erase(WILHELMINA.id)
        await uow.commit()
    document = await exported(memory_begin, BOB.id)
    [pair] = document["pairs"]
    assert (pair["id"], pair["you_are"], pair["partner"]) == (
        PAIR.id,
        "mentee",
        "(erased)",
    )
    assert "bobs-private" in json.dumps(document)


async def test_nobody_is_nobody(memory_begin: Begin):
    with pytest.raises(NotFound):
        await exported(memory_begin, PersonId("nobody"))
