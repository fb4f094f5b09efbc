"""Names of time zones: known, told by the file, or unknown (promises.md F34)."""

from zoneinfo import ZoneInfo

import pytest

from tests.integrations.ics.test_zones import BUSY_IN_EVERY_READING, CUSTOM
from tests.integrations.ics.texts import busy, codes, event, read

KNOWN = {
    # Windows, as Outlook and Exchange write them.
    "W. Europe Standard Time": "Europe/Berlin",
    "w. europe standard time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "GMT Standard Time": "Europe/London",
    "Central European Standard Time": "Europe/Warsaw",
    "Central Europe Standard Time": "Europe/Budapest",
    "FLE Standard Time": "Europe/Kyiv",
    "GTB Standard Time": "Europe/Bucharest",
    "Turkey Standard Time": "Europe/Istanbul",
    "Russian Standard Time": "Europe/Moscow",
    "Israel Standard Time": "Asia/Jerusalem",
    "Egypt Standard Time": "Africa/Cairo",
    "South Africa Standard Time": "Africa/Johannesburg",
    "Morocco Standard Time": "Africa/Casablanca",
    "Arabian Standard Time": "Asia/Dubai",
    "Iran Standard Time": "Asia/Tehran",
    "India Standard Time": "Asia/Kolkata",
    "Nepal Standard Time": "Asia/Kathmandu",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "Cen. Australia Standard Time": "Australia/Adelaide",
    "Lord Howe Standard Time": "Australia/Lord_Howe",
    "New Zealand Standard Time": "Pacific/Auckland",
    "Eastern Standard Time": "America/New_York",
    "US Eastern Standard Time": "America/Indiana/Indianapolis",
    "Central Standard Time": "America/Chicago",
    "Central Standard Time (Mexico)": "America/Mexico_City",
    "Mountain Standard Time": "America/Denver",
    "US Mountain Standard Time": "America/Phoenix",
    "Pacific Standard Time": "America/Los_Angeles",
    "E. South America Standard Time": "America/Sao_Paulo",
    "Newfoundland Standard Time": "America/St_Johns",
    # IANA, of today and of old, in whatever letters.
    "Europe/Kyiv": "Europe/Kyiv",
    "Europe/Kiev": "Europe/Kyiv",
    "EUROPE/BERLIN": "Europe/Berlin",
    "europe/dublin": "Europe/Dublin",
    "US/Pacific": "America/Los_Angeles",
    "Asia/Calcutta": "Asia/Kolkata",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "EST5EDT": "America/New_York",
    "CET": "Europe/Berlin",
    "Etc/GMT-3": "Etc/GMT-3",
    "Etc/UTC": "UTC",
    "UTC": "UTC",
    "GMT": "UTC",
    "Z": "UTC",
    # Behind a vendor's path.
    "/Europe/Berlin": "Europe/Berlin",
    "/mozilla.org/20070129_1/Europe/Berlin": "Europe/Berlin",
    "/freeassociation.sourceforge.net/Tzfile/Europe/Paris": "Europe/Paris",
    "/freeassociation.sourceforge.net/America/New_York": "America/New_York",
    "/citadel.org/20210210_1/America/Toronto": "America/Toronto",
    "/softwarestudio.org/Olson_20011030_5/America/Chicago": "America/Chicago",
    "/example.org/America/Argentina/Ushuaia": "America/Argentina/Ushuaia",
}
#: Only the file itself, if anything, says what these mean.
UNKNOWN = (
    "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
    "(GMT-05:00) Eastern Time (US & Canada)",
    "Customized Time Zone",
    "tzone://Microsoft/Custom",
    "UTC+02:00",
    "Berlin",
    "US/Pacific-New",
    "/example.org/Mars/Olympus",
)


def test_there_are_many() -> None:
    assert len(KNOWN) + len(UNKNOWN) >= 60


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_name_means_its_zone_without_a_word(name: str) -> None:
    summer, winter = "20260710T100000", "20261210T100000"
    events = [
        event(f'DTSTART;TZID="{name}":{when}', "DURATION:PT1H", uid=when)
        for when in (summer, winter)
    ]
    zone = ZoneInfo(KNOWN[name])
    plain = [
        event(f"DTSTART:{when}", "DURATION:PT1H", uid=when) for when in (summer, winter)
    ]
    assert busy(*events) == busy(*plain, zone=zone)
    assert codes(read(*events)) == []


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_file_says_of_a_name_counts_where_nobody_knows_it(name: str) -> None:
    lines = f'DTSTART;TZID="{name}":20260710T090000', "DURATION:PT1H"
    assert busy(event(*lines), CUSTOM.format(name)) == ["2026-07-10 06:00/07:00"]


@pytest.mark.parametrize("name", UNKNOWN)
def test_else_it_is_busy_in_every_reading_and_told(name: str) -> None:
    lines = f'DTSTART;TZID="{name}":20260710T100000', "DURATION:PT1H"
    found = read(event(*lines))
    assert codes(found) == ["W_TZ_UNKNOWN"]
    assert busy(event(*lines)) == BUSY_IN_EVERY_READING
