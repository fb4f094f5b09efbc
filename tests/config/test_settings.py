"""A wrong setting is refused by name, with what is expected, and never repeated."""

from pathlib import Path

import pytest

from config.google import installation
from config.settings import Settings, load_settings
from integrations.google.oauth import Endpoints
from scheduler.errors import Refused

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for name in ("DATA_DIR", "LISTEN", "REDIS_URL", "DATABASE_URL"):
        monkeypatch.delenv(f"TROTH_{name}", raising=False)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("POLL_SECONDS", SECRET, "valid integer"),
        ("POLL_SECONDS", "4", "greater than or equal to 5"),
        ("POLL_SECONDS", "901", "less than or equal to 900"),
        ("LISTEN", SECRET, "HOST:PORT"),
        ("LISTEN", f"{SECRET}:http", "HOST:PORT"),
        ("DATABASE_URL", f"mysql://me:{SECRET}@db/x", "postgresql+asyncpg://"),
        ("DATABASE_URL", f"postgresql://me:{SECRET}@db/x", "postgresql+asyncpg://"),
        ("REDIS_URL", f"http://:{SECRET}@x", "embedded or none"),
        ("SMTP_URL", f"mail.example.org:{SECRET}", "smtps://"),
        ("IMAP_URL", f"pop3://me:{SECRET}@x", "imaps://"),
        ("PUBLIC_URL", f"https://x.org/{SECRET}", "without a path"),
        ("MAIL_FROM", SECRET, "Troth <troth@example.org>"),
        ("MAIL_FROM", "Troth <a b@c>", "Troth <troth@example.org>"),
        ("GOOGLE_API_ROOT", f"http://www.googleapis.com/{SECRET}", "https://"),
        ("GOOGLE_TOKEN_URI", f"https://me:{SECRET}@x/token", "https://"),
        ("GOOGLE_AUTH_URI", SECRET, "https://"),
        ("LOG_FORMAT", SECRET, "'text' or 'json'"),
        ("ALLOW_PRIVATE_ADDRESSES", f"10.0.0.0/8,{SECRET}", "network"),
    ],
)
def test_says_which_and_what(monkeypatch, name, value, expected):
    monkeypatch.setenv(f"TROTH_{name}", value)
    with pytest.raises(Refused) as caught:
        load_settings()
    assert caught.value.code == "E_SETTING"
    assert caught.value.message.startswith(f"TROTH_{name}: ")
    assert expected in caught.value.message
    assert SECRET not in str(caught.value)
    assert "mysql" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("TROTH_SMTP_URL_FILE", "/nowhere/secret")
    with pytest.raises(Refused, match="TROTH_SMTP_URL_FILE"):
        load_settings()


def test_the_order_is_command_line_environment_file_dotenv(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("TROTH_POLL_SECONDS=11\n")
    assert load_settings().poll_seconds == 11
    (tmp_path / "poll").write_text("12\n")
    monkeypatch.setenv("TROTH_POLL_SECONDS_FILE", str(tmp_path / "poll"))
    assert load_settings().poll_seconds == 12
    monkeypatch.setenv("TROTH_POLL_SECONDS", "13")
    assert load_settings().poll_seconds == 13
    assert load_settings(poll_seconds=14).poll_seconds == 14


def test_defaults_start_a_whole_service():
    settings = load_settings(data_dir="/somewhere")
    assert settings.site == "http://127.0.0.1:8000"
    assert settings.database == "sqlite+aiosqlite:////somewhere/troth.sqlite3"
    assert settings.sender.email == "troth@localhost.invalid"
    assert settings.keys == ()
    assert load_settings(secret_keys="new, old").keys[0].reveal == "new"


def google(**given: str) -> Settings:
    return load_settings(**{f"google_{name}": text for name, text in given.items()})


def test_google_is_off_until_it_has_a_whole_client():
    assert installation(google()) is None
    with pytest.raises(Refused, match="TROTH_GOOGLE_CLIENT_SECRET") as caught:
        installation(google(client_id="troth"))
    assert caught.value.code == "E_SETTING"
    with pytest.raises(Refused, match="TROTH_GOOGLE_CLIENT_ID") as caught:
        installation(google(client_secret=SECRET))
    assert SECRET not in str(caught.value)


def test_google_is_where_google_says_it_is_unless_a_test_says_otherwise():
    found = installation(google(client_id="troth", client_secret=SECRET))
    assert found is not None
    assert found.client.endpoints == Endpoints()
    assert [site.url for site in found.sites] == [
        "https://www.googleapis.com/",
        "https://docs.googleapis.com/",
        "https://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com/revoke",
    ]
    assert SECRET not in repr(found)
    here = "http://127.0.0.1:4000"
    other = installation(
        google(
            client_id="troth",
            client_secret=SECRET,
            api_root=here,
            token_uri=f"{here}/oauth2/token",
        )
    )
    assert other is not None
    assert other.root.url == f"{here}/"
    assert other.client.endpoints.revoke == f"{here}/oauth2/revoke"
    assert here in other.client.endpoints.issuers
