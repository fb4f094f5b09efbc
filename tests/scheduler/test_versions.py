"""What two people say of their agreement decides what rules, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scheduler.agreement import AgreementState
from scheduler.errors import Taken
from scheduler.people import Role
from scheduler.versions import accepted, later, rested
from tests.cases import tried
from tests.scheduler.agreeing import (
    BOTH,
    IDA,
    LEYLA,
    MINUTES,
    NOW,
    TERMS,
    History,
    histories,
    side,
)


@pytest.mark.slow
def test_in_ten_thousand_histories_nothing_is_planned_before_both_say_yes() -> None:
    agreed = withdrawn = 0
    for history in histories(10_000, 14):
        agreed += history.said.rules is not None
        withdrawn += bool(history.said.taken_back)
        history.close()
    # They are no histories of pairs that never do anything.
    assert agreed > 3_000
    assert withdrawn > 1_000


class Agreeing(RuleBasedStateMachine):
    """The same acts, found and made small by Hypothesis."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History()
        self.history.keep(self.history.versions)

    @rule(person=st.sampled_from(BOTH))
    def accept(self, person) -> None:
        self.history.accept(person, self.history.text.digest)

    @rule(person=st.sampled_from(BOTH), minutes=st.sampled_from(MINUTES))
    def propose(self, person, minutes) -> None:
        self.history.propose(person, minutes, self.history.text.digest)

    @rule(person=st.sampled_from(BOTH))
    def withdraw(self, person) -> None:
        self.history.withdraw(person, self.history.text.digest)

    @rule(minutes=st.sampled_from(MINUTES))
    def edit(self, minutes) -> None:
        self.history.edit(minutes, self.history.text.digest)

    @rule(data=st.data(), person=st.sampled_from(BOTH))
    def accept_an_old_page(self, data, person) -> None:
        digest = data.draw(st.sampled_from(sorted(self.history.texts)))
        self.history.accept(person, digest)

    @rule(data=st.data(), person=st.sampled_from(BOTH))
    def withdraw_on_an_old_page(self, data, person) -> None:
        digest = data.draw(st.sampled_from(sorted(self.history.texts)))
        self.history.withdraw(person, digest)

    @invariant()
    def what_both_said_rules(self) -> None:
        self.history.check()


TestAgreeing = Agreeing.TestCase
TestAgreeing.settings = settings(max_examples=tried(60), stateful_step_count=20)


def test_what_is_withdrawn_leaves_what_rules_and_is_withdrawn_once() -> None:
    history = History()
    history.accept(IDA, history.text.digest)
    history.accept(LEYLA, history.text.digest)
    history.propose(IDA, 60, history.text.digest)
    proposal = history.text
    for _ in range(2):
        history.withdraw(IDA, proposal.digest)
    assert history.text.terms == TERMS
    assert [v.state for v in history.versions] == [
        AgreementState.IN_FORCE,
        AgreementState.WITHDRAWN,
    ]
    with pytest.raises(Taken, match="E_AGREEMENT_CHANGED"):
        accepted(history.versions, LEYLA, both=BOTH, digest=proposal.digest, now=NOW)


def test_a_first_proposal_that_is_withdrawn_leaves_the_programmes_draft() -> None:
    history = History()
    history.propose(IDA, 60, history.text.digest)
    history.withdraw(IDA, history.text.digest)
    draft = history.text
    assert (draft.version, draft.state) == (3, AgreementState.DRAFT)
    assert (draft.terms, draft.author, draft.accepted_by) == (TERMS, None, frozenset())


def test_quiet_days_come_and_go_with_what_is_in_force() -> None:
    person = replace(side(IDA).person, quiet_days=frozenset({6}))
    first = replace(TERMS, mentor_quiet=frozenset({4}))
    second = replace(TERMS, mentor_quiet=frozenset({0}))
    one = rested(person, Role.MENTOR, None, first)
    assert one.quiet_days == {4, 6}
    other = rested(one, Role.MENTOR, first, second)
    assert other.quiet_days == {0, 6}
    kept = rested(one, Role.MENTOR, first, second, [frozenset({4})])
    assert kept.quiet_days == {0, 4, 6}


def test_going_on_is_as_long_again() -> None:
    terms = later(TERMS)
    assert terms.first_day == date(2026, 9, 7)
    assert terms.last_day - terms.first_day == TERMS.last_day - TERMS.first_day
    assert replace(terms, first_day=TERMS.first_day, last_day=TERMS.last_day) == TERMS
