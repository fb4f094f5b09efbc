"""Mail that stays in memory: what was sent, and what the reply mailbox holds."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime
from enum import Enum

from integrations.mail.answer import read_answer
from integrations.mail.message import compose
from scheduler.effects import Address, Message
from scheduler.errors import Rejected, Unavailable
from scheduler.ports.mail import Bounce, Ignored, Incoming, Note, Reply
from scheduler.ports.system import Clock


class MailFault(Enum):
    """What happens to one sending, as servers do it."""

    #: 4xx: not now.
    TEMPORARY = "temporary"
    #: 5xx: this address never.
    REFUSED = "refused"
    #: Taken, but the connection is cut before the 250: the sender does not know.
    TAKEN_BUT_CUT = "taken but cut"


class MemoryMailOut:
    """`MailOut` that remembers.

    `sent` is everything that was taken, repeats included; `delivered` is what a
    mailbox shows that knows each Message-ID once. Faults are taken in order, one for
    each sending; addresses in `refused` are refused for ever.
    """

    def __init__(self, sender: Address, clock: Clock) -> None:
        self.sent: list[tuple[Message, str]] = []
        self.octets: list[bytes] = []
        self.faults: deque[MailFault] = deque()
        self.refused: set[str] = set()
        self._sender, self._clock = sender, clock

    async def send(self, message: Message, message_id: str) -> None:
        """Keep one message, if it can be mailed at all; see `MailOut`."""
        octets = compose(message, message_id, self._sender, self._clock.now())
        fault = self.faults.popleft() if self.faults else None
        if fault is MailFault.REFUSED or message.to.email in self.refused:
            raise Rejected("mail server: 550")
        if fault is MailFault.TEMPORARY:
            raise Unavailable("mail server: 451")
        self.sent.append((message, message_id))
        self.octets.append(octets)
        if fault is MailFault.TAKEN_BUT_CUT:
            raise Unavailable("mail server: SMTPServerDisconnected")

    @property
    def delivered(self) -> tuple[Message, ...]:
        """The messages, each Message-ID once, in the order in which they came."""
        return tuple({id_: message for message, id_ in self.sent}.values())

    def to(self, email: str) -> tuple[Message, ...]:
        """What this address has got."""
        return tuple(m for m in self.delivered if m.to.email == email)


class MemoryMailIn:
    """`MailIn` over mails that a test drops into the mailbox."""

    def __init__(self, *, authserv_id: str = "") -> None:
        self.is_down = False
        self._authserv_id = authserv_id
        self._mails: dict[str, Reply | Note | Bounce | Ignored] = {}
        self._done: set[str] = set()

    def receive(self, octets: bytes, at: datetime) -> str:
        """Drop a mail into the mailbox, read as a real one is; its name."""
        read = read_answer(octets, received=at, authserv_id=self._authserv_id)
        return self.put(read)

    def put(self, read: Reply | Note | Bounce | Ignored) -> str:
        """Drop what a mail would be read as; its name."""
        name = f"1.{len(self._mails) + 1}"
        self._mails[name] = read
        return name

    async def unseen(self) -> AsyncIterator[Incoming]:
        """Mails not yet done, oldest first."""
        self._check()
        for name, read in list(self._mails.items()):
            if name not in self._done:
                yield Incoming(name, read)

    async def done(self, mail: str) -> None:
        """Mark it."""
        self._check()
        self._done.add(mail)

    def forget(self) -> None:
        """Mark every mail as not done, as a mailbox that is restored from a backup."""
        self._done.clear()

    def _check(self) -> None:
        if self.is_down:
            raise Unavailable("mailbox: down")
