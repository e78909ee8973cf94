"""Deadlines are rows: any replica may carry one out, once, and a restart forgets none. What happens then is in ``timekeeper``."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handoff.models import Conversation, Deadline

LEASE = "lease"  # the owner gave no sign of presence
PROMISE = "promise"  # the owner did not write in time
IDLE = "idle"  # nothing was said for long
RETENTION = "retention"  # the key is to be destroyed
LADDER = "ladder"  # nobody took a crisis yet: the next rung
ANSWER = "answer"  # a left message has to be answered soon, or should have been
THREAD = "thread"  # an answer that nobody came back to: the thread ends


def put(session: Session, conversation: Conversation, kind: str, due: datetime, *, lease: int | None = None) -> None:
    """Set or move a deadline of a conversation."""
    row = _find(session, conversation.id, kind)
    if row is None:
        session.add(Deadline(conversation_id=conversation.id, kind=kind, due_at=due, lease=lease))
    else:
        row.due_at, row.lease = due, lease
    session.flush()


def put_once(session: Session, conversation: Conversation, kind: str, due: datetime, *, lease: int | None = None) -> None:
    """Set a deadline unless one of its kind already runs: a promise does not move because the visitor writes again."""
    row = _find(session, conversation.id, kind)
    if row is None or row.lease != lease:
        put(session, conversation, kind, due, lease=lease)


def drop(session: Session, conversation_id: str, *kinds: str) -> None:
    """Remove deadlines of a conversation."""
    session.execute(delete(Deadline).where(Deadline.conversation_id == conversation_id, Deadline.kind.in_(kinds)))


def due(session: Session, now: datetime, most: int = 50) -> list[tuple[int, str, str, int | None]]:
    """Return id, conversation, kind and lease of what is due."""
    query = select(Deadline).where(Deadline.due_at <= now).order_by(Deadline.due_at).limit(most)
    return [(row.id, row.conversation_id, row.kind, row.lease) for row in session.scalars(query)]


def take(session: Session, deadline_id: int, now: datetime) -> bool:
    """Take a due deadline away, in the transaction that carries it out; False if somebody else did or it was moved."""
    query = delete(Deadline).where(Deadline.id == deadline_id, Deadline.due_at <= now).returning(Deadline.id)
    return session.scalar(query) is not None


def _find(session: Session, conversation_id: str, kind: str) -> Deadline | None:
    query = select(Deadline).where(Deadline.conversation_id == conversation_id, Deadline.kind == kind)
    return session.scalar(query)
