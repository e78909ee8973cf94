"""Lines of a conversation: sealed, numbered without gaps, read back in order. The only place that writes messages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff.keys import KeyRing
from handoff.models import Conversation, Message
from handoff.wire import Body


def append(
    session: Session,
    keys: KeyRing,
    conversation: Conversation,
    body: Body,
    *,
    sender: str,
    kind: str,
    now: datetime,
    client_id: str | None = None,
    author_id: int | None = None,
    urgency: int | None = None,
) -> Message:
    """Store a line under the conversation's next number. The caller holds the conversation's row in its transaction."""
    conversation.last_seq += 1
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        client_id=client_id,
        sender=sender,
        author_id=author_id,
        kind=kind,
        body_sealed=keys.seal(conversation.id, body.model_dump_json()),
        urgency=urgency,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def body_of(keys: KeyRing, message: Message) -> Body:
    """Open a line."""
    return Body.model_validate_json(keys.open(message.conversation_id, message.body_sealed))


def lines_after(session: Session, conversation_id: str, after: int, most: int = 500) -> Sequence[Message]:
    """Return lines with a higher number, in order."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq > after)
    return session.scalars(query.order_by(Message.seq).limit(most)).all()


def recent_words(session: Session, keys: KeyRing, conversation: Conversation, now: datetime, *, within: float, most: int) -> list[str]:
    """Return the visitor's last messages of the past ``within`` seconds, oldest first, at most ``most``."""
    query = select(Message).where(
        Message.conversation_id == conversation.id,
        Message.sender == "visitor",
        Message.created_at >= now - timedelta(seconds=within),
    )
    rows = session.scalars(query.order_by(Message.seq.desc()).limit(most)).all()
    return [body_of(keys, row).text for row in reversed(rows)]


def by_client_id(session: Session, conversation_id: str, client_id: str) -> Message | None:
    """Return the line that a sender's own id already has, if it was stored before."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.client_id == client_id)
    return session.scalar(query)
