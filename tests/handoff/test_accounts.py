"""Accounts from the command line: what is written reaches the running service at once."""

import argparse
import io
from typing import Any

import pytest
from sqlalchemy import select

from handoff import accounts
from handoff.models import Login, User
from tests.conftest import sqlite_only
from tests.live import PASSWORD, Live, Person

pytestmark = sqlite_only


def command(live: Live, *words: str) -> int:
    parser = argparse.ArgumentParser()
    accounts.add_arguments(parser.add_subparsers(dest="verb"))
    return accounts.run(parser.parse_args(["user", *words]), live.settings)


def test_account_made_while_the_service_runs_can_log_in_at_once(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(live, "add", "Anna", "--name", "Anna", "--generate") == 0
    password = capsys.readouterr().out.strip().rpartition("password: ")[2]
    assert Person(live).log_in("anna", password).status_code == 303
    assert command(live, "list") == 0
    assert capsys.readouterr().out == "anna\tAnna\tcounsellor\tactive\n"


def test_password_is_read_from_standard_input_and_not_printed(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert command(live, "add", "bram", "--name", "Bram", "--role", "supervisor", "--password-stdin") == 0
    assert PASSWORD not in capsys.readouterr().out
    assert Person(live).log_in("bram").status_code == 303


def test_account_that_goes_off_is_out_at_once(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    person = live.person("anna")
    assert command(live, "off", "ANNA") == 0
    assert person.http.get("/api/mine").status_code == 401
    assert Person(live).log_in("anna").status_code == 403
    assert live.database.read_now(lambda s: s.scalars(select(Login)).all()) == []
    command(live, "list")
    assert capsys.readouterr().out.endswith("anna\tAnna\tcounsellor\toff\n")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("off", "niemand"), "no account"),
        (("add", "anna", "--name", "Anna", "--generate"), "taken"),
        (("add", "bram", "--name", " ", "--generate"), "first name"),
        (("add", "bram", "--name", "Bram", "--password-stdin"), "at least 12"),
    ],
)
def test_command_that_cannot_be_says_why_and_fails(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[Any], words: tuple[str, ...], why: str
) -> None:
    live.add_user("anna")
    monkeypatch.setattr("sys.stdin", io.StringIO("kort\n"))
    assert command(live, *words) == 1
    assert why in capsys.readouterr().err
    assert len(live.database.read_now(lambda s: s.scalars(select(User)).all())) == 1
