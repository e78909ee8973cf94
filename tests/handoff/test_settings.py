"""Every setting is described where people look for it, and read from its own environment variable."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from handoff.clock import Clock
from handoff.settings import Settings

PAGE = Path("docs/settings.md")
ROW = re.compile(r"^\| `NACHTLICHT_([A-Z_]+)` \| (.*?) \| (.*?) \|$", re.M)


def shown(field: FieldInfo) -> str:
    """Return a default as the page writes it."""
    if field.default is None or field.default == "":
        return "empty"
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    whole = isinstance(field.default, float) and field.default.is_integer()
    return f"`{int(field.default) if whole else field.default}`"


def test_page_lists_every_setting_with_its_default_and_meaning() -> None:
    listed = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert listed == [(name.upper(), shown(field), field.description) for name, field in Settings.model_fields.items()]


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "DATA_DIR": str(tmp_path),
        "PORT": "9",
        "AT": "2027-01-04T02:00:00+01:00",
        "SECURE_COOKIES": "1",
        "UNKNOWN": "x",
    }.items():
        monkeypatch.setenv(f"NACHTLICHT_{name}", value)
    settings = Settings()
    assert (settings.data_dir, settings.port, settings.secure_cookies) == (tmp_path, 9, True)
    assert settings.database() == f"sqlite:///{tmp_path}/nachtlicht.db"
    assert settings.key_store() == f"sqlite:///{tmp_path}/keys.db"
    assert settings.at is not None
    assert settings.at.astimezone(UTC) == datetime(2027, 1, 4, 1, 0, tzinfo=UTC)


def test_urls_of_other_databases_are_taken_as_they_are() -> None:
    settings = Settings(database_url="postgresql://x/a", keys_url="postgresql://x/b")
    assert (settings.database(), settings.key_store()) == ("postgresql://x/a", "postgresql://x/b")


def test_clock_starts_at_the_chosen_moment_and_runs_on() -> None:
    start = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)
    clock = Clock(start)
    first, second = clock.now(), clock.now()
    assert start <= first <= second
    assert (second - start).total_seconds() < 5
    assert abs((Clock().now() - datetime.now(UTC)).total_seconds()) < 5
