"""Every setting, from the environment (prefix `QA_`) or a `.env` file; the README documents each one."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import QAError


class SecretKeyMissing(QAError):
    """Outside the demo a secret key must be given: it signs what browsers hold."""

    says = "QA_SECRET_KEY is not set, and this is not the demo."
    remedy = "Set QA_SECRET_KEY to at least 32 random characters and start again."


class Settings(BaseSettings):
    """Frozen once read. Each field's docstring is what the README says of it."""

    model_config = SettingsConfigDict(env_prefix="QA_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    """Folder for the embedded database, recordings and models."""

    database_url: str = ""
    """SQLAlchemy address of the database; empty means SQLite in the data folder. PostgreSQL: `postgresql+psycopg://…`."""

    whisper_model: str = "small"
    """Whisper model: a name (fetched on first use where there is a network) or a local folder."""

    whisper_device: str = "auto"
    """Where Whisper runs: `auto`, `cpu` or `cuda`."""

    whisper_compute_type: str = "default"
    """Numbers Whisper computes with: `default`, `int8`, `float16`, …"""

    whisper_language: str = ""
    """Language of every call: es, en, pt, …; empty: as its file tells, else found out once for each channel."""

    whisper_beam: int = Field(default=1, ge=1, le=10)
    """How many wordings Whisper weighs at once: more is slower and sometimes better."""

    whisper_batch: int = Field(default=0, ge=0, le=64)
    """Utterances Whisper hears at once; 0: 8 on a processor, 16 on a GPU."""

    playable_mb: int = Field(default=2048, ge=0)
    """Room for copies of recordings that browsers can play, in MiB; the longest unheard go first."""

    originals_key: SecretStr = SecretStr("")
    """Seals the originals that a portfolio keeps; several, separated by commas: the first seals, all open. Empty: the
    secret key."""

    secret_key: SecretStr = SecretStr("")
    """At least 32 random characters; required outside the demo."""

    language: str = "es"
    """Language of screens and commands until a person chooses: `es` or `en`."""

    default_country: str = "MX"
    """ISO country assumed where nothing tells it."""

    time_zone: str = "America/Mexico_City"
    """Time zone of clocks that name none."""

    silence_seconds: float = 5.0
    """A silence counts from this length on."""

    slow_reply_seconds: float = 600.0
    """A chat reply by the agent counts as slow from this wait on."""

    opinion_model: str = ""
    """A classification model (folder with `model.onnx`, or hub name) that is weighed as a further opinion."""

    max_upload_mb: int = 1024
    """Largest file that is taken in, in MiB."""

    workers: int = 1
    """Interactions that one process works on at the same time."""

    demo: bool = False
    """Set by `make demo`: a throw-away portfolio with printed sign-ins."""

    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

    insecure_cookies: bool = False
    """Allow the session cookie over plain HTTP on hosts other than this one (never in production)."""

    webhooks_private: bool = False
    """Send events to private addresses and over plain HTTP too: only where the receiver is in your own network."""

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in ("es", "en"):
            raise ValueError("QA_LANGUAGE is es or en")
        return value

    @property
    def database(self) -> str:
        """The database address, the embedded one where none is set."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'qa.db'}"

    @property
    def jobs_database(self) -> str:
        """Where the job engine keeps its own tables: beside the data, never among them."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'jobs.db'}"

    def signing_key(self) -> str:
        """The key that signs; random for one demo run."""
        key = self.secret_key.get_secret_value()
        if len(key) >= 32:
            return key
        if self.demo:
            return secrets.token_urlsafe(32)
        raise SecretKeyMissing
