"""Every setting of the service, one class, prefix ``NACHTLICHT_``. Listed in ``docs/settings.md`` (a test compares)."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once in ``create_app`` or a command's entry, then passed down."""

    model_config = SettingsConfigDict(env_prefix="NACHTLICHT_", extra="ignore")

    data_dir: Path = Field(default=Path(".nachtlicht/data"), description="Folder of the databases and the master key.")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: a SQLite file in the data folder.")
    keys_url: str = Field(default="", description="URL of the key store; empty: a SQLite file of its own in the data folder.")
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8080, description="Port the service listens on.")
    public_origin: str = Field(
        default="", description="Origin that browsers see, such as https://chat.example.nl; empty: the request's own."
    )
    bot_url: str = Field(default="http://127.0.0.1:5005", description="Address of the Rasa server; loopback only.")
    bot_token: str = Field(default="", description="Shared secret between the service and Rasa's channel.")
    bot_timeout: float = Field(default=5.0, description="Seconds until a turn of the bot counts as failed.")
    bot_wake_seconds: float = Field(default=240.0, description="Seconds after the start in which a silent bot counts as waking up.")
    at: datetime | None = Field(default=None, description="Moment at which the clock starts; empty: the real time.")
    line_name: str = Field(default="Nachtlicht", description="Name of the line that visitors read.")
    lease_seconds: float = Field(default=45.0, description="Seconds without a sign of presence after which an owner loses a conversation.")
    promise_seconds: float = Field(
        default=180.0, description="Seconds within which an owner has to write after a claim or a visitor's message."
    )
    idle_minutes: float = Field(default=45.0, description="Minutes of silence after which an ordinary conversation with the bot is closed.")
    oncall: str = Field(
        default="",
        description="On-call channels: name=address pairs, addresses as apprise writes them; empty: nobody is rung.",
    )
    backup_dir: Path | None = Field(default=None, description="Folder of backups, whose newest file the page of the night looks at.")
    retention_days: float = Field(default=30.0, description="Days after closing until a conversation's key is destroyed.")
    repeat_policy: Literal["off", "kind", "strict"] = Field(
        default="kind",
        description="What a remembered visitor who asks the same again meets: `off`, `kind` or `strict`.",
    )
    repeat_days: float = Field(default=30.0, description="Days in which a talk about the same theme counts as a repeat question.")
    session_hours: float = Field(default=12.0, description="Hours after which a counsellor logs in again.")
    burst_messages: int = Field(default=12, description="Messages a visitor may send at once.")
    messages_per_second: float = Field(default=1.5, description="Messages a visitor may send per second after that.")
    secure_cookies: bool = Field(default=False, description="Mark the session cookie Secure; on wherever the service stands behind HTTPS.")

    def database(self) -> str:
        """Return the SQLAlchemy URL of the main database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'nachtlicht.db'}"

    def oncall_channels(self) -> dict[str, list[str]]:
        """Return the addresses of each on-call channel by its name; the same name may stand several times. Raises ValueError."""
        channels: dict[str, list[str]] = {}
        for pair in self.oncall.split():
            name, equals, address = pair.partition("=")
            if not equals or "://" not in address:
                raise ValueError("NACHTLICHT_ONCALL must hold pairs like dienst=ntfys://host/topic")  # without the pair: it is a secret
            channels.setdefault(name, []).append(address)
        return channels

    def key_store(self) -> str:
        """Return the SQLAlchemy URL of the key store."""
        return self.keys_url or f"sqlite:///{self.data_dir / 'keys.db'}"
