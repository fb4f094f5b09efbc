"""Who calls the API: a bearer token of one programme or of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from scheduler.access import ApiToken, Scope
from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Pair
from web.guard import Given, digest, limit
from web.limits import Limited


@dataclass(frozen=True, slots=True)
class Caller:
    """A token that is good now."""

    token: ApiToken

    @property
    def programme(self) -> ProgrammeId:
        """The only programme this caller can see anything of."""
        return self.token.programme

    @property
    def person(self) -> PersonId:
        """The person of a token of that scope; the other scope sees no such thing."""
        if self.token.person is None:
            raise NotFound("thing for a token of this scope")
        return self.token.person

    @property
    def is_person(self) -> bool:
        """Whether this token reaches one person's own pairs alone."""
        return self.token.scope is Scope.PERSON


async def caller(request: Request, services: Given) -> Caller:
    """Read `Authorization: Bearer …`; `Refused` E_SIGN_IN when it is not good."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    limit(request, Limited.API, digest(word) if word else "")
    async with services.begin(read_only=True) as uow:
        token = await uow.doors.token(digest(word))
    good = (
        token is not None
        and scheme.lower() == "bearer"
        and services.clock.now() < token.expires_at
    )
    if token is None or not good:
        raise Refused(
            "E_SIGN_IN",
            "Send a token that is not over, as 'Authorization: Bearer TOKEN'.",
            field="Authorization",
        )
    return Caller(token)


Called = Annotated[Caller, Depends(caller)]


async def programme_caller(found: Called) -> Caller:
    """A coordinator's token."""
    if found.is_person:
        raise NotFound("thing for a token of this scope")
    return found


async def person_caller(found: Called) -> Caller:
    """A mentor's or mentee's token."""
    if not found.is_person:
        raise NotFound("thing for a token of this scope")
    return found


ProgrammeCaller = Annotated[Caller, Depends(programme_caller)]
PersonCaller = Annotated[Caller, Depends(person_caller)]


async def reached_pair(found: Called, services: Given, pair: str) -> Pair:
    """A pair this caller may see; `NotFound` for every other."""
    async with services.begin(read_only=True) as uow:
        theirs = await uow.pairs.get(PairId(pair))
    foreign = theirs.programme != found.programme
    if foreign or (found.is_person and found.person not in theirs.both()):
        raise NotFound("pair")
    return theirs


ReachedPair = Annotated[Pair, Depends(reached_pair)]


async def own_pair(_found: PersonCaller, theirs: ReachedPair) -> Pair:
    """The same, for a token of one of the two alone."""
    return theirs


OwnPair = Annotated[Pair, Depends(own_pair)]
