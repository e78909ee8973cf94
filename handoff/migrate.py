"""Brings a database to the present schema. Safe to call at every start: it does nothing where nothing is to do."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from handoff.db import MIGRATION_LOCK, Database

FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Run every migration that is missing, in one transaction; a second process that starts at once waits for the first."""
    config = _config()
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def write_revision(database: Database, message: str) -> None:
    """Write a migration from the difference between the models and a database (for developers)."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
