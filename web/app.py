"""The web application: pages, the API, and the two questions a load balancer asks."""

from fastapi import FastAPI


def make_app() -> FastAPI:
    """Wire the routes."""
    app = FastAPI(title="Troth", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app
