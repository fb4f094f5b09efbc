"""Names of things, each a type of its own so that no two are mixed up."""

import hashlib
from typing import NewType

ProgrammeId = NewType("ProgrammeId", str)
PersonId = NewType("PersonId", str)
PairId = NewType("PairId", str)
AgreementId = NewType("AgreementId", str)
CalendarId = NewType("CalendarId", str)
AccountId = NewType("AccountId", str)
SeriesId = NewType("SeriesId", str)
EvidenceId = NewType("EvidenceId", str)
OfferId = NewType("OfferId", str)
PromiseId = NewType("PromiseId", str)
LinkId = NewType("LinkId", str)
LetterId = NewType("LetterId", str)
OutboxId = NewType("OutboxId", str)
WorkId = NewType("WorkId", str)

#: The UID of an iCalendar object that Troth made: 128 random bits at the
#: programme's domain. Whoever knows it may answer for the meeting.
Uid = NewType("Uid", str)
#: What a calendar calls one of its objects: an href, an event id.
RemoteId = NewType("RemoteId", str)
Etag = NewType("Etag", str)


def digest(*parts: object) -> str:
    """A name that follows from what it names: the same parts, the same name."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]
