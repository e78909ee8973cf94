"""Accounts and sessions of the line's people: argon2, a session cookie, slowed guessing."""

import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handoff import audit
from handoff.errors import LoginRefused, LoginThrottled, NotLoggedIn
from handoff.models import Login, LoginAttempt, User
from handoff.resources import Resources

COOKIE = "nachtlicht_werkplek"
ROLES = ("counsellor", "trainee", "supervisor", "researcher", "administrator")
SHORTEST_PASSWORD = 12
FREE_FAILURES = 4  # attempts before waiting begins
LONGEST_WAIT = timedelta(minutes=15)
MOST_DOUBLINGS = 12  # beyond the longest wait; any number of failures stays a time that can be computed

_hasher = PasswordHasher()
# verified against when the name is unknown, so that both answers take as long
_NOBODY = _hasher.hash(secrets.token_hex(16))


class AccountRefused(ValueError):
    """An account that cannot be made; the message says why."""


def add_user(session: Session, *, login: str, first_name: str, role: str, password: str, now: datetime) -> User:
    """Make an account. Raises AccountRefused."""
    name = login.strip().lower()
    if not name or len(name) > 60:
        raise AccountRefused("the login name must have 1 to 60 characters")
    if role not in ROLES:
        raise AccountRefused(f"the role must be one of {', '.join(ROLES)}")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountRefused(f"the password must have at least {SHORTEST_PASSWORD} characters")
    if not 1 <= len(first_name.strip()) <= 40:
        raise AccountRefused("the first name must have 1 to 40 characters")
    if session.scalar(select(User).where(User.login == name)) is not None:
        raise AccountRefused("that login name is taken")
    user = User(login=name, first_name=first_name.strip(), role=role, password_hash=_hasher.hash(password), active=True, created_at=now)
    session.add(user)
    session.flush()
    audit.write(session, None, "user added", str(user.id), now)
    return user


def may_try(session: Session, resources: Resources, login: str) -> None:
    """Raise LoginThrottled while this name has to wait: doubling from the fifth failure on, fifteen minutes at most."""
    attempt = session.get(LoginAttempt, _name_hash(resources, login))
    if attempt is None or attempt.failures <= FREE_FAILURES:
        return
    doublings = min(attempt.failures - FREE_FAILURES, MOST_DOUBLINGS)
    wait = min(timedelta(seconds=2**doublings), LONGEST_WAIT)
    if attempt.last_at + wait > resources.clock.now():
        raise LoginThrottled


def password_fits(session: Session, login: str, password: str) -> User | None:
    """Return the active user whose password this is, else None. Slow on purpose; run on a reader's thread."""
    name = login.strip().lower().replace("\0", "")  # PostgreSQL refuses the character
    user = session.scalar(select(User).where(User.login == name, User.active.is_(True)))
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password[:1000])
    except VerificationError:
        return None
    return user


def begin_try(session: Session, resources: Resources, login: str) -> None:
    """Count an attempt as failed until a session begins. Raises LoginThrottled."""
    may_try(session, resources, login)
    note_failure(session, resources, login)


def note_failure(session: Session, resources: Resources, login: str) -> None:
    """Count a failed attempt for a name, also where several fail at once."""
    key, now = _name_hash(resources, login), resources.clock.now()
    counted = update(LoginAttempt).where(LoginAttempt.name_hash == key).values(failures=LoginAttempt.failures + 1, last_at=now)
    if session.execute(counted).rowcount:  # type: ignore[attr-defined]
        return
    try:
        with session.begin_nested():
            session.add(LoginAttempt(name_hash=key, failures=1, last_at=now))
    except IntegrityError:
        session.execute(counted)


def start_session(session: Session, resources: Resources, user: User, login: str) -> str:
    """Begin a session; return its token for the cookie, which is kept as a hash only."""
    now = resources.clock.now()
    session.execute(delete(LoginAttempt).where(LoginAttempt.name_hash == _name_hash(resources, login)))
    session.execute(delete(Login).where(Login.expires_at < now))
    token = secrets.token_urlsafe(32)
    session.add(
        Login(
            token_hash=resources.keys.keyed_hash(token),
            user_id=user.id,
            created_at=now,
            expires_at=now + timedelta(hours=resources.settings.session_hours),
        )
    )
    audit.write(session, user, "login", str(user.id), now)
    return token


def end_session(session: Session, resources: Resources, token: str) -> None:
    """End a session."""
    session.execute(delete(Login).where(Login.token_hash == resources.keys.keyed_hash(token)))


def user_of(session: Session, resources: Resources, token: str | None) -> User:
    """Return the person of a session cookie: the only way in. Raises NotLoggedIn."""
    if not token:
        raise NotLoggedIn
    query = (
        select(User)
        .join(Login, Login.user_id == User.id)
        .where(
            Login.token_hash == resources.keys.keyed_hash(token),
            Login.expires_at > resources.clock.now(),
            User.active.is_(True),
        )
    )
    user = session.scalar(query)
    if user is None:
        raise NotLoggedIn
    return user


def refuse() -> LoginRefused:
    """Return the one answer to a wrong name and to a wrong password."""
    return LoginRefused()


def _name_hash(resources: Resources, login: str) -> bytes:
    return resources.keys.keyed_hash("login:" + login.strip().lower())
