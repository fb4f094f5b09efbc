"""`troth plan --programme` as scripts and people see it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_busy import Done, troth
from tests.integrations.ics.texts import calendar, event

pytestmark = pytest.mark.slow

HEADER = (
    "mentor_email,mentee_email,mentor_zone,mentee_zone,mentor_hours,mentee_hours,"
    "cadence,minutes,first_day,last_day,mentor_calendar,mentee_calendar,"
    "mentor_max_day,mentor_max_week"
)
DATES = "2026-03-02,2026-04-12"


def a_list(folder: Path, *rows: str, header: str = HEADER) -> str:
    file = folder / "pairs.csv"
    file.write_text("\n".join([header, *rows]) + "\n")
    return str(file)


def three(folder: Path) -> str:
    """Ida has an hour on Tuesdays for two of three, and is away on one of them."""
    away = folder / "ida.ics"
    away.write_bytes(calendar(event("DTSTART:20260310T080000Z", "DURATION:PT2H")))
    hours = "Tue 09:00-10:00"
    whole = f"Europe/Berlin,Europe/Berlin,{hours},Mon-Fri 08:00-18:00"
    return a_list(
        folder,
        f"ida@a.test,one@b.test,{whole},weekly,30,{DATES},{away},,,",
        f"ida@a.test,two@b.test,{whole},weekly,30,{DATES},,,,",
        f"ida@a.test,three@b.test,{whole},weekly,30,{DATES},,none,,",
    )


def test_every_pair_has_a_slot_or_a_reason(tmp_path: Path) -> None:
    done = troth("plan", "--programme", three(tmp_path), "--json")
    assert (done.code, done.err) == (0, "")
    answer = json.loads(done.out)
    assert [pair["row"] for pair in answer["pairs"]] == [2, 3, 4]
    placed = [pair for pair in answer["pairs"] if pair["slot"]]
    assert sorted(pair["slot"]["time"] for pair in placed) == ["09:00", "09:30"]
    assert {pair["clear"] for pair in placed} == {5}
    (without,) = [pair for pair in answer["pairs"] if not pair["slot"]]
    assert without["why"] == "every slot with a clear meeting is taken by others"
    assert (answer["placed"], answer["most"], answer["gap"]) == (2, 2, 0)
    assert answer["score"] == answer["bound"] <= 2 * 5 * 1000
    assert answer["warnings"] == []


def test_a_limit_is_kept(tmp_path: Path) -> None:
    file = Path(three(tmp_path))
    file.write_text(file.read_text().replace(",,none,,", ",,none,1,"))
    answer = json.loads(troth("plan", "--programme", str(file), "--json").out)
    assert answer["placed"] == 1


def test_the_words_for_people(tmp_path: Path) -> None:
    done = troth("plan", "--programme", three(tmp_path))
    assert done.code == 0
    *rows, last = done.out.splitlines()
    assert rows[0].startswith("row 2: ida@a.test and one@b.test: ")
    assert sum("Every Tuesday at 09:" in row for row in rows) == 2
    assert sum("5 of 6 clear." in row for row in rows) == 2
    assert last.startswith("2 of 3 pairs have a slot; ")
    assert "reaches the bound" in last


def test_options_fill_what_rows_leave_out(tmp_path: Path) -> None:
    file = a_list(tmp_path, "ida@a.test,one@b.test", header="mentor_email,mentee_email")
    zones = ["--mentor-zone", "Europe/Berlin", "--mentee-zone", "Europe/Berlin"]
    words = ["--cadence", "monthly", "--minutes", "60", "--from", "2026-03-02"]
    done = troth("plan", "--programme", file, *zones, *words, "--count", "3", "--json")
    (pair,) = json.loads(done.out)["pairs"]
    assert (pair["clear"], pair["slot"]["minutes"]) == (3, 60)


def planned(folder: Path, *words: str) -> dict[str, Any]:
    """The plan of `three`, which also stands in a file to keep."""
    done = troth("plan", "--programme", three(folder), "--json", *words)
    assert (done.code, done.err) == (0, "")
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def kept(folder: Path, plan: dict[str, Any], *words: str) -> Done:
    """The same folder's list, planned around this plan."""
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    return troth(
        "plan", "--programme", str(folder / "pairs.csv"), "--keep", str(file), *words
    )


def test_a_plan_says_whose_and_what_for_it_is(tmp_path: Path) -> None:
    pairs = planned(tmp_path)["pairs"]
    names = [(pair["mentor"], pair["mentee"]) for pair in pairs]
    assert names == [("ida@a.test", f"{n}@b.test") for n in ("one", "two", "three")]
    for pair in pairs:
        asked = pair["cadence"], pair["minutes"], pair["from"], pair["periods"]
        assert asked == ("weekly", 30, "2026-03-02", 6)
        assert pair["not_clear"] == ([1] if pair["slot"] else [])


def test_an_unchanged_list_keeps_every_slot(tmp_path: Path) -> None:
    before = planned(tmp_path)
    done = kept(tmp_path, before, "--json")
    assert (done.code, done.err) == (0, "")
    after = json.loads(done.out)
    changes = [pair.pop("change") for pair in after["pairs"]]
    counts = [after.pop(name) for name in ("kept", "moved", "new", "lost")]
    assert after == before
    assert counts == [2, 0, 0, 0]
    assert sorted(changes, key=str) == [None, "kept", "kept"]
    words = kept(tmp_path, before).out.splitlines()
    assert words[-2] == "0 of 2 slots moved, 2 kept, 0 new."


def test_rows_may_come_and_go_in_any_order(tmp_path: Path) -> None:
    before = planned(tmp_path)
    placed = {pair["mentee"]: pair["slot"] for pair in before["pairs"]}
    gone = next(name for name, slot in placed.items() if slot)
    file = tmp_path / "pairs.csv"
    head, *rows = file.read_text().splitlines()
    left = [row for row in reversed(rows) if gone not in row]
    new = left[0].replace("ida@a.test", "max@a.test").replace(",09:00-10:00", "")
    away = str(tmp_path / "ida.ics")
    left[0] = left[0].replace(",30," + DATES + ",,", f",30,{DATES},{away},")
    file.write_text("\n".join([head, *left, new]) + "\n")
    answer = json.loads(kept(tmp_path, before, "--json").out)
    for pair in answer["pairs"]:
        if pair["mentor"] == "ida@a.test" and placed[pair["mentee"]]:
            assert (pair["slot"], pair["change"]) == (placed[pair["mentee"]], "kept")
        else:
            assert pair["slot"] and pair["change"] == "new"
    assert [answer[c] for c in ("kept", "moved", "new", "lost")] == [1, 0, 2, 0]


def test_one_whose_hours_changed_moves_alone(tmp_path: Path) -> None:
    """Two pairs, one mentor: one mentee can do Wednesdays only from now on."""
    hours = "Tue 09:00-10:00, Wed 09:00-10:00"
    whole = f"UTC,UTC,'{hours}',Tue 08:00-18:00".replace("'", '"')
    both = "one@b.test", "two@b.test"
    rows = [f"ida@a.test,{n},{whole},weekly,30,{DATES},,,," for n in both]
    file = a_list(tmp_path, *rows)
    before = json.loads(troth("plan", "--programme", file, "--json").out)
    now = [rows[0], rows[1].replace("Tue 08:00-18:00", "Wed 08:00-18:00")]
    a_list(tmp_path, *now)
    done = kept(tmp_path, before)
    first, second, changes, _ = done.out.splitlines()
    assert "Every Tuesday" in first and first.endswith("6 of 6 clear.")
    assert "Every Wednesday" in second and second.endswith("6 of 6 clear (moved).")
    assert changes == "1 of 2 slots moved, 1 kept, 0 new."
    after = json.loads(kept(tmp_path, before, "--json").out)
    assert after["pairs"][0]["slot"] == before["pairs"][0]["slot"]
    a_list(tmp_path, rows[0], rows[1].replace("Tue 08:00-18:00", "Sun 08:00-18:00"))
    changes = kept(tmp_path, before).out.splitlines()[2]
    assert changes == "0 of 1 slots moved, 1 kept, 0 new, 1 lost."


def test_what_keep_needs(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none.json")
    done = troth("plan", "--programme", three(tmp_path), "--keep", nowhere)
    assert refusal(done) == "E_FILE_UNREADABLE"
    done = kept(tmp_path, {"slot": None, "meetings": []})
    assert refusal(done) == "E_PLAN_FILE"
    assert "--json" in done.err
    assert refusal(troth("plan", "none", "none", "--keep", nowhere)) == "E_USAGE"


def refusal(done: Done) -> str:
    assert (done.code, done.out) == (2, "")
    return done.err.splitlines()[-1].split(": ")[1]


def test_a_wrong_row_is_named_and_nothing_planned(tmp_path: Path) -> None:
    file = a_list(
        tmp_path,
        f"ida@a.test,one@b.test,Mars/Base,UTC,,,weekly,30,{DATES},,,,",
        f"ida@a.test,two@b.test,UTC,UTC,,,,30,{DATES},,,,",
    )
    done = troth("plan", "--programme", file)
    assert refusal(done) == "E_CSV_ROWS"
    first, second, _ = done.err.splitlines()
    assert first.startswith("row 2: E_TZ_UNKNOWN: mentor_zone")
    assert second.startswith("row 3: E_CSV_MISSING: cadence is empty; fill it in, or")


def test_a_calendar_that_cannot_be_read_is_named_with_its_row(tmp_path: Path) -> None:
    row = f"ida@a.test,one@b.test,UTC,UTC,,,weekly,30,{DATES},,no-such.ics,,"
    done = troth("plan", "--programme", a_list(tmp_path, row))
    assert refusal(done) == "E_CSV_ROWS"
    assert done.err.startswith("row 2: E_FILE_MISSING: mentee_calendar: no-such.ics")


def test_an_address_that_does_not_answer_is_named_with_its_row(tmp_path: Path) -> None:
    row = f"ida@a.test,one@b.test,UTC,UTC,,,weekly,30,{DATES},,CALENDAR,,"
    row = row.replace("CALENDAR", "http://127.0.0.1:9/secret-key/leyla.ics")
    words = ["plan", "--programme", a_list(tmp_path, row)]
    done = troth(*words, allowed="127.0.0.0/8")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("error: E_UNAVAILABLE: row 2: mentee_calendar: ")
    done = troth(*words)  # where the operator allows no private address
    assert refusal(done) == "E_CSV_ROWS"
    assert "row 2: " in done.err and "secret-key" not in done.err


def test_a_calendar_is_read_for_every_row_that_names_it(tmp_path: Path) -> None:
    """Ida's stands in one of two rows; somebody is a mentee here, a mentor there."""
    away = tmp_path / "ida.ics"
    away.write_bytes(calendar(event("DTSTART:20260303T000000Z", "DURATION:P6D")))
    free = "Mon-Fri 09:00-12:00"
    hours = f"UTC,UTC,Mon-Fri 09:00-10:00,{free}"
    file = a_list(
        tmp_path,
        f"ida@a.test,one@b.test,{hours},weekly,30,{DATES},{away},,,",
        f"ida@a.test,two@b.test,{hours},weekly,30,{DATES},,,,",
        f"two@b.test,three@b.test,UTC,UTC,{free},{free},weekly,30,{DATES},,,,",
    )
    answer = json.loads(troth("plan", "--programme", file, "--json").out)
    assert [pair["clear"] for pair in answer["pairs"]] == [6, 6, 6]
    days = [pair["slot"]["weekday"] for pair in answer["pairs"]]
    assert days[:2] == ["Monday", "Monday"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["none", "none"], "E_USAGE"),
        (["--invite", "series.ics"], "E_USAGE"),
        (["--top", "3"], "E_USAGE"),
        (["--count", "3", "--until", "2026-05-01"], "E_COUNT_UNTIL"),
        (["--mentor-zone", "Mars/Base"], "E_TZ_UNKNOWN"),
        (["--cadence", "daily"], "E_CADENCE"),
    ],
)
def test_what_does_not_go_with_a_list_is_refused(
    tmp_path: Path, words: list[str], code: str
) -> None:
    done = troth("plan", "--programme", three(tmp_path), *words)
    assert refusal(done) == code


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    done = troth("plan", "--programme", str(tmp_path / "none.csv"))
    assert refusal(done) == "E_FILE_UNREADABLE"
    done = troth("plan", "--programme", a_list(tmp_path))
    assert refusal(done) == "E_CSV_EMPTY"


def test_without_a_list_two_calendars_are_needed() -> None:
    done = troth("plan")
    assert refusal(done) == "E_USAGE"
    assert "MENTOR" in done.err and "--programme" in done.err
