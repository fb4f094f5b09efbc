"""Public holidays of a country or region: days outside anybody's hours there.

Which days these are is a table that others keep (the package `holidays`), as the rules
of time zones are; it is loaded at the first question, and each answer is kept.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from types import ModuleType

from scheduler.errors import Refused

#: ISO 3166-1, with a region of ISO 3166-2 where holidays differ: `DE-BY`.
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
NO_DAYS: frozenset[date] = frozenset()


def check_code(code: str, *, field: str) -> None:
    """`Refused` E_COUNTRY when this is neither empty nor shaped like `DE-BY`."""
    if code and not _CODE.fullmatch(code):
        raise Refused(
            "E_COUNTRY",
            f"{field} is a country like DE, or a country and region like DE-BY.",
            field=field,
        )


def known_country(text: str, *, field: str) -> str:
    """The code as it is kept; `Refused` E_COUNTRY with the codes there are.

    Empty means that nothing is known, and no day is off.
    """
    code = text.strip().upper()
    check_code(code, field=field)
    if not code:
        return ""
    country, _, region = code.partition("-")
    countries = _table().list_supported_countries(include_aliases=False)
    if country not in countries:
        raise Refused(
            "E_COUNTRY",
            f"{field}: there are no public holidays known for {country}; "
            "leave it empty, or give a code like DE or US.",
            field=field,
        )
    if region and region not in countries[country]:
        regions = [name for name in countries[country] if _CODE.fullmatch(f"XX-{name}")]
        instead = (
            f"there are {', '.join(regions[:80])}; or write {country} alone"
            if regions
            else f"write {country} alone"
        )
        raise Refused(
            "E_COUNTRY",
            f"{field}: {country} has no region {region}; {instead}.",
            field=field,
        )
    return code


@lru_cache(maxsize=512)
def days_off(code: str, first_year: int, last_year: int) -> frozenset[date]:
    """The public holidays there, by local date, both years included.

    None for no code, and for one the table does not know (any more): what is booked
    never fails for that.
    """
    if not _CODE.fullmatch(code):
        return NO_DAYS
    country, _, region = code.partition("-")
    years = range(first_year, last_year + 1)
    try:
        found = _table().country_holidays(country, subdiv=region or None, years=years)
    except NotImplementedError:
        return NO_DAYS
    return frozenset(found)


def _table() -> ModuleType:
    """The package, loaded when somebody first asks: most commands never do."""
    import holidays  # noqa: PLC0415 - see above

    return holidays
