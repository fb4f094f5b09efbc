"""Nothing but the egress door opens connections to addresses that users give (S13)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("scheduler", "integrations", "workers", "config", "web", "cli")
NETWORK = {"aiohttp", "socket", "ssl", "requests", "httpx", "urllib.request"}
#: The door, what calls the sites that its operator set, and their own mail server.
ALLOWED = ("integrations/egress.py", "integrations/sites.py", "integrations/mail/")
#: These only listen on this machine: nothing here calls anybody.
LISTENING = {
    "cli/serve.py": {"socket"},
    "config/sample.py": {"socket"},
    "integrations/google/fake/server.py": {"aiohttp"},
}
CALLS = ("ClientSession", "create_connection", ".connect(", ".connect_ex(", ".sendto(")
SOURCES = [
    str(path.relative_to(ROOT))
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
]


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def network(source: str) -> set[str]:
    names = {name for name in imported(source) if name in NETWORK}
    return names | {n.partition(".")[0] for n in imported(source)} & NETWORK


@pytest.mark.parametrize("path", [p for p in SOURCES if not p.startswith(ALLOWED)])
def test_no_module_but_the_door_knows_the_network(path: str) -> None:
    source = (ROOT / path).read_text()
    if path in LISTENING:
        assert network(source) == LISTENING[path]
        assert not [call for call in CALLS if call in source]
    else:
        assert network(source) == set()


def test_the_check_sees_what_it_looks_for() -> None:
    for wrong in ("import aiohttp", "from urllib.request import urlopen"):
        assert network(wrong)
    assert network("from urllib import request")
    assert not network("from urllib.parse import urljoin")
