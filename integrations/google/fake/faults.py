"""A script of what goes wrong: the n-th call that matches meets a fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from integrations.google.fake.problems import Problem


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with this problem; nothing is done, or (`applied`) it is all the same."""

    problem: Problem
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Cut the connection without an answer, before or after the call is done."""

    applied: bool


@dataclass(frozen=True, slots=True)
class Hang:
    """Give no answer for these seconds, then cut; done (`applied`) or not."""

    applied: bool
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Copies:
    """Send a push this many times: 0 is lost, 2 is doubled."""

    number: int


Fault = Refuse | Drop | Hang | Copies
#: What pushes are called in a script.
PUSH = "push"
#: And calls of the token endpoint.
TOKEN = "token"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Rule:
    """From the `nth` call of `method` on ('*': any), `times` calls meet the fault.

    `where` are parameters of path and query that must be so, and `user` who calls.
    """

    method: str
    fault: Fault
    nth: int = 1
    times: int = 1
    user: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)

    def matches(self, method: str, user: str, given: Mapping[str, str]) -> bool:
        """Whether a call counts for this rule."""
        named = self.method == method or (self.method == "*" and method != PUSH)
        mine = self.user in {None, user}
        return named and mine and self.where.items() <= given.items()


@dataclass(frozen=True, slots=True)
class Script:
    """Rules, and how often each has been matched so far."""

    rules: tuple[Rule, ...] = ()
    counts: tuple[int, ...] = ()

    @staticmethod
    def of(rules: Iterable[Rule]) -> Script:
        """A script that has not begun."""
        rules = tuple(rules)
        return Script(rules, (0,) * len(rules))

    def meet(
        self, method: str, user: str, given: Mapping[str, str]
    ) -> tuple[Script, Fault | None]:
        """The script after this call, and the fault of the first rule that is due."""
        hits = [rule.matches(method, user, given) for rule in self.rules]
        counts = tuple(n + hit for n, hit in zip(self.counts, hits, strict=True))
        due = (
            rule.fault
            for rule, n, hit in zip(self.rules, counts, hits, strict=True)
            if hit and rule.nth <= n < rule.nth + rule.times
        )
        return replace(self, counts=counts), next(due, None)
