"""``user add``, ``user list``, ``user off``: accounts from the command line. What it writes reaches the running service at once."""

import argparse
import getpass
import secrets
import sys
from typing import Any

from sqlalchemy import delete, select

from handoff import audit, auth, migrate
from handoff.clock import Clock
from handoff.db import Database
from handoff.models import Login, User
from handoff.settings import Settings


def add_arguments(verbs: Any) -> None:
    """Add the verb ``user`` to a command line."""
    user = verbs.add_parser("user", help="accounts of the line's people").add_subparsers(dest="what", required=True)
    add = user.add_parser("add", help="make an account")
    add.add_argument("login", help="name to log in with")
    add.add_argument("--name", required=True, help="first name, shown to visitors")
    add.add_argument("--role", default="counsellor", choices=auth.ROLES)
    how = add.add_mutually_exclusive_group()
    how.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    how.add_argument("--generate", action="store_true", help="make a password and print it once")
    user.add_parser("list", help="list accounts")
    off = user.add_parser("off", help="switch an account off; its history stays")
    off.add_argument("login")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Carry out one ``user`` verb; return its exit code."""
    database = Database(settings.database())
    migrate.migrate(database)
    if arguments.what == "add":
        return _add(arguments, settings, database)
    if arguments.what == "off":
        return _off(arguments.login, settings, database)
    for user in database.read_now(lambda s: s.scalars(select(User).order_by(User.login)).all()):
        print(f"{user.login}\t{user.first_name}\t{user.role}\t{'active' if user.active else 'off'}")
    return 0


def _add(arguments: argparse.Namespace, settings: Settings, database: Database) -> int:
    if arguments.generate:
        password = secrets.token_urlsafe(12)
    elif arguments.password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("Password (at least 12 characters): ")
    now = Clock(settings.at).now()
    try:
        database.write_now(
            lambda s: auth.add_user(s, login=arguments.login, first_name=arguments.name, role=arguments.role, password=password, now=now)
        )
    except auth.AccountRefused as error:
        print(f"nachtlicht user add: {error}", file=sys.stderr)
        return 1
    print(f"account {arguments.login} made" + (f", password: {password}" if arguments.generate else ""))
    return 0


def _off(login: str, settings: Settings, database: Database) -> int:
    now = Clock(settings.at).now()

    def command(session: Any) -> bool:
        user = session.scalar(select(User).where(User.login == login.strip().lower()))
        if user is None:
            return False
        user.active = False
        session.execute(delete(Login).where(Login.user_id == user.id))
        audit.write(session, None, "user off", str(user.id), now)
        return True

    if not database.write_now(command):
        print(f"nachtlicht user off: no account {login}", file=sys.stderr)
        return 1
    print(f"account {login} is off")
    return 0
