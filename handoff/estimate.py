"""How long a visitor may have to wait, honestly: the place in the queue, and the median of what the last talks waited. Never a promise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from handoff.models import Claim, Conversation
from handoff.states import State
from handoff.triage.reading import CRISIS

LAST, FEWEST = 20, 5  # talks an estimate rests on: at most, at least
WITHIN = timedelta(days=14)
# the median is told as the next of these, because nobody knows minutes
STEPS = ((2, "2 minuten"), (5, "5 minuten"), (10, "10 minuten"), (15, "een kwartier"), (30, "een half uur"), (60, "een uur"))
LONGER = "een paar uur"


@dataclass(frozen=True, slots=True)
class Estimate:
    """``words``: the time within which half of the last ``talks`` began."""

    words: str
    talks: int


def place_of(session: Session, conversation: Conversation) -> int:
    """Return the place in the queue, from 1: more urgent ones come first, then those that wait longer."""
    since = conversation.waiting_since or conversation.created_at
    before = or_(
        Conversation.urgency > conversation.urgency,
        (Conversation.urgency == conversation.urgency) & (Conversation.waiting_since < since),
    )
    return 1 + (session.scalar(select(func.count()).select_from(Conversation).where(Conversation.state == State.WAITING, before)) or 0)


def estimate(session: Session, conversation: Conversation, now: datetime) -> Estimate | None:
    """Return what talks of the same kind (danger or not) waited lately; None where there were too few to say anything."""
    same = Conversation.urgency >= CRISIS if conversation.urgency >= CRISIS else Conversation.urgency < CRISIS
    query = select(Claim.waited_seconds).join(Conversation, Conversation.id == Claim.conversation_id)
    query = query.where(same, Claim.waited_seconds.is_not(None), Claim.started_at > now - WITHIN)
    waits = [float(seconds) for seconds in session.scalars(query.order_by(Claim.id.desc()).limit(LAST)) if seconds is not None]
    if len(waits) < FEWEST:
        return None
    minutes = median(waits) / 60
    return Estimate(next((words for most, words in STEPS if minutes <= most), LONGER), len(waits))
