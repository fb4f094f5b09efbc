"""A person's browser: opens links, fills in the forms that it finds on the page."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx2
from fastapi import FastAPI
from lxml import html


class Browser:
    """One for each person: its cookie says who is looking."""

    def __init__(self, app: FastAPI, site: str) -> None:
        transport = httpx2.ASGITransport(app)
        self._client = httpx2.AsyncClient(
            transport=transport, base_url=site, follow_redirects=True
        )
        self.url, self.page = "", ""

    async def open(self, link: str) -> str:
        """Look at an address; gives the page."""
        return self._arrived(await self._client.get(link))

    async def look(self, link: str, headers: dict[str, str] | None = None) -> str:
        """What an address answers, whether it opens or not; this page stays."""
        answer = await self._client.get(link, headers=headers)
        assert answer.status_code < 500, (link, answer.text)
        return answer.text

    async def send(self, ends: str = "", /, **fields: str) -> str:
        """Send the form on this page whose action ends like this, filled in so.

        Without an ending: the form that goes to the page itself.
        """
        form = self._form(ends)
        target = urljoin(self.url, form.action or self.url)
        data = {**dict(form.form_values()), **fields}
        if (form.method or "GET").upper() == "GET":
            return self._arrived(await self._client.get(target, params=data))
        if form.get("enctype") == "multipart/form-data":
            parts = {name: (None, value) for name, value in data.items()}
            return self._arrived(await self._client.post(target, files=parts))
        return self._arrived(await self._client.post(target, data=data))

    async def refused(self, link: str) -> int:
        """The status of an address that does not open."""
        answer = await self._client.get(link)
        assert answer.status_code >= 400, answer.text
        return answer.status_code

    async def close(self) -> None:
        await self._client.aclose()

    def _arrived(self, answer: httpx2.Response) -> str:
        assert answer.status_code < 400, (answer.status_code, answer.text)
        self.url, self.page = str(answer.url), answer.text
        return self.page

    def _form(self, ends: str) -> html.FormElement:
        forms = html.fromstring(self.page).forms
        fitting = [
            f
            for f in forms
            if ((f.action or "").endswith(ends) if ends else not f.action)
        ]
        assert fitting, (ends, [f.action for f in forms])
        form: html.FormElement = fitting[0]
        return form
