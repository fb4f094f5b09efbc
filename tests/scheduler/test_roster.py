"""Lists of pairs: every row on its own, every problem with its field and code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import Refused
from scheduler.roster import COLUMNS, read_roster

HEADER = ",".join(COLUMNS)


def a_row(**cells: str) -> str:
    cells = {"mentor_email": "ida@a.test", "mentee_email": "leyla@b.test"} | cells
    return ",".join(f'"{cells.get(name, "")}"' for name in COLUMNS)


def a_list(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def test_a_full_row_and_an_empty_one() -> None:
    full = a_row(
        mentor_name="Ida  Marchetti",
        mentor_zone="America/New_York",
        mentor_hours="Mon-Fri 09:00-12:00",
        mentee_country="de-by",
        mentee_language="DE",
        cadence="every 2 weeks",
        minutes="45",
        first_day="2026-09-28",
    )
    roster = read_roster(b"\xef\xbb\xbf" + a_list(full, "", ""))
    (wish,) = roster.good
    assert wish.row == 2 and not roster.problems
    assert wish.mentor.name == "Ida Marchetti"
    assert (wish.mentee.country, wish.mentee.language) == ("DE-BY", "de")
    assert (str(wish.cadence), wish.minutes, wish.last_day) == (
        "every 2 weeks",
        45,
        None,
    )


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"mentor_email": ""}, "E_EMAIL", "mentor_email"),
        ({"mentor_email": "a@b.test,c@d.test"}, "E_EMAIL", "mentor_email"),
        ({"mentor_email": "ida@nowhere"}, "E_EMAIL", "mentor_email"),
        ({"mentor_email": "ida@a.test\r\nBcc: x@y.test"}, "E_EMAIL", "mentor_email"),
        ({"mentor_email": "i" * 250 + "@a.test"}, "E_EMAIL", "mentor_email"),
        ({"mentee_email": "IDA@a.test"}, "E_EMAIL", "mentee_email"),
        ({"mentor_name": "=cmd|' /C calc'!A0"}, "E_CSV_FORMULA", "mentor_name"),
        ({"mentee_name": "@SUM(1)"}, "E_CSV_FORMULA", "mentee_name"),
        ({"mentee_zone": "Europe/Berlim"}, "E_TZ_UNKNOWN", "mentee_zone"),
        ({"mentee_hours": "always"}, "E_HOURS", "mentee_hours"),
        ({"mentee_country": "Germany"}, "E_COUNTRY", "mentee_country"),
        ({"cadence": "daily"}, "E_CADENCE", "cadence"),
        ({"minutes": "five"}, "E_MINUTES", "minutes"),
        ({"first_day": "28.9.2026"}, "E_DATE", "first_day"),
    ],
)
def test_one_problem_one_row(cells: dict[str, str], code: str, field: str) -> None:
    roster = read_roster(a_list(a_row(mentee_email="x@y.test"), a_row(**cells)))
    assert len(roster.good) == 1
    (problem,) = roster.problems
    assert (problem.code, problem.field) == (code, field)


def test_a_wrong_zone_comes_with_the_nearest_one() -> None:
    (problem,) = read_roster(a_list(a_row(mentee_zone="Europe/Berlim"))).problems
    assert "Europe/Berlin" in problem.message


def test_a_pair_twice() -> None:
    again = a_row(mentor_email="IDA@a.test")
    (problem,) = read_roster(a_list(a_row(), again)).problems
    assert (problem.row, problem.code) == (3, "E_CSV_DUPLICATE")
    assert "row 2" in problem.message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_CSV_HEADER"),
        (a_list(header="name,mail"), "E_CSV_HEADER"),
        (a_list(header="mentor_email"), "E_CSV_HEADER"),
        (a_list(header=HEADER + ",minutes"), "E_CSV_HEADER"),
        (a_list('"unclosed'), "E_CSV_HEADER"),
        (
            a_list(a_row(mentor_name="Löwe")).replace("ö".encode(), b"\xf6"),
            "E_CSV_ENCODING",
        ),
        pytest.param(
            a_list(*[a_row()] * 100_001), "E_CSV_TOO_MANY", marks=pytest.mark.slow
        ),
    ],
)
def test_what_is_wrong_with_a_whole_file(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_roster(data)
    assert refused.value.code == code


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_rubbish_is_refused_or_reported(rubbish: bytes) -> None:
    try:
        roster = read_roster(HEADER.encode() + b"\n" + rubbish)
    except Refused as refused:
        code = refused.code
    else:
        code = ""
        assert not roster.good
    assert code in {"", "E_CSV_HEADER", "E_CSV_ENCODING"}
