"""How errors are told: JSON to programs, a page to people, never a stack trace."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from scheduler.errors import NotFound, Refused, Taken, Unavailable
from web.sheets import sheet

log = logging.getLogger(__name__)

_BY_CODE = {
    "E_FORM_EXPIRED": HTTPStatus.FORBIDDEN,
    "E_SIGN_IN": HTTPStatus.UNAUTHORIZED,
    "E_LINK": HTTPStatus.GONE,
    "E_TOO_MANY": HTTPStatus.TOO_MANY_REQUESTS,
    "E_AGENDA_TOO_BIG": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "E_TOO_LARGE": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


def status_of(error: Refused) -> HTTPStatus:
    """The HTTP status for an error of this kind."""
    if isinstance(error, NotFound):
        return HTTPStatus.NOT_FOUND
    if isinstance(error, Taken):
        return HTTPStatus.CONFLICT
    return _BY_CODE.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def tell(request: Request, error: Refused) -> Response:
    """One error as the caller can read it: code, sentence, field."""
    status = status_of(error)
    if request.url.path.startswith("/api/"):
        body = {"code": error.code, "message": error.message, "field": error.field}
        return JSONResponse(body, status)
    name = "link.html" if error.code in {"E_LINK", "E_SIGN_IN"} else "refused.html"
    return sheet(request, name, status=status, error=error)


def add_handlers(app: FastAPI) -> None:
    """Register the translations of every error that may come out of a route."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return tell(request, error)

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, error: Unavailable) -> Response:
        log.warning("unavailable: %s", type(error).__name__)
        words = "Something we need does not answer just now; please try again."
        answer = tell(request, Refused("E_UNAVAILABLE", words))
        answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or None
        words = f"{field or 'The request'}: {first['msg']}."
        return tell(request, Refused("E_FIELD", words, field=field))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return tell(request, NotFound("page"))
        answer = tell(request, Refused("E_HTTP", str(error.detail)))
        answer.status_code = error.status_code
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        log.error("bug: %s at %s", type(error).__name__, request.scope.get("route"))
        words = "Something went wrong on our side; nothing of yours is lost."
        answer = tell(request, Refused("E_BUG", words))
        answer.status_code = HTTPStatus.INTERNAL_SERVER_ERROR
        return answer
