"""Repeat visits: who chose to be remembered on a device, and what they talked about before. No words, no name, no address.

Only the keyed hash of a random token is kept, and which conversations belong to it. The policy for repeat questions is a setting; it
binds remembered visitors alone, and never where there is danger.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handoff.models import Conversation
from handoff.models_return import Device, Visit
from handoff.resources import Resources
from handoff.triage.reading import CRISIS

FORGOTTEN_AFTER = timedelta(days=90)  # without a visit


def remember_device(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> str:
    """Return a token for a device whose visitor wants to be remembered; this conversation is its first."""
    token = secrets.token_urlsafe(32)
    hashed = resources.keys.keyed_hash(token)
    session.add(Device(token_hash=hashed, created_at=now, seen_at=now))
    session.flush()
    session.add(Visit(device_hash=hashed, conversation_id=conversation.id))
    session.flush()
    return token


def attach(session: Session, resources: Resources, conversation: Conversation, token: str, now: datetime) -> None:
    """Note that a new conversation belongs to a remembered device; a token that nobody knows is nobody's."""
    device = session.get(Device, resources.keys.keyed_hash(token))
    if device is not None:
        device.seen_at = now
        session.add(Visit(device_hash=device.token_hash, conversation_id=conversation.id))
        session.flush()


def known(session: Session, conversation: Conversation) -> bool:
    """Return whether this conversation's visitor chose to be remembered."""
    return session.get(Visit, conversation.id) is not None


def forget(session: Session, conversation: Conversation) -> bool:
    """Forget the device of a conversation and all it was joined with; return whether there was one."""
    visit = session.get(Visit, conversation.id)
    if visit is None:
        return False
    _forget_device(session, visit.device_hash)
    return True


def forget_unseen(session: Session, now: datetime) -> None:
    """Forget devices without a visit for long."""
    for hashed in session.scalars(select(Device.token_hash).where(Device.seen_at < now - FORGOTTEN_AFTER)).all():
        _forget_device(session, hashed)


def earlier(session: Session, conversation: Conversation, now: datetime, *, days: float) -> dict[str, int]:
    """Return how often each theme was talked about on this device in the past days; talks with danger never count."""
    visit = session.get(Visit, conversation.id)
    if visit is None:
        return {}
    query = select(Conversation.theme).join(Visit, Visit.conversation_id == Conversation.id)
    query = query.where(
        Visit.device_hash == visit.device_hash,
        Conversation.id != conversation.id,
        Conversation.created_at > now - timedelta(days=days),
        Conversation.urgency < CRISIS,
        Conversation.theme.is_not(None),
    )
    counts: dict[str, int] = {}
    for theme in session.scalars(query):
        counts[str(theme)] = counts.get(str(theme), 0) + 1
    return counts


def _forget_device(session: Session, hashed: bytes) -> None:
    session.execute(delete(Visit).where(Visit.device_hash == hashed))
    session.execute(delete(Device).where(Device.token_hash == hashed))
