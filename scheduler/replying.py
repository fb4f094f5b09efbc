"""What an answer to an invitation does: it is believed, asked about, or ignored."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scheduler.acting import Act, evidence, fell_out, moved
from scheduler.asking import asked
from scheduler.edits import counter_refusal
from scheduler.effects import SendInvite
from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import PersonId
from scheduler.invite import Invite
from scheduler.itip import (
    Worth,
    answered,
    author,
    breaks_on_instances,
    is_about_whole,
    time_sequence,
    worth,
)
from scheduler.letters import LetterKind
from scheduler.offering import an_offer, other_times
from scheduler.ports.mail import Answer, Reply
from scheduler.replacing import suits
from scheduler.series import Copy, Meeting, MeetingKey, OfferKind, Route, Series
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.telling import Letters, offered
from scheduler.timespan import Span


@dataclass(frozen=True, slots=True)
class Replied:
    """What follows from a mail, and its outcome for the audit: a code, no content."""

    outcome: str
    change: Change = NO_CHANGE
    person: PersonId | None = None
    about: MeetingKey | None = None


def replied(case: Situation, reply: Reply) -> Replied:
    """Decide about one answer to an invitation of this pair."""
    claim = author(reply, [person.email for person in case.people])
    if claim is None:
        return Replied("stranger")
    address = claim.address.casefold()
    person = next(p.id for p in case.people if p.email.casefold() == address)
    copy = next(
        (c for c in case.copies if (c.person, c.uid) == (person, reply.uid)), None
    )
    series = _series(case, reply.uid)
    if copy is None or series is None or copy.route is not Route.IMIP:
        return Replied("not on mail", person=person)
    meeting = answered(reply, series)
    if meeting is None and not is_about_whole(reply):
        return Replied("no such date", person=person)
    original = None if meeting is None or meeting.uid else meeting.key.original_start
    told = time_sequence(_sent(case, person), reply.uid, original)
    value = worth(reply, told=told, certain=claim.certain)
    if value is Worth.IGNORE:
        return Replied("stale", person=person)
    learned = replace(
        copy, whole_object=copy.whole_object or breaks_on_instances(reply.prodid)
    )
    done = _Answered(case, reply, learned, series, meeting, value).decide()
    kept = Change(copies=(learned,)) if learned != copy else NO_CHANGE
    return replace(done, change=kept + done.change, person=person)


def _series(case: Situation, uid: str) -> Series | None:
    return next((s for s in case.view.series if s.of_uid(uid)), None)


def _sent(case: Situation, person: PersonId) -> list[Invite]:
    return [
        row.effect.invite
        for row in case.outbox
        if isinstance(row.effect, SendInvite) and row.effect.to == person
    ]


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer whose author, copy and meeting are known."""

    case: Situation
    reply: Reply
    copy: Copy
    series: Series
    #: None: all of the series.
    meeting: Meeting | None
    worth: Worth

    def decide(self) -> Replied:
        match self.reply.answer:
            case Answer.ACCEPTED | Answer.TENTATIVE:
                return self._accepted()
            case Answer.DECLINED:
                return self._declined()
            case Answer.COUNTER:
                return self._countered()

    def _accepted(self) -> Replied:
        """A word of consent, which asks nobody for anything."""
        if self.worth is not Worth.ACT:
            return Replied("not vouched for")
        if self.meeting is None or self.meeting.uid:
            copy = replace(self.copy, partstat=self.reply.answer.name)
            return Replied(self.reply.answer.value, Change(copies=(copy,)))
        about = str(self.meeting.key)
        if any(
            e.kind is EvidenceKind.ACCEPTED
            and e.about == about
            and e.by == self.copy.person
            for e in self.case.evidence
        ):
            return Replied("repeated", about=self.meeting.key)
        row = evidence(self.case, EvidenceKind.ACCEPTED, self.meeting, self._act())
        change = Change(evidence=(row,))
        return Replied(self.reply.answer.value, change, about=self.meeting.key)

    def _declined(self) -> Replied:
        meetings = self._ahead()
        if not meetings:
            return Replied("over")
        keys = tuple(m.key for m in meetings)
        is_whole = self.meeting is None and len(keys) > 1
        finding = Finding(
            FindingKind.SERIES_GONE if is_whole else FindingKind.DECLINED,
            Grade.CERTAIN,
            self.copy.person,
            keys,
            min(self.reply.at, self.case.now),
            SourceKind.MAIL,
            declined=frozenset(keys),
        )
        if self.worth is Worth.ASK:
            finding = replace(finding, grade=Grade.PROBABLE)
            return Replied("asked", asked(self.case, finding), about=keys[0])
        change = NO_CHANGE
        if self.meeting is None:
            change = Change(copies=(replace(self.copy, partstat="DECLINED"),))
        change += fell_out(self.case.after(change), finding)
        return Replied("declined", change, about=keys[0])

    def _countered(self) -> Replied:
        """A proposal of another time: taken over where it is clear, else refused."""
        span, meetings = self._proposed(), self._ahead()
        if span is None or self.meeting is None or not meetings:
            return Replied("no proposal")
        finding = Finding(
            FindingKind.MOVED,
            Grade.CERTAIN,
            self.copy.person,
            (self.meeting.key,),
            min(self.reply.at, self.case.now),
            SourceKind.MAIL,
            (span,),
        )
        if self.worth is Worth.ASK:
            finding = replace(finding, grade=Grade.PROBABLE)
            change = asked(self.case, finding)
            return Replied("asked", change, about=self.meeting.key)
        if span == self.meeting.span:
            return Replied("repeated", about=self.meeting.key)
        if suits(self.case, self.meeting, span, self.copy.person):
            change = moved(self.case, finding)
            return Replied("moved", change, about=self.meeting.key)
        return Replied("refused", self._refused(self.meeting), about=self.meeting.key)

    def _refused(self, meeting: Meeting) -> Change:
        """DECLINECOUNTER, and other times for both, if there are any."""
        step = counter_refusal(self.case, self.copy, self.series, meeting, self.reply)
        change = Change(steps=(step,))
        times = other_times(self.case, self.series, meeting)
        if not times or meeting.span is None:
            return change
        offer = an_offer(self.case, meeting, OfferKind.MOVE, times)
        said = offered(self.case, meeting.span, meeting.key, times)
        letters = Letters(LetterKind.CLASH, meeting.key, said, offer.id[:12], offer.id)
        both = letters.to(*self.case.pair.both(), case=self.case)
        return change + Change(offers=(offer,), letters=both)

    def _ahead(self) -> tuple[Meeting, ...]:
        """What it is about and has not begun."""
        meetings = (
            (self.meeting,) if self.meeting else self.series.of_uid(self.reply.uid)
        )
        now = self.case.now
        return tuple(m for m in meetings if m.is_live and m.span and m.span.start > now)

    def _proposed(self) -> Span | None:
        start, end = self.reply.proposed_start, self.reply.proposed_end
        if start is None:
            return None
        end = end or start + self.series.length
        return Span(start, end) if start < end and start > self.case.now else None

    def _act(self) -> Act:
        at = min(self.reply.at, self.case.now)
        return Act(at, SourceKind.MAIL, self.copy.person)
