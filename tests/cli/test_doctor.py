"""The doctor says what is wrong, and what to do about it."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset
import pytest

from config.checks import Finding, Verdict, exit_code
from integrations.google.fake.server import serving
from integrations.records import texts
from tests.integrations.google.conftest import fresh

pytestmark = pytest.mark.slow


def doctor(folder: Path, **settings: str) -> tuple[int, dict[str, dict[str, str]]]:
    names = {f"TROTH_{name}": value for name, value in settings.items()}
    env = os.environ | {"TROTH_DATA_DIR": str(folder), "TROTH_REDIS_URL": "none"}
    words = [sys.executable, "-m", "cli", "doctor", "--json"]
    done = subprocess.run(
        words, env=env | names, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, {row["name"]: row for row in json.loads(done.stdout)}


def test_a_fresh_folder_is_well(tmp_path: Path) -> None:
    code, found = doctor(tmp_path / "data")
    assert code == 0
    assert found["database"]["verdict"] == "ok"
    assert found["mail out"]["verdict"] == "ok"
    assert found["mail in"]["verdict"] == "warning"
    assert len(list((tmp_path / "data" / "mail" / "new").iterdir())) == 1


def test_a_mail_server_that_is_not_there(tmp_path: Path) -> None:
    code, found = doctor(tmp_path / "data", SMTP_URL="smtp://127.0.0.1:1")
    assert code == 3
    assert "TROTH_SMTP_URL" in found["mail out"]["words"]


def test_google_is_off_and_how_to_have_it(tmp_path: Path) -> None:
    code, found = doctor(tmp_path / "data", PUBLIC_URL="https://troth.example.org")
    assert code == 0
    words = found["google"]["words"]
    for part in (
        "https://troth.example.org/calendar/google/callback",
        "'Web application'",
        "Google Calendar API",
        "Google Drive API",
        "Google Docs API",
        "'In production'",
        "TROTH_GOOGLE_CLIENT_ID",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("secret", "verdict", "code"), [("hush", "ok", 0), ("other", "wrong", 2)]
)
async def test_google_says_whether_it_knows_the_client(
    tmp_path: Path, secret: str, verdict: str, code: int
) -> None:
    async with serving(fresh()) as address:
        settings = {
            "GOOGLE_CLIENT_ID": "troth",
            "GOOGLE_CLIENT_SECRET": secret,
            "GOOGLE_TOKEN_URI": f"{address}/token",
            "PUBLIC_URL": "https://troth.example.org",
        }
        done, found = await asyncio.to_thread(doctor, tmp_path / "data", **settings)
    assert (done, found["google"]["verdict"]) == (code, verdict)
    assert secret not in found["google"]["words"]
    assert found["google push"]["verdict"] == "ok"


def test_google_does_not_answer_and_cannot_push(tmp_path: Path) -> None:
    code, found = doctor(
        tmp_path / "data",
        GOOGLE_CLIENT_ID="troth",
        GOOGLE_CLIENT_SECRET="hush",
        GOOGLE_TOKEN_URI="http://127.0.0.1:1/token",
    )
    assert (code, found["google"]["verdict"]) == (3, "no answer")
    assert found["google push"]["verdict"] == "warning"
    assert "TROTH_PUBLIC_URL" in found["google push"]["words"]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.GOOD, Verdict.WARNING], 0),
        ([Verdict.DOWN, Verdict.WARNING], 3),
        ([Verdict.DOWN, Verdict.WRONG], 2),
    ],
)
def test_exit_codes(verdicts: list[Verdict], code: int) -> None:
    assert exit_code(tuple(Finding("x", v, "") for v in verdicts)) == code


class NameServer(asyncio.DatagramProtocol):
    """Answers TXT for one name, and that there is no other."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        name = query.question[0].name
        if str(name) == "troth.test.":
            text = '"v=spf1 " "-all"'
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", text))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


async def test_records_are_asked_of_a_name_server() -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    found = await texts("troth.test", nameserver="127.0.0.1", port=port)
    assert found == ("v=spf1 -all",)
    assert await texts("_dmarc.troth.test", nameserver="127.0.0.1", port=port) == ()
    transport.close()
