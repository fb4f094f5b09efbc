"""A newcomer starts the sample: history is there, and the main job happens."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from playwright.sync_api import Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from cli.sample.cast import COUPLES, Couple
from config.sample import real_now
from integrations.mail.kept import KeptMaildir
from scheduler.effects import OutboxState, SendInvite, SendLetter
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Person
from scheduler.ports.mail import KeptMail
from scheduler.series import Meeting, Offer, OfferKind
from scheduler.usecases.see_pair import SeenPair
from tests.cli.newcomer import Running, without
from tests.servers.ports import Ports
from tests.servers.process import Server

pytestmark = pytest.mark.servers

OUTCOMES = {
    "k": "kept",
    "r": "repaired",
    "o": "owed",
    "s": "skipped",
    "u": "unconfirmed",
}
BOOKED = [couple for couple in COUPLES if not couple.waits]
FIRST_NAMES = [couple.mentor.name.split()[0] for couple in BOOKED]


@pytest.fixture(scope="module")
def running(
    ports: Ports, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A sample whose first start was killed halfway."""
    folder = tmp_path_factory.mktemp("sample")
    address, log = f"127.0.0.1:{ports.take()}", folder / "log"
    env = os.environ | {
        "TROTH_LISTEN": address,
        "TROTH_DATA_DIR": str(folder / "data"),
        "TROTH_REDIS_URL": "none",
    }
    words = [sys.executable, "-m", "cli", "run", "--sample"]
    mails = folder / "data" / "mail" / "new"

    def is_halfway() -> bool:
        return mails.is_dir() and len(list(mails.iterdir())) > 10

    killed = Server(words, is_halfway, folder / "killed", env=env).start(120)
    killed.kill()
    log.touch()
    server = Server(
        words, lambda: "Stop it with" in log.read_text(), log, env=env
    ).start(240)
    try:
        yield Running(f"http://{address}", folder / "data", log)
    finally:
        process = server.process
        server.stop()
        assert process and process.returncode == 0, log.read_text()


def kept(running: Running) -> tuple[KeptMail, ...]:
    return KeptMaildir(running.folder / "mail").all()


def is_awake(person: Person) -> bool:
    return 7 <= real_now().astimezone(ZoneInfo(person.zone)).hour < 21


@pytest.mark.parametrize("couple", BOOKED, ids=FIRST_NAMES)
def test_every_pair_lived_its_story(running: Running, couple: Couple) -> None:
    view = running.look()[couple.mentor.name.split()[0]]
    told = [period.outcome.value for period in view.record.periods(real_now())]
    assert told[: len(couple.story)] == [OUTCOMES[letter] for letter in couple.story]
    assert set(told[len(couple.story) :]) <= {"open"}
    assert view.next


def test_nothing_was_sent_twice_or_given_up(running: Running) -> None:
    rows = [row for view in running.look().values() for row in running.outbox(view)]
    assert {row.state for row in rows} <= {OutboxState.DONE, OutboxState.WAITING}
    sent = [
        row
        for row in rows
        if row.state is OutboxState.DONE
        and isinstance(row.effect, (SendLetter, SendInvite))
    ]
    running.within_a_minute(lambda: len(kept(running)) >= len(sent))
    mails = kept(running)
    plain = Counter(
        (m.to, m.subject, re.sub(r"https?://\S+", "", m.text)) for m in mails
    )
    assert max(plain.values()) == 1


def test_mail_stays_in_measure(running: Running) -> None:
    """product.md, Mail in measure: two a week at most, three for a weekly cadence."""
    for name, view in running.look().items():
        couple = next(c for c in COUPLES if c.mentor.name.startswith(name))
        sent = Counter(
            row.effect.letter.to
            for row in running.outbox(view)
            if isinstance(row.effect, SendLetter)
        )
        most = 3 if couple.cadence == "weekly" else 2
        assert max(sent.values()) <= 13 * most


def test_calendars_hold_what_was_booked(running: Running) -> None:
    [series] = running.look()["Priya"].series
    calendars = [calendar for _, calendar in running.ours("priya")]
    [master] = [e for c in calendars for e in c.events if "RRULE" in e]
    given = master["EXDATE"]
    exdates = [d.dt for one in given for d in one.dts]
    assert exdates == [m.key.original_start for m in series.meetings if not m.is_live]
    [instead] = [m for m in series.meetings if m.key.n]
    [event] = [e for c in calendars for e in c.events if e["UID"] == instead.uid]
    assert instead.span
    assert event["DTSTART"].dt == instead.span.start


def test_a_pair_is_booked_before_their_eyes(running: Running) -> None:
    amal = running.look()["Amal"]
    assert not running.ours("amal")
    answer = httpx2.post(f"{running.site}/sample/accept/{amal.pair.id}")
    assert answer.status_code == 303
    [(_, calendar)] = running.within_a_minute(lambda: running.ours("amal"))
    [event] = [event for event in calendar.events if "RRULE" in event]
    assert "ORGANIZER" not in event
    [(_, copy)] = running.within_a_minute(lambda: running.ours("jun"))
    assert copy.events[0]["UID"] == event["UID"]


def test_a_deleted_meeting_is_noticed_and_repaired(running: Running) -> None:
    view = running.look()["Carmen"]
    meeting = next(m for m in view.ahead if _is_far(m))
    name, calendar = next(
        (name, calendar)
        for name, calendar in running.ours("carmen")
        if any("RRULE" in event for event in calendar.events)
    )
    without(calendar, meeting.key.original_start)
    running.put("carmen", name, calendar)
    [offer] = running.within_a_minute(lambda: running.look()["Carmen"].offers)
    assert offer.about == meeting.key
    assert len(offer.times) == 3
    _check_letters(running, view, offer.id)
    before = len(running.ours("pia"))
    with httpx2.Client(base_url=running.site, follow_redirects=True) as client:
        _choose(client, view, offer, running)
    running.within_a_minute(lambda: len(running.ours("pia")) > before)
    starts = {
        event["DTSTART"].dt for _, copy in running.ours("pia") for event in copy.events
    }
    assert offer.times[1].start in starts


def _choose(
    client: httpx2.Client, view: SeenPair, offer: Offer, running: Running
) -> None:
    """Look at the times as the mentee, and book the second one with one more click."""
    page = client.post(f"/sample/as/{view.pair.id}/{view.mentee.id}")
    assert page.status_code == 200
    choose = f"/pair/{view.pair.id}/choose/{offer.id}"
    assert client.get(choose).status_code == 200
    confirm = client.get(choose, params={"time": 2}).text
    assert running.look()["Carmen"].offers  # looking books nothing
    found = re.search(r'name="csrf" value="([^"]+)"', confirm)
    assert found
    form = {"csrf": found[1], "start": offer.times[1].start.isoformat()}
    assert client.post(choose, data=form).status_code == 200


def _is_far(meeting: Meeting) -> bool:
    return bool(meeting.span and meeting.span.start > real_now() + timedelta(days=4))


def _check_letters(running: Running, view: SeenPair, offer: str) -> None:
    """Both are written to: at once by day, and by night the letter waits."""

    def told() -> list[PersonId | None]:
        return [
            row.effect.letter.to
            for row in running.outbox(view)
            if isinstance(row.effect, SendLetter)
            and row.effect.letter.kind is LetterKind.FELL_OUT
            and row.effect.letter.offer == offer
        ]

    assert sorted(map(str, told())) == sorted(view.pair.both())
    awake = [p for p in (view.mentor, view.mentee) if is_awake(p)]
    for person in awake:
        running.within_a_minute(
            lambda person=person: [
                mail
                for mail in kept(running)
                if person.email in mail.to
                and mail.at > real_now() - timedelta(minutes=2)
                and mail.text.count("/p/choose/") >= 1
            ]
        )


def test_the_page_deletes_as_a_person_would(running: Running) -> None:
    view = running.look()["Vera"]
    answer = httpx2.post(f"{running.site}/sample/delete/{view.pair.id}")
    assert answer.status_code == 303
    [offer] = running.within_a_minute(lambda: running.look()["Vera"].offers)
    assert len(offer.times) == 3


def test_a_clash_in_a_published_feed_is_offered_a_move(running: Running) -> None:
    view = running.look()["Ida"]
    answer = httpx2.post(f"{running.site}/sample/clash/{view.pair.id}")
    assert answer.status_code == 303
    [offer] = running.within_a_minute(lambda: running.look()["Ida"].offers)
    assert offer.kind is OfferKind.MOVE
    assert offer.times


def test_pages_show_the_pairs_and_the_mail(running: Running) -> None:
    overview = httpx2.get(f"{running.site}/", follow_redirects=True).text
    for couple in COUPLES:
        assert f"Be {couple.mentor.name.split()[0]}" in overview
    listed = httpx2.get(f"{running.site}/sample/mail", params={"to": "leyla"}).text
    mail = re.search(r'href="(/sample/mail/[^"]+)"', listed)
    assert mail
    letter = httpx2.get(running.site + mail[1]).text
    assert f'<a href="{running.site}/p/' in letter
    html = httpx2.get(f"{running.site}{mail[1]}/html")
    assert html.headers["content-security-policy"].startswith("sandbox ")
    assert httpx2.get(f"{running.site}/sample/mail/nothing").status_code == 404


def test_forms_of_other_sites_do_nothing(running: Running) -> None:
    view = running.look()["Ida"]
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ):
        for path in (f"as/{view.pair.id}/{view.me.id}", f"delete/{view.pair.id}"):
            url = f"{running.site}/sample/{path}"
            assert httpx2.post(url, headers=headers).status_code == 403


def test_a_folder_with_real_people_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "troth.sqlite3").write_bytes(b"theirs")
    answer = _refused({"TROTH_DATA_DIR": str(tmp_path), "TROTH_LISTEN": "127.0.0.1:0"})
    assert "E_SAMPLE" in answer
    assert (tmp_path / "troth.sqlite3").read_bytes() == b"theirs"


def test_half_a_sample_is_not_worked_on(tmp_path: Path) -> None:
    (tmp_path / "sample").write_text("begun\n")
    assert "E_SAMPLE" in _refused({"TROTH_DATA_DIR": str(tmp_path)}, "tick")


def _refused(settings: dict[str, str], *words: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "cli", *(words or ("run", "--sample"))],
        env=os.environ | {"TROTH_REDIS_URL": "none"} | settings,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 2, answer.stderr
    return answer.stderr


@pytest.mark.parametrize(
    "setting",
    [
        {"TROTH_LISTEN": "0.0.0.0:0"},
        {"TROTH_DATABASE_URL": "postgresql+asyncpg://somewhere/else"},
    ],
)
def test_refuses_what_would_reach_out(setting: dict[str, str], tmp_path: Path) -> None:
    assert "E_SAMPLE" in _refused({"TROTH_DATA_DIR": str(tmp_path), **setting})


@pytest.mark.browser
def test_the_repair_can_be_clicked_through(running: Running, chromium: str) -> None:
    """In a real browser: forms, frames and links work under our own headers."""
    trouble: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.on("console", lambda said: trouble.append(said.text))
        page.goto(f"{running.site}/")
        page.get_by_role("button", name="from Farid’s calendar").click()
        page.get_by_role("button", name="Be Lene").click()
        _until_shown(page, "A new time")
        page.get_by_role("region", name="A new time").get_by_role("link").first.click()
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Yes, book it").click()
        page.get_by_role("heading", name="it is").wait_for()
        page.goto(f"{running.site}/sample/mail?to=farid")
        page.get_by_role("link", name="Did you meet").first.click()
        page.wait_for_load_state("networkidle")
        _leave_by(page, page.frame_locator("iframe.letter").get_by_role("link").first)
        browser.close()
    assert trouble == []
    assert running.look()["Farid"].offers == ()


def _leave_by(page: Page, link: Locator) -> None:
    """Click until it leads to a pair's page: a frame that settles may miss a click."""
    for _ in range(5):
        with suppress(TooLate):
            link.click(timeout=6000)
            page.wait_for_url("**/pair/**", timeout=6000)
        if "/pair/" in page.url:
            return
    raise AssertionError(f"still at {page.url}")


def _until_shown(page: Page, words: str) -> None:
    for _ in range(60):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"{words!r} was not shown within half a minute")
