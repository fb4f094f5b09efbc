"""What load balancers ask."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether this process is alive."""
    return {"status": "ok"}
