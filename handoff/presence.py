"""Who has the workplace open now: a row per socket that its owner keeps fresh. What visitors are told about people rests on it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from handoff.models import Presence

FRESH = timedelta(seconds=40)  # a socket renews its row every 15 s


def renew(session: Session, socket_id: str, user_id: int, now: datetime) -> bool:
    """Say that a workplace is open; return whether it is newly so."""
    row = session.get(Presence, socket_id)
    if row is None:
        session.add(Presence(id=socket_id, user_id=user_id, seen_until=now + FRESH))
    else:
        row.seen_until = now + FRESH
    session.execute(delete(Presence).where(Presence.seen_until < now - FRESH))
    return row is None


def leave(session: Session, socket_id: str) -> None:
    """Say that a workplace was closed."""
    session.execute(delete(Presence).where(Presence.id == socket_id))


def people(session: Session, now: datetime) -> int:
    """Return how many different people have the workplace open."""
    query = select(func.count(func.distinct(Presence.user_id))).where(Presence.seen_until >= now)
    return session.scalar(query) or 0
