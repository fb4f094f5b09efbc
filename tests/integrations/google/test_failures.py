"""What Google's refusals mean, told apart by reason and by what was asked."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.google.failures import (
    TRIES,
    Failure,
    Operation,
    Trouble,
    again,
    backoff,
    error,
    read_failure,
    retry_after,
)
from scheduler.errors import (
    Conflict,
    CursorExpired,
    Exhausted,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Troth,
    Unavailable,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DELTA, LIST, READ = Operation.DELTA, Operation.LIST, Operation.READ
INSERT, CHANGE, DELETE = Operation.INSERT, Operation.CHANGE, Operation.DELETE
WATCH, STOP = Operation.WATCH, Operation.STOP


def body(reason: str) -> bytes:
    """As guides/errors shows them."""
    one = {"domain": "calendar", "reason": reason, "message": "Words."}
    return json.dumps({"error": {"errors": [one], "code": 1}}).encode()


@pytest.mark.parametrize(
    ("status", "reason", "operation", "kind"),
    [
        (401, "authError", READ, NeedsConsent),
        (401, "", INSERT, NeedsConsent),
        (403, "insufficientPermissions", INSERT, NeedsConsent),
        (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", LIST, NeedsConsent),
        (403, "rateLimitExceeded", DELTA, Unavailable),
        (403, "userRateLimitExceeded", INSERT, Unavailable),
        (429, "rateLimitExceeded", DELTA, Unavailable),
        (429, "", DELTA, Unavailable),
        (403, "dailyLimitExceeded", DELTA, Unavailable),
        (403, "quotaExceeded", INSERT, Exhausted),
        (403, "accessNotConfigured", LIST, Unavailable),
        (403, "forbiddenForServiceAccounts", INSERT, Unavailable),
        (403, "forbidden", LIST, Refused),
        (403, "forbidden", CHANGE, Rejected),
        (403, "forbiddenForNonOrganizer", CHANGE, Rejected),
        (403, "not yet invented", INSERT, Rejected),
        (404, "notFound", DELTA, Refused),
        (404, "notFound", LIST, Refused),
        (404, "notFound", WATCH, Refused),
        (404, "notFound", READ, Gone),
        (404, "notFound", CHANGE, Gone),
        (404, "notFound", INSERT, Rejected),
        (404, "notFound", DELETE, None),
        (404, "notFound", STOP, None),
        (409, "duplicate", INSERT, Conflict),
        (410, "fullSyncRequired", DELTA, CursorExpired),
        (410, "updatedMinTooLongAgo", DELTA, CursorExpired),
        (410, "", DELTA, CursorExpired),
        (410, "fullSyncRequired", WATCH, Unavailable),
        (410, "fullSyncRequired", STOP, Unavailable),
        (400, "channelIdNotUnique", WATCH, Conflict),
        (410, "deleted", DELETE, None),
        (410, "deleted", CHANGE, Gone),
        (412, "conditionNotMet", CHANGE, Conflict),
        (412, "conditionNotMet", DELETE, Conflict),
        (400, "badRequest", DELTA, CursorExpired),
        (400, "timeRangeEmpty", LIST, Rejected),
        (400, "required", INSERT, Rejected),
        (500, "backendError", INSERT, Unavailable),
        (502, "", DELTA, Unavailable),
        (503, "", STOP, Unavailable),
    ],
)
def test_a_refusal_is_named_for_what_to_do_next(
    status: int, reason: str, operation: Operation, kind: type[Troth] | None
) -> None:
    found = error(read_failure(status, {}, body(reason), NOW), operation)
    assert type(found) is (kind or type(None))


@given(
    st.sampled_from([400, 401, 403, 404, 408, 409, 410, 412, 418, 425, 429, 500, 599]),
    st.one_of(st.text(), st.sampled_from(["quotaExceeded", "forbidden", "deleted"])),
    st.sampled_from(Operation),
)
def test_every_refusal_means_something(
    status: int, reason: str, operation: Operation
) -> None:
    found = error(Failure(status, reason), operation)
    assert found is None or isinstance(found, Troth)
    # A calendar that cannot be read is never one without events (F29).
    if operation in (DELTA, LIST, READ):
        assert found is not None


def test_invitations_used_up_are_not_asked_for_again_soon() -> None:
    found = error(Failure(403, "quotaExceeded", timedelta(seconds=1)), INSERT)
    assert isinstance(found, Unavailable)
    assert found.after is not None
    # Ten calls a day at most (F22).
    assert 24 * 3600 / found.after <= 10
    assert again(Failure(403, "quotaExceeded"), 0, 1.0) is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (body("duplicate"), "duplicate"),
        (b'{"error": "invalid_grant", "error_description": "x"}', "invalid_grant"),
        (
            b'{"error": {"status": "PERMISSION_DENIED", "details": ['
            b'{"@type": "x", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}],'
            b'"errors": [{"reason": "forbidden"}]}}',
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        ),
        (b"<html>", ""),
        (b"", ""),
        (b"[]", ""),
        (b'{"error": 5}', ""),
        (b'{"error": {"errors": [5, {"reason": 7}]}}', ""),
        (b"[" * 60_000, ""),
    ],
)
def test_the_reason_is_found_in_each_form_of_an_error(told: bytes, reason: str) -> None:
    assert read_failure(403, {}, told, NOW).reason == reason


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Tue, 02 Mar 2027 11:00:00 GMT", 86_400),
        ("99999999999999999999", 86_400),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("³", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(text, NOW) == expected


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_a_pause_is_a_share_of_one_that_doubles(attempt: int, random: float) -> None:
    longest = backoff(attempt, 1.0)
    assert longest == timedelta(seconds=min(64, 2**attempt))
    assert timedelta(0) <= backoff(attempt, random) <= longest


@given(
    st.sampled_from(Trouble),
    st.integers(0, 9),
    st.floats(0, 1),
    st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(hours=2))),
)
def test_only_what_passes_by_itself_is_repeated_in_place(
    trouble: Trouble, attempt: int, random: float, after: timedelta | None
) -> None:
    statuses = {Trouble.RATE: 429, Trouble.SERVER: 503, Trouble.LOGIN: 401}
    failure = Failure(statuses.get(trouble, 403), "", after)
    wait = again(failure, attempt, random)
    if wait is not None:
        assert trouble in (Trouble.RATE, Trouble.SERVER)
        assert attempt + 1 < TRIES
        assert wait >= (after or timedelta(0))
        assert wait <= timedelta(seconds=64)
