"""The engines, and the only place that commits.

A command is a plain function of a Session: it runs whole inside one transaction on a worker thread, so it cannot wait
for a socket, the bot or a person while it holds the database, and a cancelled caller cannot cut it in half.

SQLite: one writer thread with one connection and BEGIN IMMEDIATE (a deferred transaction that reads and then writes fails
at once with *database is locked*), readers apart. PostgreSQL: a pool, and row locks by conditional updates as on SQLite.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

T = TypeVar("T")

OUTBOX_LOCK = 71_001  # advisory lock: outbox numbers become visible in the order in which they were given
MIGRATION_LOCK = 71_002  # advisory lock: replicas that start at once migrate one after the other


class Database:
    """Runs commands and queries. ``write`` commits or rolls back; ``read`` never changes anything."""

    def __init__(self, url: str) -> None:
        """``url``: SQLAlchemy URL of a SQLite file or a PostgreSQL database."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        writers, readers = (1, 4) if self.is_sqlite else (8, 8)
        self.engine = self._make_engine(pool_size=writers, read_only=False)
        self._read_engine = self._make_engine(pool_size=readers, read_only=True) if self.is_sqlite else self.engine
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="db-write")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="db-read")

    def _make_engine(self, *, pool_size: int, read_only: bool) -> Engine:
        if not self.is_sqlite:
            # a message's words must not reach a log through an error's parameters
            return create_engine(self.url.set(drivername="postgresql+psycopg"), pool_size=16, pool_pre_ping=True, hide_parameters=True)
        if self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            self.url,
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": 5.0, "isolation_level": None},
        )
        event.listen(engine, "connect", _prepare_reader if read_only else _prepare_writer)
        event.listen(engine, "begin", _begin if read_only else _begin_immediate)
        return engine

    async def write(self, command: Callable[[Session], T]) -> T:
        """Run ``command`` in one transaction and commit; an exception rolls everything back and is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, self.write_now, command)

    async def read(self, query: Callable[[Session], T]) -> T:
        """Run ``query`` in a transaction that is rolled back."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, query)

    def write_now(self, command: Callable[[Session], T]) -> T:
        """Like ``write``, for callers without an event loop (command-line verbs)."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            return command(session)

    def read_now(self, query: Callable[[Session], T]) -> T:
        """Like ``read``, for callers without an event loop."""
        with Session(self._read_engine, expire_on_commit=False) as session:
            return query(session)

    def wipe_log(self) -> None:
        """Empty SQLite's write-ahead log, in which overwritten bytes would stand until it happens to be reused."""
        if not self.is_sqlite:
            return
        connection = self.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def close(self) -> None:
        """Wait for running commands and close every connection."""
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.engine.dispose()
        self._read_engine.dispose()


def order_outbox(session: Session) -> None:
    """Make the numbers of the outbox rise in the order of commits, also on PostgreSQL with several writers."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": OUTBOX_LOCK})


def _prepare_writer(connection: Any, _record: object) -> None:
    # FULL: an acknowledged message survives the loss of power; secure_delete: erased rows leave no words behind
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "wal_autocheckpoint=500"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: Any, _record: object) -> None:
    for pragma in ("query_only=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")
