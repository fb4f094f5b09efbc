"""Edits of a written copy: one thing changes, the rest stays byte for byte."""

import difflib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.ics.edit import apply, description
from integrations.ics.encode import encode
from integrations.ics.raw import parse
from scheduler.errors import Gone, Rejected
from scheduler.ids import Uid
from scheduler.invite import Invite
from scheduler.ports.calendars import Describe, Edit, Move, Shorten, TakeOut
from scheduler.timespan import Span

HOME = ZoneInfo("Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
STAMP = datetime(2026, 2, 2, 12, tzinfo=UTC)


def at(month: int, day: int, hour: int = 10) -> datetime:
    """An instant, given as the wall clock in Berlin shows it."""
    return datetime(2026, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


def span(start: datetime, long: timedelta = HOUR) -> Span:
    return Span(start, start + long)


INVITE = Invite(
    uid=Uid("0123456789abcdef@programme.test"),
    sequence=3,
    stamp=datetime(2026, 1, 1, tzinfo=UTC),
    zone="Europe/Berlin",
    span=span(at(3, 10)),
    summary="Ana and Ben",
    description="Über dies;\nund, das \\ hier",
    rrule="FREQ=WEEKLY;COUNT=5",
)
#: The clock changes on 29 March.
DATES = [at(3, 10), at(3, 17), at(3, 24), at(3, 31), at(4, 7)]
#: What people and their programs add, and what no edit of ours may touch.
THEIRS = (
    b"X-MOZ-LASTACK:20260301T000000Z\r\nCATEGORIES:Wichtig\r\n"
    b"COLOR:turquoise\r\nX-LONG:" + b"a" * 60 + b"\r\n " + b"b" * 60 + b"\r\n"
    b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:\xc3\xa4\xff\r\n"
    b"END:VALARM\r\n"
)


def copy(invite: Invite = INVITE) -> bytes:
    return encode(invite).replace(b"END:VEVENT\r\n", THEIRS + b"END:VEVENT\r\n", 1)


def shown(data: bytes | None) -> list[tuple[datetime, datetime]]:
    """What a program that is not ours shows."""
    assert data is not None
    calendar = icalendar.Calendar.from_ical(data)
    events = recurring_ical_events.of(calendar).between((2026, 1, 1), (2027, 1, 1))
    return sorted((e.start.astimezone(UTC), e.end.astimezone(UTC)) for e in events)


def dates(data: bytes | None) -> list[datetime]:
    return [start for start, _ in shown(data)]


def move(original: datetime, to: datetime, sequence: int = 4) -> Move:
    return Move(original, span(to), sequence, STAMP)


def take_out(original: datetime) -> TakeOut:
    return TakeOut(original, 4, STAMP)


def done(data: bytes, *edits: Edit) -> bytes:
    for edit in edits:
        after = apply(data, edit, HOME)
        assert after is not None
        assert apply(after, edit, HOME) == after, "a repeat changes nothing"
        assert no_date_is_both(after)
        data = after
    return data


def no_date_is_both(data: bytes) -> bool:
    events = icalendar.Calendar.from_ical(data).events
    out = {
        moment.dt.astimezone(UTC)
        for e in events
        for lst in [e.get("EXDATE", [])]
        for one in (lst if isinstance(lst, list) else [lst])
        for moment in one.dts
    }
    moved = {
        e["RECURRENCE-ID"].dt.astimezone(UTC) for e in events if "RECURRENCE-ID" in e
    }
    return not out & moved


def new_and_lost(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    lines = difflib.ndiff(
        before.decode(errors="replace").splitlines(),
        after.decode(errors="replace").splitlines(),
    )
    told = [line for line in lines if line[0] in "+-"]
    return [x[2:] for x in told if x[0] == "+"], [x[2:] for x in told if x[0] == "-"]


def test_a_move_is_an_override_and_nothing_else() -> None:
    data = copy()
    after = done(data, move(DATES[3], at(4, 1, 15)))
    assert dates(after) == [*DATES[:3], at(4, 1, 15), DATES[4]]
    new, lost = new_and_lost(data, after)
    assert lost == []
    assert "RECURRENCE-ID;TZID=Europe/Berlin:20260331T100000" in new
    assert "DTSTART;TZID=Europe/Berlin:20260401T150000" in new
    assert "SEQUENCE:4" in new and "DTSTAMP:20260202T120000Z" in new
    assert not [line for line in new if line.startswith(("RRULE", "EXDATE"))]
    assert after.count(b"BEGIN:VALARM") == 2


def test_a_second_move_changes_the_override() -> None:
    first = done(copy(), move(DATES[1], at(3, 18)))
    after = done(first, move(DATES[1], at(3, 19), sequence=5))
    assert dates(after) == [DATES[0], at(3, 19), *DATES[2:]]
    assert after.count(b"BEGIN:VEVENT") == 2


def test_a_moved_date_that_is_taken_out_leaves_no_override() -> None:
    first = done(copy(), move(DATES[1], at(3, 18)))
    after = done(first, take_out(DATES[1]))
    assert dates(after) == [DATES[0], *DATES[2:]]
    new, lost = new_and_lost(copy(), after)
    assert new == [
        "DTSTAMP:20260202T120000Z",
        "SEQUENCE:4",
        "EXDATE;TZID=Europe/Berlin:20260317T100000",
    ]
    assert lost == ["DTSTAMP:20260101T000000Z", "SEQUENCE:3"]


def test_people_win() -> None:
    """What a person took out, cancelled or cut off is not put back."""
    out = done(copy(), take_out(DATES[1]))
    moved = done(copy(), move(DATES[1], at(3, 18)))
    cancelled = moved.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED")
    cancelled = cancelled.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED", 1)
    cut = done(copy(), Shorten(DATES[1], 4, STAMP))
    for data in (out, cancelled, cut):
        for edit in (move(DATES[1], at(3, 20)), Describe(DATES[1], "new")):
            with pytest.raises(Gone):
                apply(data, edit, HOME)
        with pytest.raises(Gone):
            description(data, DATES[1], HOME)
        assert apply(data, take_out(DATES[1]), HOME) == data


def test_a_date_that_never_was_is_gone() -> None:
    with pytest.raises(Gone):
        apply(copy(), move(at(3, 11), at(3, 12)), HOME)
    assert apply(copy(), take_out(at(3, 11)), HOME) == copy()


def test_a_single_event_is_moved_itself() -> None:
    data = copy(replace(INVITE, rrule=""))
    after = done(data, move(DATES[0], at(3, 12, 16)))
    assert shown(after) == [(at(3, 12, 16), at(3, 12, 17))]
    assert b"RECURRENCE-ID" not in after


def test_taking_out_all_there_is_leaves_nothing() -> None:
    assert apply(copy(replace(INVITE, rrule="")), take_out(DATES[0]), HOME) is None
    data = done(copy(), *map(take_out, DATES[:4]))
    assert dates(data) == DATES[4:]
    assert apply(data, take_out(DATES[4]), HOME) is None


def test_shortening_keeps_what_lies_before() -> None:
    data = done(copy(), move(DATES[1], at(3, 18)), move(DATES[4], at(4, 9)))
    data = done(data, take_out(DATES[2]), take_out(DATES[3]))
    after = done(data, Shorten(DATES[3], 9, STAMP))
    assert dates(after) == [DATES[0], at(3, 18)]
    assert (
        b"COUNT" not in after and b"RRULE:FREQ=WEEKLY;UNTIL=20260331T075959Z" in after
    )
    assert b"20260331T100000" not in after.partition(b"BEGIN:VEVENT")[2]
    assert apply(data, Shorten(DATES[0], 9, STAMP), HOME) is None
    assert apply(data, Shorten(at(5, 1), 9, STAMP), HOME) == data


def test_a_moved_date_stays_when_the_series_is_shortened_behind_its_origin() -> None:
    data = done(copy(), move(DATES[1], at(4, 20)))
    after = done(data, Shorten(DATES[2], 9, STAMP))
    assert dates(after) == [DATES[0], at(4, 20)]


def test_a_description_stands_on_one_date_alone() -> None:
    data = copy()
    assert description(data, DATES[1], HOME) == INVITE.description
    link = "https://troth.test/a/1"
    after = done(data, Describe(DATES[1], "Neu: a, b; c\\n\n– ü", link))
    assert description(after, DATES[1], HOME) == "Neu: a, b; c\\n\n– ü"
    assert description(after, DATES[2], HOME) == INVITE.description
    assert shown(after) == shown(data)
    new, lost = new_and_lost(data, after)
    assert lost == []
    assert f"ATTACH;FMTTYPE=text/html:{link}" in new
    again = done(after, Describe(DATES[1], "Neuer", link))
    assert again.count(b"BEGIN:VEVENT") == 2 and again.count(link.encode()) == 1


def test_the_same_description_makes_no_override() -> None:
    data = copy()
    assert apply(data, Describe(DATES[1], INVITE.description), HOME) == data


def test_where_they_meet_follows_the_agreement_and_not_over_what_people_wrote() -> None:
    data = copy(replace(INVITE, location="Library, 2nd floor", rrule=""))
    words = INVITE.description

    def located(data: bytes, where: str, *before: str) -> bytes:
        edit = Describe(DATES[0], words, "", where, frozenset(before))
        return done(data, edit)

    link = "https://meet.example/ida"
    after = located(data, link, "Library, 2nd floor", "")
    assert f"LOCATION:{link}".encode() in after and b"Library" not in after
    assert located(after, link, "Library, 2nd floor", "") == after
    assert located(data, link, "elsewhere") == data
    assert located(data, link) == data
    nowhere = located(data, "", "Library, 2nd floor")
    assert b"LOCATION" not in nowhere
    assert link.encode() in located(nowhere, link, "")


def test_one_date_of_a_series_is_held_elsewhere_alone() -> None:
    link = "https://meet.example/ida"
    edit = Describe(DATES[1], INVITE.description, "", link, frozenset({""}))
    after = done(copy(replace(INVITE, location="")), edit)
    assert after.count(f"LOCATION:{link}".encode()) == 1
    assert after.count(b"RECURRENCE-ID") == 1


def test_another_form_of_the_old_text_does_not_stay() -> None:
    html = b"X-ALT-DESC;FMTTYPE=text/html:<p>old</p>\r\nBEGIN:VALARM"
    data = copy(replace(INVITE, rrule="")).replace(b"BEGIN:VALARM", html)
    after = done(data, Describe(DATES[0], "new"))
    assert b"<p>old</p>" not in after


def test_a_sequence_never_goes_back() -> None:
    data = copy().replace(b"SEQUENCE:3", b"SEQUENCE:17")
    after = done(data, move(DATES[1], at(3, 18)))
    assert after.count(b"SEQUENCE:17") == 2


FORMS = {
    "utc": (b"DTSTART:20260310T090000Z", b"DTEND:20260310T100000Z"),
    "windows": (
        b"DTSTART;TZID=W. Europe Standard Time:20260310T100000",
        b"DTEND;TZID=W. Europe Standard Time:20260310T110000",
    ),
    "quoted": (
        b'DTSTART;TZID="Europe/Berlin":20260310T100000',
        b"DURATION:PT1H",
    ),
    "floating": (b"DTSTART:20260310T100000", b"DTEND:20260310T110000"),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_way_to_write_times_is_kept(form: str) -> None:
    start, end = FORMS[form]
    data = copy().replace(b"DTSTART;TZID=Europe/Berlin:20260310T100000", start)
    data = data.replace(b"DTEND;TZID=Europe/Berlin:20260310T110000", end)
    after = done(data, move(DATES[1], at(3, 18, 15)), take_out(DATES[2]))
    moved = parse(after).blocks("VEVENT")[1]
    prefix = start.decode().rpartition(":")[0]
    for name in ("RECURRENCE-ID", "DTSTART", "DTEND"):
        raw = moved.lines(name)[0].plain
        assert raw.replace('"', "").startswith(
            prefix.replace("DTSTART", name).replace('"', "") + ":"
        )
    assert not moved.has("DURATION")
    with pytest.raises(Gone):
        description(after, DATES[2], HOME)
    assert description(after, DATES[1], HOME) == INVITE.description


def test_line_ends_stay_as_they_are() -> None:
    data = copy().replace(b"\r\n", b"\n")
    after = done(data, move(DATES[1], at(3, 18)))
    assert b"\r" not in after


def test_dates_of_a_skipped_and_of_a_repeated_hour() -> None:
    first = datetime(2026, 3, 22, 2, 30, tzinfo=BERLIN).astimezone(UTC)
    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN).astimezone(UTC)
    data = copy(replace(INVITE, span=span(first), rrule="FREQ=WEEKLY;COUNT=2"))
    after = done(data, Describe(skipped, "text"))
    assert b"RECURRENCE-ID;TZID=Europe/Berlin:20260329T023000" in after
    assert description(after, skipped, HOME) == "text"
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    after = done(data, Move(first, span(second), 4, STAMP))
    assert b"DTSTART:20261025T013000Z" in after
    assert second in dates(after)


@pytest.mark.parametrize(
    "text",
    ["", "<html>", "BEGIN:VCALENDAR BEGIN:VEVENT", "BEGIN:VCALENDAR END:VCALENDAR"],
)
def test_what_is_no_object_is_rejected(text: str) -> None:
    data = text.replace(" ", "\r\n").encode()
    for edit in (
        move(DATES[1], at(3, 18)),
        take_out(DATES[1]),
        Describe(DATES[1], "x"),
    ):
        with pytest.raises(Rejected):
            apply(data, edit, HOME)


@given(st.binary(max_size=400))
def test_any_object_that_is_read_is_written_as_it_was(noise: bytes) -> None:
    lines = b"".join(b"X-A:" + part + b"\r\n" for part in noise.split(b"\n"))
    data = b"BEGIN:VCALENDAR\r\n" + lines + b"END:VCALENDAR\r\n"
    assert parse(data).octets() == data


places = st.integers(0, 4)
edits = st.one_of(
    st.builds(
        lambda n, days, hour: move(DATES[n], at(4, 10 + days, hour)),
        places, st.integers(0, 9), st.integers(8, 18),
    ),
    st.builds(lambda n: take_out(DATES[n]), places),
    st.builds(lambda n, words: Describe(DATES[n], words), places, st.text(max_size=90)),
    st.builds(lambda n: Shorten(DATES[n], 9, STAMP), st.integers(3, 4)),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(edits, max_size=6))
def test_any_run_of_edits_shows_what_a_plain_list_would(run: list[Edit]) -> None:
    data, stand = copy(), {d: d for d in DATES}
    texts = dict.fromkeys(DATES, INVITE.description)
    for edit in run:
        known = edit.before if isinstance(edit, Shorten) else edit.original_start
        try:
            after = apply(data, edit, HOME)
        except Gone:
            assert known not in stand and isinstance(edit, Move | Describe)
            continue
        by_hand(edit, stand, texts)
        if after is None:
            assert not stand
            return
        data = after
    assert dates(data) == sorted(stand.values())
    assert no_date_is_both(data)
    for original in stand:
        assert description(data, original, HOME) == texts[original]


def by_hand(
    edit: Edit, stand: dict[datetime, datetime], texts: dict[datetime, str]
) -> None:
    match edit:
        case Move():
            stand[edit.original_start] = edit.span.start
        case TakeOut():
            stand.pop(edit.original_start, None)
        case Shorten():
            for late in [o for o in stand if o >= edit.before]:
                del stand[late]
        case Describe():
            texts[edit.original_start] = visible(edit.text)


def visible(text: str) -> str:
    """What of a text an iCalendar line can hold."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    gone = "\u2028\u2029\x7f"
    controls = {*map(chr, range(0x20)), *map(chr, range(0x80, 0xA0)), *gone} - {
        "\n",
        "\t",
    }
    return "".join(c for c in plain if c not in controls)
