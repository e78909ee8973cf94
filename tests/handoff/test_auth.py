"""Accounts and sessions: one answer to every wrong login, guessing is slowed and recovers, a session ends when it should."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from handoff import auth
from handoff.errors import LoginThrottled, NotLoggedIn
from handoff.models import Audit, Login, LoginAttempt, User
from tests.conftest import MovedClock
from tests.handoff.line import Line

PASSWORD = "lang genoeg wachtwoord"


def add(line: Line, **fields: Any) -> User:
    whole = {"login": "anna", "first_name": "Anna", "role": "counsellor", "password": PASSWORD, "now": line.resources.clock.now()}
    return line.write(lambda s: auth.add_user(s, **{**whole, **fields}))


def fails(line: Line, login: str = "anna") -> None:
    line.write(lambda s: auth.note_failure(s, line.resources, login))


def may_try(line: Line, login: str = "anna") -> bool:
    try:
        line.read(lambda s: auth.may_try(s, line.resources, login))
    except LoginThrottled:
        return False
    return True


def start(line: Line, user: User) -> str:
    return line.write(lambda s: auth.start_session(s, line.resources, user, user.login))


def user_of(line: Line, token: str | None) -> User:
    return line.read(lambda s: auth.user_of(s, line.resources, token))


@pytest.mark.parametrize(
    "fields",
    [
        {"login": ""},
        {"login": "   "},
        {"login": "a" * 61},
        {"role": "boss"},
        {"role": ""},
        {"password": "elf tekens."},
        {"first_name": " "},
        {"first_name": "a" * 41},
        {"login": "ANNA "},
    ],
)
def test_account_that_cannot_be_is_refused(line: Line, fields: dict[str, str]) -> None:
    add(line)
    with pytest.raises(auth.AccountRefused):
        add(line, **{"login": "bram", **fields})
    assert line.count(User) == 1


def test_account_is_made_with_a_hash_and_an_audit_line(line: Line) -> None:
    user = add(line, login=" Anna.B ", first_name=" Anna ")
    assert (user.login, user.first_name, user.active) == ("anna.b", "Anna", True)
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash
    assert [(row.actor_id, row.action, row.subject) for row in line.rows(Audit)] == [(None, "user added", str(user.id))]


@pytest.mark.parametrize(
    ("login", "password", "fits"),
    [
        ("anna", PASSWORD, True),
        (" ANNA ", PASSWORD, True),
        ("anna", PASSWORD + " ", False),
        ("anna", "", False),
        ("nobody", PASSWORD, False),
        ("", "", False),
        ("off", PASSWORD, False),
    ],
)
def test_password_fits_only_its_own_active_account(line: Line, login: str, password: str, fits: bool) -> None:
    add(line)
    off = add(line, login="off")
    line.write(lambda s: setattr(s.get_one(User, off.id), "active", False))
    assert (line.read(lambda s: auth.password_fits(s, login, password)) is not None) is fits


def test_guessing_is_slowed_doubling_from_the_fifth_failure_and_recovers(line: Line, clock: MovedClock) -> None:
    waits = []
    for failure in range(1, 18):
        assert may_try(line), failure
        fails(line)
        waited = 0
        while not may_try(line):
            clock.move(seconds=1)
            waited += 1
        waits.append(waited)
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]


def test_other_names_are_not_slowed(line: Line) -> None:
    for _ in range(9):
        fails(line, " Anna")
    assert (may_try(line, "ANNA "), may_try(line, "bram")) == (False, True)


def test_login_that_succeeds_forgets_the_failures(line: Line, clock: MovedClock) -> None:
    user = add(line)
    for _ in range(6):
        fails(line)
    clock.move(seconds=10)
    start(line, user)
    for _ in range(4):
        fails(line)
    assert may_try(line)


@pytest.mark.parametrize("failures", [60, 1_000, 1_000_000])
def test_any_number_of_failures_is_only_a_wait(line: Line, clock: MovedClock, failures: int) -> None:
    fails(line)
    line.write(lambda s: setattr(s.query(LoginAttempt).one(), "failures", failures))
    assert may_try(line) is False
    clock.move(minutes=15)
    assert may_try(line) is True


def test_failures_at_the_same_moment_are_all_counted(line: Line) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: fails(line), range(16)))
    assert [row.failures for row in line.rows(LoginAttempt)] == [16]


def test_name_of_an_attempt_is_not_kept(line: Line) -> None:
    fails(line, "iemand-die-zijn-wachtwoord-als-naam-typt")
    (row,) = line.rows(LoginAttempt)
    assert (len(row.name_hash), b"wachtwoord" in row.name_hash) == (32, False)


def test_session_belongs_to_its_token_which_is_not_kept(line: Line) -> None:
    user = add(line)
    token = start(line, user)
    assert user_of(line, token).id == user.id
    assert [row.token_hash == token.encode() for row in line.rows(Login)] == [False]
    for wrong in (None, "", token[:-1], token + "A", "x" * 43):
        with pytest.raises(NotLoggedIn):
            user_of(line, wrong)


def test_session_ends_at_its_hour(line: Line, clock: MovedClock) -> None:
    token = start(line, add(line))
    clock.move(hours=11, minutes=59, seconds=59)
    user_of(line, token)
    clock.move(seconds=1)
    with pytest.raises(NotLoggedIn):
        user_of(line, token)
    clock.move(seconds=1)
    start(line, line.rows(User)[0])
    assert [row.expires_at for row in line.rows(Login)] == [clock.now() + timedelta(hours=12)]  # the old one is cleared away


def test_session_ends_at_the_logout_and_when_the_account_goes_off(line: Line) -> None:
    user = add(line)
    first, second = start(line, user), start(line, user)
    line.write(lambda s: auth.end_session(s, line.resources, first))
    with pytest.raises(NotLoggedIn):
        user_of(line, first)
    assert user_of(line, second).id == user.id
    line.write(lambda s: setattr(s.get_one(User, user.id), "active", False))
    with pytest.raises(NotLoggedIn):
        user_of(line, second)
