"""All settings: command line, environment, `TROTH_…_FILE`, `.env`, in that order.

Read by `config.bootstrap` and the entry points alone.
"""

import os
import re
from email.utils import parseaddr
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from scheduler.effects import Address
from scheduler.errors import Refused
from scheduler.secret import Secret

PREFIX = "TROTH_"

Network = IPv4Network | IPv6Network
Networks = Annotated[tuple[Network, ...], NoDecode]

#: Tokens go there: in the clear to this machine alone.
_SITE = (
    r"(https://[^/?#@\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[^?#\s]*)?",
    "https://…, or http:// on this machine",
)
#: What a setting that is an address must look like, and how that is said.
_SHAPES = {
    "database_url": (
        r"(sqlite\+aiosqlite:///|postgresql\+asyncpg://).+",
        "sqlite+aiosqlite:///PATH or postgresql+asyncpg://…",
    ),
    "redis_url": (
        r"embedded|none|(rediss?|unix)://.+",
        "redis://…, rediss://…, unix://…, embedded or none",
    ),
    "smtp_url": (r"(smtps?://[^/]|maildir:).+", "smtp://…, smtps://… or maildir:PATH"),
    "imap_url": (r"imaps?://[^/].+", "imap://… or imaps://…"),
    "public_url": (r"https?://[^/?#@\s]+/?", "http(s)://HOST, without a path"),
    "google_api_root": _SITE,
    "google_auth_uri": _SITE,
    "google_token_uri": _SITE,
    "listen": (r"(\[[0-9a-fA-F:]+\]|[^:\s]*):\d{1,5}", "HOST:PORT"),
}


class FromFiles(PydanticBaseSettingsSource):
    """`TROTH_NAME_FILE` names a file with the value, as containers hand secrets."""

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002 - the base class passes it
        field_name: str,
    ) -> tuple[Any, str, bool]:
        """The stripped text of the file, or None where no file is named."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        try:
            value = Path(path).read_text().strip() if path else None
        except (OSError, UnicodeDecodeError):
            name = f"{PREFIX}{field_name.upper()}_FILE"
            raise Refused(
                "E_SETTING", f"{name} names a file that cannot be read.", field=name
            ) from None
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every field that has a file."""
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """What an operator may set; the defaults start a whole service on one machine."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True
    )

    data_dir: Path = Path("~/.local/share/troth")
    #: Empty: SQLite in `data_dir`.
    database_url: SecretStr = SecretStr("")
    #: `redis://…`, `unix://…`, `embedded` (a Valkey of our own) or `none`.
    redis_url: SecretStr = SecretStr("embedded")
    public_url: str = ""
    #: Newest first, separated by commas. Empty: made on first run in `data_dir`.
    secret_keys: SecretStr = SecretStr("")
    mail_from: str = "Troth <troth@localhost.invalid>"
    #: `smtp://`, `smtps://`, or `maildir:PATH`. Empty: a maildir in `data_dir`.
    smtp_url: SecretStr = SecretStr("")
    #: `imap://` or `imaps://`. Empty: no mail is read.
    imap_url: SecretStr = SecretStr("")
    mail_authserv_id: str = ""
    #: Empty: Google is off.
    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_api_root: str = "https://www.googleapis.com/"
    google_auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - no secret
    listen: str = "127.0.0.1:8000"
    poll_seconds: int = Field(default=600, ge=5, le=900)
    sync_horizon_months: int = Field(default=13, ge=1, le=36)
    #: How long it is kept who did what.
    audit_days: int = Field(default=365, ge=30, le=3660)
    allow_private_addresses: Networks = ()
    trusted_proxies: Networks = ()
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order that `docs/operations.md` promises."""
        return init_settings, env_settings, FromFiles(settings_cls), dotenv_settings

    @field_validator("allow_private_addresses", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("data_dir")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator(*_SHAPES)
    @classmethod
    def _shaped(cls, value: SecretStr | str, info: ValidationInfo) -> SecretStr | str:
        given = value.get_secret_value() if isinstance(value, SecretStr) else value
        shape, expected = _SHAPES[str(info.field_name)]
        if given and not re.fullmatch(shape, given):
            raise ValueError(f"expected {expected}")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", parseaddr(value)[1]):
            raise ValueError("expected an address like Troth <troth@example.org>")
        return value

    @cached_property
    def sender(self) -> Address:
        """The one address of the programme: From, Reply-To and ORGANIZER alike."""
        name, email = parseaddr(self.mail_from)
        return Address(email, name)

    @cached_property
    def site(self) -> str:
        """Where people find the pages."""
        host, port = self.address
        return self.public_url.rstrip("/") or f"http://{host or '127.0.0.1'}:{port}"

    @cached_property
    def sample_mark(self) -> Path:
        """A file that only a data folder with invented people has."""
        return self.data_dir / "sample"

    @cached_property
    def keys(self) -> tuple[Secret, ...]:
        """The keys that were given, newest first; none when they are to be made."""
        given = self.secret_keys.get_secret_value().split(",")
        return tuple(Secret(key.strip()) for key in given if key.strip())

    @cached_property
    def database(self) -> str:
        """The database's address, SQLAlchemy's way."""
        given = self.database_url.get_secret_value()
        return given or f"sqlite+aiosqlite:///{self.data_dir / 'troth.sqlite3'}"

    @cached_property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def load_settings(**given: Any) -> Settings:
    """Read all settings; `Refused` E_SETTING names each wrong one and what it expects.

    What was given is never repeated: it may be a secret.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
    named = [(f"{PREFIX}{str(one['loc'][0]).upper()}", one["msg"]) for one in wrong]
    sentences = (f"{name}: {_expected(message)}." for name, message in named)
    raise Refused("E_SETTING", " ".join(dict.fromkeys(sentences)), field=named[0][0])


def _expected(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message.replace("Input should be", "expected", 1).rstrip(".")
