"""Names and sockets as a test says: who is asked for, and who is called."""

import socket


class Sockets:
    """Makes sockets for one test, and knows whom they were made for."""

    def __init__(self, *, real: bool = True) -> None:
        self.real = real
        self.asked: list[tuple[str, int]] = []

    def __call__(self, info) -> socket.socket:
        family, kind, proto, _, sockaddr = info
        self.asked.append(sockaddr[:2])
        if not self.real:
            raise OSError("nothing is called in this test")
        return socket.socket(family, kind, proto)


class Names:
    """Resolves names to what a test says, a later answer for each later question."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.answers.get(host.partition(".")[0])
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]
