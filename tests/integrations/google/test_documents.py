"""Documents with the real client, over HTTP: as many calls as are needed, no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.addresses import read_address
from integrations.google.client import Installation
from integrations.google.documents import OpenGoogleDocuments
from integrations.google.fake.faults import Drop, Refuse, Rule
from integrations.google.fake.problems import UNAVAILABLE
from integrations.google.oauth import Client, Endpoints
from scheduler.documents import Line, ours, run_of
from scheduler.errors import Conflict, NeedsConsent, Unavailable
from scheduler.secret import Secret
from tests.integrations.google.calling import calling
from tests.integrations.google.conftest import MENTEE, MENTOR

FILE = "drive.file"
LINES = (Line("Agenda", is_heading=True), Line("- one \N{OWL} & <two>"))
NEW = (Line("Agenda", is_heading=True), Line("- three"))


async def test_a_document_is_made_shared_read_and_changed_over_http() -> None:
    async with calling() as here:
        account = here.connect(MENTOR, FILE)
        documents = OpenGoogleDocuments(here.google.account)(account)
        made = await documents.make("tag", "Agenda: Ida & Jon", LINES)
        assert await documents.find("tag") == made
        await documents.share(made.file, MENTEE)
        page = await documents.read(made.file)
        place = ours(page, [run_of(LINES)])
        assert place
        await documents.rewrite(made.file, place, NEW, page.version)
        file = here.fake.world.files[made.file]
        assert (file.name, file.text) == ("Agenda: Ida & Jon", "Agenda\n- three\n")
        with pytest.raises(Conflict):
            await documents.rewrite(made.file, place, NEW, page.version)
        asked = [name for name in here.calls() if name != "token"]
        assert asked == [
            *("files.create", "files.list", "permissions.create"),
            *("files.get", "documents.get"),
            *("documents.batchUpdate", "documents.batchUpdate"),
        ]


@pytest.mark.parametrize("fault", [Drop(applied=True), Refuse(UNAVAILABLE)])
async def test_making_one_is_never_repeated_in_place(fault: Drop | Refuse) -> None:
    """The client repeats what may be repeated; this would make two."""
    async with calling() as here:
        account = here.connect(MENTOR, FILE)
        documents = OpenGoogleDocuments(here.google.account)(account)
        here.fake.play(Rule("files.create", fault, times=9))
        with pytest.raises(Unavailable):
            await documents.make("tag", "Agenda", LINES)
        assert len(here.calls("files.create")) == 1
        assert len(here.fake.world.files) <= 1


async def test_without_leave_for_documents_there_are_none() -> None:
    async with calling() as here:
        account = here.connect(MENTOR)
        documents = OpenGoogleDocuments(here.google.account)(account)
        with pytest.raises(NeedsConsent):
            await documents.make("tag", "Agenda", LINES)
        assert not here.fake.world.files


def test_docs_has_a_host_of_its_own_at_google_and_none_elsewhere() -> None:
    client = Client("troth", Secret("hush"), "https://troth.test/back", Endpoints())
    at_google = Installation(client, read_address("https://www.googleapis.com/"))
    assert at_google.docs.origin == "https://docs.googleapis.com"
    assert at_google.docs in at_google.sites
    elsewhere = replace(at_google, root=read_address("https://google.test/"))
    assert elsewhere.docs == elsewhere.root
