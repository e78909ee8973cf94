"""Rounds of a left message: what the visitor left, until when it is answered, by whom. At most five, each answered or ended."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handoff import deadlines, plans
from handoff.models import Conversation
from handoff.models_return import LeftRound
from handoff.working_day import answer_by

MOST = 5
REMIND = timedelta(hours=3)  # before the answer is due


def open_round(session: Session, conversation_id: str) -> LeftRound | None:
    """Return the round that waits for an answer."""
    return session.scalar(select(LeftRound).where(LeftRound.conversation_id == conversation_id, LeftRound.ended_at.is_(None)))


def count(session: Session, conversation_id: str) -> int:
    """Return how many rounds a conversation has had."""
    return session.scalar(select(func.count()).select_from(LeftRound).where(LeftRound.conversation_id == conversation_id)) or 0


def due_answers(session: Session) -> dict[str, datetime]:
    """Return for each conversation with a message that waits for an answer until when that is promised."""
    return {row.conversation_id: row.answer_by for row in session.scalars(select(LeftRound).where(LeftRound.ended_at.is_(None)))}


def due_from(session: Session, now: datetime) -> datetime:
    """Return until when a message left now is answered."""
    hours = plans.hours(session)
    return answer_by(now, country=hours.country if hours else "NL", zone=plans.zone_of(session))


def begin(session: Session, conversation: Conversation, now: datetime) -> LeftRound:
    """Open the next round, with the promise of an answer."""
    due = due_from(session, now)
    number = count(session, conversation.id) + 1
    row = LeftRound(conversation_id=conversation.id, number=number, left_at=now, answer_by=due)
    session.add(row)
    session.flush()
    deadlines.put(session, conversation, deadlines.ANSWER, max(due - REMIND, now))
    return row


def end(session: Session, conversation_id: str, now: datetime, *, user_id: int | None, outcome: str) -> None:
    """End the open round, if there is one. ``outcome``: answered, talked (a live talk came of it)."""
    row = open_round(session, conversation_id)
    if row is not None:
        row.ended_at, row.answered_by, row.outcome = now, user_id, outcome
        session.flush()
    deadlines.drop(session, conversation_id, deadlines.ANSWER)
