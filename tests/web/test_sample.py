"""The sample's pages: only in the sample, and nothing of a letter runs in them."""

import pytest

from tests.web.world import IDA, PAIR, World
from web.pages.sample import linked


@pytest.mark.parametrize(
    "path", [f"as/{PAIR.id}/{IDA.id}", "coordinator", f"accept/{PAIR.id}"]
)
async def test_elsewhere_nobody_may_be_anybody(world: World, path: str) -> None:
    assert (await world.client.get("/sample")).status_code == 404
    assert (await world.client.get("/sample/mail")).status_code == 404
    answer = await world.client.post(f"/sample/{path}")
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>&", "&lt;b&gt;&amp;"),
        ("see http://a.test/p?x=1&y=2.", "see {http://a.test/p?x=1&amp;y=2}."),
        ("(http://a.test/)", "({http://a.test/})"),
        ('http://a.test/"onclick="x', "{http://a.test/}&#34;onclick=&#34;x"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", ""),
    ],
)
def test_addresses_in_letters_are_links(text: str, shown: str) -> None:
    before, brace, rest = shown.partition("{")
    address, _, after = rest.partition("}")
    link = f'<a href="{address}">{address}</a>' if brace else ""
    assert str(linked(text)) == before + link + after
