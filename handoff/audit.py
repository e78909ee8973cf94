"""Who did what: written in the same transaction as the deed. Keys and numbers only, never a word of a conversation."""

from datetime import datetime

from sqlalchemy.orm import Session

from handoff.models import Audit, User


def write(session: Session, actor: User | None, action: str, subject: str, now: datetime) -> None:
    """Record a deed. ``actor``: None for the command line; ``subject``: an id."""
    session.add(Audit(actor_id=actor.id if actor else None, action=action, subject=subject, created_at=now))
