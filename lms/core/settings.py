"""Typed settings from `instance/config.toml` and `LMS_…`; the environment wins.

Unknown keys are refused; outside demonstration mode a missing, short or default secret is refused too.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lms.core.egress import networks_of

MINIMUM_SECRET_LENGTH = 32
WEAK_SECRETS = ("changeme", "secret", "password", "default", "example")
# Read by run.py, the tests and the benchmarks, not by the application.
FOREIGN_KEYS = frozenset({"LMS_REQUIRE", "LMS_CHROMIUM", "LMS_TEST_POSTGRES_URL", "LMS_INSTANCE"})


class SettingsError(Exception):
    """The configuration cannot be used; the text says which key, why, and what to do."""


class Settings(BaseModel):
    """What an operator decides. Times are in `timezone`; `language` is for readers who chose none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instance: Path
    database_url: str = ""
    secret_key: str = ""
    base_url: str = "http://127.0.0.1:8000"
    timezone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    firm_name_zh: str = Field(default="持正示例公司", max_length=80)
    firm_name_en: str = Field(default="Chizheng Example Firm", max_length=120)
    smtp_url: str = ""
    mail_from: str = "chizheng@localhost.localdomain"
    digest_hour: int = Field(default=8, ge=0, le=23)
    redis_url: str = ""
    audit_key: str = ""
    egress_private: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    threads: int = Field(default=8, ge=1, le=64)
    worker: Literal["auto", "embedded", "apart"] = "auto"
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not a time zone; write one like Asia/Shanghai") from error
        return value

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("egress_private")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            networks_of(value)
        except ValueError as error:
            raise ValueError(f"{error}; write networks parted by commas, like 10.20.0.0/16") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The firm's zone, in which civil days are counted."""
        return ZoneInfo(self.timezone)

    @property
    def url(self) -> str:
        """The database's address: as set, or SQLite in the instance folder."""
        return self.database_url or f"sqlite:///{(self.instance / 'lms.sqlite3').resolve()}"

    @property
    def is_default_sqlite(self) -> bool:
        """Whether this is the database a demonstration firm may live in."""
        return not self.database_url

    @property
    def secure(self) -> bool:
        """Whether pages are served over TLS, so that cookies must say so."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises SettingsError naming the file or variable, the key and the mend.
    """
    environ = os.environ if environ is None else environ
    instance = Path(environ.get("LMS_INSTANCE", "instance"))
    values = _from_file(instance / "config.toml")
    for name, value in environ.items():
        if name.startswith("LMS_") and name not in FOREIGN_KEYS:
            values[name.removeprefix("LMS_").lower()] = value
    try:
        return Settings(**{**values, "instance": instance})  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_in_words(error, instance)) from error


def check_secret(settings: Settings) -> None:
    """Refuse a secret that would let others forge sessions.

    Raises SettingsError.
    """
    secret = settings.secret_key
    make = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
    if len(secret) < MINIMUM_SECRET_LENGTH:
        raise SettingsError(
            f"LMS_SECRET_KEY is missing or shorter than {MINIMUM_SECRET_LENGTH} characters. {make}"
        )
    if any(word in secret.lower() for word in WEAK_SECRETS) or len(set(secret)) < 10:
        raise SettingsError(f"LMS_SECRET_KEY can be guessed. {make}")


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}") from error


def _in_words(error: ValidationError, instance: Path) -> str:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        what = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
        lines.append(f"{key}: {what} ({instance / 'config.toml'} or LMS_{key.upper()})")
    return "The settings cannot be used:\n  " + "\n  ".join(lines)
