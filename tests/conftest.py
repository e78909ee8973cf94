"""Fixtures of all tests of the service: a database of its own for each, a clock that the test moves, the service live.

Imports of the service stand inside the fixtures, so that this file also loads in Rasa's room (Python 3.10).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
START = datetime(2027, 1, 4, 2, 0, tzinfo=timezone.utc)


class MovedClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> datetime:
        """Move by so many seconds, minutes, days; return the new time."""
        self._now += timedelta(**by)
        return self._now


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_urls(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """URLs of two empty stores, the main database and the keys; empty on SQLite, which means files in the data folder."""
    if request.param == "sqlite":
        yield "", ""
        return
    with _postgres_database() as urls:
        yield urls


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared_live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One service for all tests of a file that leave no trace but a conversation of their own; with its fake bot in ``bot``."""
    from tests.fake_bot import FakeBot
    from tests.live import Live

    bot = FakeBot()
    with nullcontext(("", "")) if request.param == "sqlite" else _postgres_database() as (main, keys):
        with Live(_settings(tmp_path_factory.mktemp("shared"), main, keys, bot_url=bot.url)) as live:
            live.bot = bot
            yield live
    bot.stop()


sqlite_only = pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)


def postgres_server() -> str:
    """Return the server's address; without a server skip, or fail under CI, saying what was not tested."""
    import psycopg

    address = os.environ.get("NACHTLICHT_TEST_POSTGRES", POSTGRES)
    try:
        psycopg.connect(address, connect_timeout=3).close()
    except psycopg.OperationalError:
        where = urlsplit(address)
        words = f"no PostgreSQL server at {where.hostname}:{where.port}: this behaviour was not tested on PostgreSQL"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return address


@contextmanager
def _postgres_database() -> Iterator[tuple[str, str]]:
    """Make a database, with the key store in a schema of its own, and drop it at the end."""
    import psycopg

    server = postgres_server()
    name = f"nachtlicht_test_{os.getpid()}_{secrets.token_hex(4)}"
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA keys")
    yield url, f"{url}?options=-csearch_path%3Dkeys"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def settings(tmp_path: Path, database_urls: tuple[str, str]) -> Any:
    """Settings of a service of its own; nothing listens where the bot should be."""
    return _settings(tmp_path / "data", *database_urls, bot_url="http://127.0.0.1:9")


def _settings(folder: Path, main: str, keys: str, *, bot_url: str) -> Any:
    from handoff.settings import Settings

    return Settings(data_dir=folder, database_url=main, keys_url=keys, bot_url=bot_url, bot_wake_seconds=0.0, bot_timeout=2.0)


@pytest.fixture(scope="session")
def triage() -> Any:
    from handoff.triage.triage import load_triage

    return load_triage()


@pytest.fixture(scope="session")
def directory() -> Any:
    from handoff.referrals import load_directory

    return load_directory()


@pytest.fixture(scope="session")
def texts(directory: Any) -> Any:
    from handoff.texts import load_texts

    return load_texts(directory)


@pytest.fixture(scope="session")
def languages() -> Any:
    from handoff.languages import LanguageReader

    return LanguageReader()


@pytest.fixture
def empty_database(settings: Any) -> Iterator[Any]:
    """A database without tables."""
    from handoff.db import Database

    database = Database(settings.database())
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Any) -> Any:
    """A database with the present schema."""
    from handoff.migrate import migrate

    migrate(empty_database)
    return empty_database


@pytest.fixture
def resources(settings: Any, clock: MovedClock, triage: Any, directory: Any, texts: Any, languages: Any) -> Iterator[Any]:
    """What commands need, with the clock that the test moves."""
    from handoff.db import Database
    from handoff.keys import KeyRing, load_master_key
    from handoff.resources import Resources
    from handoff.summary import load_quotable
    from handoff.visitor_profile import load_profile_reader

    store = Database(settings.key_store())
    keys = KeyRing(load_master_key(settings.data_dir)[0], store)
    keys.prepare()
    yield Resources(settings, clock, keys, texts, directory, triage, load_profile_reader(), load_quotable(), languages)  # type: ignore[arg-type]
    store.close()


@pytest.fixture
def line(database: Any, resources: Any) -> Any:
    """A line without sockets: the commands as the service calls them, one after the other."""
    from tests.handoff.line import Line

    return Line(database, resources)


@pytest.fixture
def bot() -> Iterator[Any]:
    """The fake bot, listening and ready."""
    from tests.fake_bot import FakeBot

    bot = FakeBot()
    yield bot
    bot.stop()


@pytest.fixture
def start(settings: Any, bot: Any) -> Iterator[Callable[..., Any]]:
    """Start the service with the fake bot; settings as keywords, ``clock`` to give it one. All end with the test."""
    from tests.live import Live

    running = []

    def begin(*, clock: MovedClock | None = None, **changes: Any) -> Any:
        live = Live(settings.model_copy(update={"bot_url": bot.url, **changes}), clock)
        running.append(live)
        return live.start()

    yield begin
    bot.release()
    for live in running:
        live.stop()


@pytest.fixture
def live(start: Callable[..., Any]) -> Any:
    """The service with the fake bot and the real time."""
    return start()
