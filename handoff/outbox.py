"""The outbox: every command leaves a note of what changed, in its own transaction. Wake-ups are hints; this is the truth."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from handoff.db import order_outbox
from handoff.models import Outbox

CONVERSATION = "conversation"  # something was said or changed in it
QUEUE = "queue"  # the queue looks different
TURN = "turn"  # the bot has something to answer
KEPT = timedelta(hours=1)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Note:
    """One row of the outbox."""

    id: int
    topic: str
    conversation_id: str | None


def note(session: Session, now: datetime, *topics: str, conversation_id: str | None = None) -> None:
    """Write a note per topic. The last thing a command does, because it serialises writers on PostgreSQL."""
    order_outbox(session)
    session.add_all(Outbox(topic=topic, conversation_id=conversation_id, created_at=now) for topic in topics)
    session.flush()


def notes_after(session: Session, last: int) -> list[Note]:
    """Return the notes with a higher number, oldest first."""
    rows = session.scalars(select(Outbox).where(Outbox.id > last).order_by(Outbox.id).limit(BATCH))
    return [Note(row.id, row.topic, row.conversation_id) for row in rows]


def last_note(session: Session) -> int:
    """Return the highest number given so far, 0 at the beginning."""
    return session.scalar(select(func.max(Outbox.id))) or 0


def forget_notes(session: Session, now: datetime) -> None:
    """Delete notes that every replica has long read; the newest stays, so that numbers go on."""
    newest = last_note(session)
    session.execute(delete(Outbox).where(Outbox.created_at < now - KEPT, Outbox.id < newest))
