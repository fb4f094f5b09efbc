"""Whoever opens the bare address is asked where to send their link."""

from tests.web.world import World


async def test_the_bare_address_leads_to_the_form(world: World) -> None:
    answer = await world.client.get("/")
    assert answer.status_code == 303 and answer.headers["location"] == "/link"
