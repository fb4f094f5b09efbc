"""The processes of docker-compose.yml, by hand: one web, two workers, one database."""

from __future__ import annotations

import email
import email.policy
import json
import mailbox
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from config.sample import real_now
from tests.servers.ports import Ports
from tests.servers.process import Server, answers

pytestmark = pytest.mark.servers


def a_list() -> str:
    """A pair that lives where it is about noon: no letter waits for the morning."""
    ahead = 12 - real_now().hour
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "UTC"
    return (
        "mentor_email,mentor_zone,mentee_email,mentee_zone\n"
        f"ida@a.test,{zone},leyla@b.test,{zone}\n"
    )


class House:
    """One web and two workers, with the settings of the compose file."""

    def __init__(self, folder: Path, database: str, redis: str, port: int) -> None:
        secrets = folder / "secrets"
        secrets.mkdir()
        (secrets / "database_url").write_text(database)
        (secrets / "secret_keys").write_text("a-key-for-this-test-alone\n")
        (secrets / "smtp_url").write_text(f"maildir:{folder / 'mail'}")
        self.folder, self.site = folder, f"http://127.0.0.1:{port}"
        self.env = os.environ | {
            "TROTH_DATABASE_URL_FILE": str(secrets / "database_url"),
            "TROTH_SECRET_KEYS_FILE": str(secrets / "secret_keys"),
            "TROTH_SMTP_URL_FILE": str(secrets / "smtp_url"),
            "TROTH_REDIS_URL": redis,
            "TROTH_PUBLIC_URL": self.site,
            "TROTH_LISTEN": f"127.0.0.1:{port}",
            "TROTH_MAIL_FROM": "Troth <troth@programme.test>",
            "TROTH_LOG_FORMAT": "json",
        }
        ready: dict[str, Callable[[], bool]] = {
            "web": lambda: answers(port),
            "worker-1": lambda: self.alive("worker-1"),
            "worker-2": lambda: self.alive("worker-2"),
        }
        self.parts = {
            name: Server(
                [sys.executable, "-m", "cli", name.partition("-")[0]],
                check,
                folder / f"{name}.log",
                env=self.of(name),
            )
            for name, check in ready.items()
        }

    def of(self, name: str) -> dict[str, str]:
        return self.env | {"TROTH_DATA_DIR": str(self.folder / name)}

    def alive(self, name: str) -> bool:
        return (self.folder / name / "worker-alive").exists()

    def troth(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words],
            env=self.of("web"),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def mails(self) -> list[EmailMessage]:
        box = mailbox.Maildir(self.folder / "mail", factory=None, create=True)
        policy = email.policy.default
        return [
            email.message_from_bytes(box.get_bytes(key), policy=policy)
            for key in box.iterkeys()
        ]

    def wait_for(self, found: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not found():
            assert time.monotonic() < end, [str(m["Subject"]) for m in self.mails()]
            time.sleep(0.1)


@pytest.fixture
def house(
    empty_database: str, valkey: str, ports: Ports, tmp_path: Path
) -> Iterator[House]:
    house = House(tmp_path, empty_database, valkey, ports.take())
    house.troth("db", "upgrade")
    try:
        for part in house.parts.values():
            part.start()
        yield house
    finally:
        for part in house.parts.values():
            part.stop()


def accept(house: House, to: str) -> None:
    mail = next(
        m for m in house.mails() if to in str(m["To"]) and "agree" in str(m["Subject"])
    )
    body = mail.get_body(("plain",))
    assert body
    link = re.search(r"http\S+/p/agree/\S+", body.get_content())
    assert link
    jar = urllib.request.HTTPCookieProcessor(CookieJar())
    browser = urllib.request.build_opener(jar)
    with browser.open(link[0]) as answer:
        page, address = answer.read().decode(), answer.url
    fields = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("csrf", "digest")
    }
    with browser.open(f"{address}/accept", urlencode(fields).encode()) as answer:
        assert answer.status == 200


def test_a_pair_is_booked_by_processes_apart(house: House) -> None:
    words = ("--coordinator", "amal@programme.test", "--zone", "Europe/Berlin")
    assert "/p/sign-in/" in house.troth("programme", "create", "Hafen", *words)
    pairs = house.folder / "pairs.csv"
    pairs.write_text(a_list())
    assert "1 pairs" in house.troth("import", str(pairs))
    asked = ("ida@", "leyla@")
    house.wait_for(lambda: len(house.mails()) >= 3)
    for to in asked:
        accept(house, to)

    def invited() -> bool:
        calendars = [m for m in house.mails() if "text/calendar" in str(m)]
        return len({str(m["To"]) for m in calendars}) == 2

    house.wait_for(invited)
    with urllib.request.urlopen(f"{house.site}/readyz") as answer:
        assert json.load(answer)["status"] == "ok"
    names = [str(m["Message-ID"]) for m in house.mails()]
    assert len(names) == len(set(names))
    for name, part in house.parts.items():
        process = part.process
        assert process
        part.stop(30)
        log = (house.folder / f"{name}.log").read_text()
        assert process.returncode == 0, log
        assert "Traceback" not in log
        assert "ida@a.test" not in log
