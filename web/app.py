"""The web application: pages, the API, and the questions a load balancer asks."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from config.sample import Sample
from config.services import Services
from web.answers import add_handlers
from web.api.agendas import router as api_agendas
from web.api.audit import router as api_audit
from web.api.desk import router as api_desk
from web.api.meetings import router as api_meetings
from web.api.pairs import router as api_pairs
from web.api.papers import router as api_papers
from web.api.people import router as api_people
from web.api.programme import router as api_programme
from web.api.promises import router as api_promises
from web.api.questions import router as api_questions
from web.api.rest import router as api_rest
from web.api.reviews import router as api_reviews
from web.api.terms import router as api_terms
from web.doors import router as doors
from web.headers import SafeHeaders
from web.health import router as health
from web.limits import Buckets
from web.pages.agenda import router as agenda
from web.pages.agree import router as agree
from web.pages.asked import router as asked
from web.pages.calendar import router as calendar
from web.pages.choose import router as choose
from web.pages.desk import router as desk
from web.pages.desk_rest import router as desk_rest
from web.pages.desk_terms import router as desk_terms
from web.pages.deskpairs import router as desk_pairs
from web.pages.google import router as google
from web.pages.leaving import router as leaving
from web.pages.me import router as me
from web.pages.meetings import router as meetings
from web.pages.met import router as met
from web.pages.pair import router as pair
from web.pages.promises import router as promises
from web.pages.rest import router as rest
from web.pages.review import router as review
from web.pages.sample import router as sample_pages
from web.pages.showing import router as showing
from web.pages.unsubscribe import router as unsubscribe
from web.sheets import HERE
from web.sizes import SmallBodies
from web.webhooks import router as webhooks

ROUTERS = (
    health,
    doors,
    webhooks,
    unsubscribe,
    me,
    leaving,
    pair,
    agree,
    agenda,
    promises,
    meetings,
    google,
    calendar,
    choose,
    met,
    rest,
    review,
    asked,
    showing,
    desk,
    desk_rest,
    desk_terms,
    desk_pairs,
    api_people,
    api_pairs,
    api_meetings,
    api_agendas,
    api_promises,
    api_papers,
    api_programme,
    api_audit,
    api_desk,
    api_questions,
    api_rest,
    api_reviews,
    api_terms,
)


def make_app(services: Services, sample: Sample | None = None) -> FastAPI:
    """Wire the routes; everything they do goes through `services`.

    With `sample` the pages on which everybody may be anybody are there as well.
    """
    app = FastAPI(
        title="Troth", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.services = services
    app.state.buckets = Buckets()
    app.add_middleware(SmallBodies)
    app.add_middleware(SafeHeaders)
    add_handlers(app)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    if sample is not None:  # first: the bare address is the sample's then
        app.state.sample = sample
        app.include_router(sample_pages)
    for router in ROUTERS:
        app.include_router(router)
    return app
