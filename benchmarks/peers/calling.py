"""google-api-python-client, built once and used the way its documentation has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Makes one call and gives its answer.
Calling = Callable[[], Any]


class GoogleClient:
    """One service with one Http, before a site of ours; ask `reading.has` first."""

    def __init__(self, root: str, asked: dict[str, Any]) -> None:
        from google.oauth2.credentials import Credentials
        from google_auth_httplib2 import AuthorizedHttp
        from googleapiclient.discovery import build
        from httplib2 import Http

        self._http = Http(timeout=10)
        self._asked = asked
        self._service: Any = build(
            "calendar",
            "v3",
            http=AuthorizedHttp(Credentials("ya29.canned"), http=self._http),
            client_options={"api_endpoint": f"{root}/calendar/v3/"},
            static_discovery=True,
        )
        self._events = self._service.events()

    def documented(self) -> Any:
        """`service.events().list(…).execute()`, as every page of the manual has it."""
        return self._service.events().list(**self._asked).execute()

    def kept(self) -> Any:
        """The same without making `events()` anew each time."""
        return self._events.list(**self._asked).execute()

    def request(self) -> Any:
        """The request alone, from what is kept; nothing is sent."""
        return self._events.list(**self._asked)

    def close(self) -> None:
        """End its connection."""
        self._http.close()
