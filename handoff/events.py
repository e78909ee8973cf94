"""What was offered, asked, taken and refused in a conversation: keys and ids, never words. The schema is in ``docs/events.md``.

Written in the transaction of what it tells, so that a count never says more or less than happened.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from handoff.models import Conversation, Event
from handoff.wire import Body

SCHEMA = 1
LONGEST = 80  # characters of a subject or value


class Kind(StrEnum):
    """What happened."""

    SHOWN = "shown"  # a text, a self-help step or a place of the directory stands on the screen
    ASKED = "asked"  # a question was put
    ANSWERED = "answered"  # the question that was pending has its answer
    TAPPED = "tapped"  # a button under a message, or a link to call or open a place
    REFUSED = "refused"  # what was offered was not wanted
    CORRECTED = "corrected"  # the visitor put right what was understood
    ESCALATED = "escalated"  # a person is wanted


def record(
    session: Session, conversation: Conversation, kind: Kind, subject: str, now: datetime, *, value: str = "", seq: int | None = None
) -> None:
    """Keep one event. ``subject``: key of a text, ``place:<id>``, ``choice:<value>``, source of an alarm; ``seq``: its line."""
    session.add(
        Event(
            schema=SCHEMA,
            conversation_id=conversation.id,
            seq=conversation.last_seq if seq is None else seq,
            kind=kind.value,
            subject=subject[:LONGEST],
            value=value[:LONGEST],
            created_at=now,
        )
    )


def said(session: Session, conversation: Conversation, kind: str, body: Body, now: datetime) -> None:
    """Keep that a line was shown or a question put, and each place it names."""
    record(session, conversation, Kind.ASKED if kind == "question" else Kind.SHOWN, body.key, now, value=kind)
    for place in body.referrals:
        record(session, conversation, Kind.SHOWN, f"place:{place.id}", now)
