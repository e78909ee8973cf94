"""A person lowers the urgency of the conversation they hold, with a reason. The only way down, and it is kept for review."""

from sqlalchemy.orm import Session

from handoff import audit, outbox
from handoff.errors import EmptyMessage, IllegalTransition, NotFound
from handoff.models import UrgencyChange, User
from handoff.queue import owned
from handoff.resources import Resources

MAY_LOWER = frozenset({"counsellor", "supervisor", "administrator"})  # a trainee asks somebody


def lower_urgency(session: Session, resources: Resources, conversation_id: str, user: User, *, lease: int, level: int, reason: str) -> None:
    """Set a lower level. Raises LeaseLost, EmptyMessage without a reason, IllegalTransition where the level would not fall."""
    now = resources.clock.now()
    if user.role not in MAY_LOWER:
        raise NotFound
    conversation = owned(session, conversation_id, user, lease)
    if not reason.strip():
        raise EmptyMessage
    if not 0 <= level < conversation.urgency:
        raise IllegalTransition("the urgency would not fall")
    sealed = resources.keys.seal(conversation.id, reason.strip())
    change = {"before": conversation.urgency, "after": level, "user_id": user.id, "reason_sealed": sealed, "created_at": now}
    session.add(UrgencyChange(conversation_id=conversation.id, kind="lowered", **change))
    conversation.urgency = level
    audit.write(session, user, f"urgency lowered to {level}", conversation.id, now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)
