"""One command, one transaction: all of it or nothing; reads change nothing; the schema is what the models say."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from handoff import db
from handoff.db import Database
from handoff.migrate import migrate
from handoff.models import Base, Outbox, User
from handoff.settings import Settings
from tests.conftest import START, sqlite_only
from tests.handoff.line import Line

ROOT = Path(db.__file__).parents[1]


def user(login: str, at: datetime = START) -> User:
    return User(login=login, first_name="Anna", role="counsellor", password_hash="x", active=True, created_at=at)


def logins(database: Database) -> list[str]:
    return list(database.read_now(lambda s: s.scalars(text("SELECT login FROM users ORDER BY login")).all()))


def test_failing_command_leaves_nothing_behind(database: Database) -> None:
    def command(session: Session) -> None:
        session.add(user("first"))
        session.flush()
        session.add(user("second"))
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write_now(command)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(database.write(command))
    assert logins(database) == []


def test_command_that_breaks_a_constraint_leaves_nothing_behind_and_names_no_value(database: Database) -> None:
    database.write_now(lambda s: s.add(user("taken")))

    def command(session: Session) -> None:
        session.add(user("new"))
        session.flush()
        session.add(user("taken"))

    with pytest.raises(IntegrityError) as caught:
        database.write_now(command)
    assert logins(database) == ["taken"]
    assert "Anna" not in str(caught.value)


def test_read_cannot_write(database: Database) -> None:
    def query(session: Session) -> None:
        session.add(user("sneaked in"))
        session.flush()

    if database.is_sqlite:
        with pytest.raises(OperationalError, match="readonly"):
            database.read_now(query)
    else:
        database.read_now(query)
    assert logins(database) == []


def test_cancelled_caller_does_not_cut_a_command_in_half(database: Database) -> None:
    inside = threading.Event()

    def command(session: Session) -> None:
        session.add(user("first"))
        session.flush()
        inside.set()
        time.sleep(0.2)
        session.add(user("second"))

    async def caller() -> None:
        task = asyncio.create_task(database.write(command))
        await asyncio.to_thread(inside.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(caller())
    database.write_now(lambda _: None)  # comes after it, or waits for it
    end = time.monotonic() + 5
    while logins(database) != ["first", "second"]:
        assert time.monotonic() < end
        time.sleep(0.01)


def _read_then_write(session: Session) -> None:
    count = session.scalar(text("SELECT count(*) FROM users")) or 0
    session.add(user(f"{count:04}"))


def _race(settings: Settings, *, rounds: int) -> list[BaseException]:
    """Let two processes' worth of databases read and then write at once; return what went wrong."""
    databases = [Database(settings.database()) for _ in range(2)]
    errors: list[BaseException] = []

    def work(number: int) -> None:
        for _ in range(rounds):
            try:
                databases[number % 2].write_now(_read_then_write)
            except OperationalError as error:
                errors.append(error)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    for database in databases:
        database.close()
    return errors


@sqlite_only
@pytest.mark.usefixtures("database")
def test_reader_who_then_writes_never_finds_the_database_locked(settings: Settings, empty_database: Database) -> None:
    assert _race(settings, rounds=20) == []
    assert logins(empty_database) == [f"{number:04}" for number in range(160)]


@sqlite_only
@pytest.mark.usefixtures("database")
def test_race_of_readers_who_then_write_fails_without_begin_immediate(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_begin_immediate", db._begin)
    errors = _race(settings, rounds=20)
    assert {"database is locked" in str(error) for error in errors} == {True}


@sqlite_only
def test_sqlite_is_set_to_keep_what_was_acknowledged_and_to_wipe_what_was_erased(database: Database) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    found = database.write_now(lambda s: [s.scalar(text(f"PRAGMA {name}")) for name in names])
    assert found == ["wal", 2, 1, 1]


def test_naive_time_is_refused_and_times_come_back_in_utc(database: Database) -> None:
    with pytest.raises((StatementError, ValueError), match="naive"):
        database.write_now(lambda s: s.add(user("naive", datetime(2027, 1, 4))))  # noqa: DTZ001
    amsterdam = timezone(timedelta(hours=1))
    database.write_now(lambda s: s.add(user("summer", datetime(2027, 1, 4, 3, 0, 0, 123456, tzinfo=amsterdam))))
    row = database.read_now(lambda s: s.scalars(text("SELECT 1")).one() and s.get_one(User, 1))
    assert (row.created_at, row.created_at.utcoffset()) == (START.replace(microsecond=123456), timedelta(0))


def test_migrated_empty_database_is_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        checks = {check["name"] for check in inspect(connection).get_check_constraints("conversations")}
        assert {"urgency_range", "owner_iff_human"} <= checks


def test_comparison_of_schemas_notices_a_missing_column_and_index(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit DROP COLUMN subject"))
        connection.execute(text("DROP INDEX ux_claims_open"))
    with database.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert [difference[0] for difference in found] == ["add_column", "add_index"]


def test_migrating_twice_is_harmless(database: Database) -> None:
    database.write_now(lambda s: s.add(user("kept")))
    migrate(database)
    assert logins(database) == ["kept"]


@pytest.mark.race
def test_two_replicas_may_migrate_at_once(settings: Settings, empty_database: Database) -> None:
    environment = {**os.environ, "NACHTLICHT_DATA_DIR": str(settings.data_dir), "NACHTLICHT_DATABASE_URL": settings.database_url}
    command = [sys.executable, "-m", "handoff", "migrate"]
    with _held_at_the_start(empty_database) as both_are_there:
        both = [subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
        both_are_there()
    assert [(process.communicate()[1], process.returncode) for process in both] == [(b"", 0), (b"", 0)]
    assert logins(empty_database) == []


@contextmanager
def _held_at_the_start(database: Database) -> Iterator[Callable[[], None]]:
    """Lock what every migration reads first; the callable returns when two processes wait for it."""
    if database.is_sqlite:
        yield lambda: time.sleep(0.5)  # a writer is patient for five seconds, and a process takes some to start
        return
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
    with database.engine.begin() as connection:
        connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        waiting = text("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()")

        def both_are_there() -> None:
            end = time.monotonic() + 60
            while connection.scalar(waiting) != 2:
                assert time.monotonic() < end
                connection.execute(text("SELECT pg_stat_clear_snapshot()"))
                time.sleep(0.05)

        yield both_are_there


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE conversations SET urgency = 5",
        "UPDATE conversations SET urgency = -1",
        "UPDATE conversations SET state = 'human'",
        "INSERT INTO deadlines (conversation_id, kind, due_at) SELECT conversation_id, kind, due_at FROM deadlines",
        "UPDATE messages SET seq = 1",
        "UPDATE messages SET client_id = 'same'",
        "UPDATE conversations SET owner_id = 99",
        "DELETE FROM conversations",
    ],
)
def test_database_itself_refuses_what_must_not_be(line: Line, change: str) -> None:
    line.open()
    with pytest.raises(IntegrityError):
        line.write(lambda s: s.execute(text(change)))


def test_outbox_numbers_become_visible_in_the_order_in_which_they_were_given(line: Line) -> None:
    talks = [line.open() for _ in range(4)]
    seen: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.extend(
                line.read(lambda s: list(s.scalars(text(f"SELECT id FROM outbox WHERE id > {seen[-1] if seen else 0} ORDER BY id"))))
            )

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda talk: [line.says(talk, "een bericht") for _ in range(10)], talks))
    stop.set()
    watcher.join()
    watched = [*seen, *(row.id for row in line.rows(Outbox) if row.id > seen[-1])]
    assert watched == [row.id for row in line.rows(Outbox)]
