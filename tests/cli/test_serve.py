"""The service starts, answers, and stops cleanly on a signal."""

import json
import os
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.servers.ports import Ports
from tests.servers.process import Server, answers


@pytest.mark.servers
def test_starts_and_stops(ports: Ports, tmp_path: Path) -> None:
    port = ports.take()
    env = os.environ | {
        "TROTH_LISTEN": f"127.0.0.1:{port}",
        "TROTH_DATA_DIR": str(tmp_path / "data"),
    }
    words = [sys.executable, "-m", "cli", "run"]
    server = Server(words, lambda: answers(port), tmp_path / "log", env=env)
    server.start()
    process = server.process
    assert process
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert json.load(answer) == {"status": "ok"}
    server.stop()
    assert process.returncode == 0, (tmp_path / "log").read_text()
