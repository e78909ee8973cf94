"""The queue and what owners do: claim, write, give back, close. A claim is a lease with a fencing token.

Claiming is one conditional update with a row count, on both databases; the partial unique index on open claims stands behind it.
Every write of a person carries the token: after a new claim the old owner's writes are refused.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handoff import audit, deadlines, ladder, outbox, rounds
from handoff.conversations import advance, call_again, lock
from handoff.errors import AlreadyClaimed, EmptyMessage, LeaseLost, NotFound
from handoff.models import BotTurn, Claim, Conversation, Escalation, LeftRound, User
from handoff.notices import tell
from handoff.resources import Resources
from handoff.states import CLAIMABLE, Event, State
from handoff.transcript import append, by_client_id
from handoff.triage.reading import CRISIS
from handoff.wire import Body, QueueItem

ROLE_NAMES = {
    "counsellor": "medewerker",
    "trainee": "medewerker in opleiding",
    "supervisor": "medewerker",
    "administrator": "medewerker",
}
MAY_CLAIM = frozenset(ROLE_NAMES)


def waiting(session: Session, user: User) -> list[QueueItem]:
    """Return the queue: who waits now, most urgent first, then longest waiting; then left messages, the answer due first on top."""
    query = (
        select(Conversation)
        .where(Conversation.state == State.WAITING)
        .order_by(Conversation.urgency.desc(), Conversation.waiting_since, Conversation.created_at)
    )
    left = (
        select(Conversation)
        .join(LeftRound, LeftRound.conversation_id == Conversation.id)
        .where(Conversation.state == State.LEFT_MESSAGE, LeftRound.ended_at.is_(None))
        .order_by(LeftRound.answer_by, LeftRound.id)
    )
    seen, rings, due = ladder.seen_alarms(session), ladder.rings(session), rounds.due_answers(session)
    rows = enumerate([*session.scalars(query), *session.scalars(left)], start=1)
    return [_item(row, place, user, seen=row.id in seen, rings=rings.get(row.id, 0), due=due.get(row.id)) for place, row in rows]


def _item(row: Conversation, place: int, user: User, *, seen: bool, rings: int, due: datetime | None) -> QueueItem:
    return QueueItem(
        id=row.id,
        place=place,
        urgency=row.urgency,
        kinds=[kind for kind in row.crisis_kinds.split(",") if kind],
        theme=row.theme,
        perspective=row.perspective,
        waiting_since=row.waiting_since or row.created_at,
        why=WHY.get(row.wait_reason or "", "wacht op een medewerker"),
        mine_before=row.preferred_id == user.id,
        rings=rings,
        answer_by=due if row.state == State.LEFT_MESSAGE else None,
        seen=seen,
    )


WHY: dict[str, str] = {
    Event.CRISIS: "signaal van gevaar",
    Event.HUMAN_ASKED: "vroeg om een mens",
    Event.BOT_FAILED: "de chatbot viel uit",
    Event.LEASE_LOST: "verbinding met collega verbroken",
    Event.PROMISE_BROKEN: "collega schreef niet op tijd",
    Event.GIVEN_BACK: "teruggegeven",
    Event.MESSAGE_LEFT: "liet een bericht achter",
}


def claim(session: Session, resources: Resources, conversation_id: str, user: User) -> int:
    """Take a waiting conversation; return the fencing token. From this commit on the bot is silent. Raises AlreadyClaimed."""
    now = resources.clock.now()
    if user.role not in MAY_CLAIM:
        raise NotFound
    won = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.state.in_(CLAIMABLE), Conversation.owner_id.is_(None))
        .values(lease=Conversation.lease + 1)
    )
    if won.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyClaimed
    conversation = lock(session, conversation_id)
    live = conversation.state == State.WAITING
    if not live and rounds.open_round(session, conversation.id) is None:
        raise NotFound  # an answered thread waits for the visitor, not for us
    conversation.owner_id = conversation.preferred_id = user.id
    advance_to_human(session, conversation, user, now)
    waited = (now - conversation.waiting_since).total_seconds() if conversation.waiting_since else None
    session.add(Claim(conversation_id=conversation.id, user_id=user.id, lease=conversation.lease, started_at=now, waited_seconds=waited))
    _silence_bot(session, conversation.id, now)
    _see_escalation(session, conversation.id, user, now)
    ladder.stop(session, conversation.id)
    _start_clocks(session, resources, conversation, now, live=live)
    key = "mens.overgenomen" if live else "bericht.gelezen"
    tell(session, resources, conversation, key, now, naam=user.first_name, rol=ROLE_NAMES[user.role])
    audit.write(session, user, "claim", conversation.id, now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)
    return conversation.lease


def advance_to_human(session: Session, conversation: Conversation, user: User, now: datetime) -> None:
    """Step to ``human``: the one step that has an owner before it."""
    advance(session, conversation, Event.CLAIMED, actor=f"user:{user.id}", reason="claimed", now=now)


def helper_says(session: Session, resources: Resources, conversation_id: str, user: User, *, lease: int, client_id: str, text: str) -> int:
    """Store a line of the owner once; it keeps the promise. Raises LeaseLost, EmptyMessage."""
    now = resources.clock.now()
    conversation = owned(session, conversation_id, user, lease)
    if (stored := by_client_id(session, conversation_id, client_id)) is not None:
        return stored.seq
    if not text.strip():
        raise EmptyMessage
    message = append(
        session,
        resources.keys,
        conversation,
        Body(text=text.strip()),
        sender="helper",
        kind="text",
        now=now,
        client_id=client_id,
        author_id=user.id,
    )
    session.execute(
        update(Claim)
        .where(Claim.conversation_id == conversation.id, Claim.lease == lease, Claim.first_line_at.is_(None))
        .values(first_line_at=now)
    )
    deadlines.drop(session, conversation.id, deadlines.PROMISE)
    _renew(session, resources, conversation, now)
    outbox.note(session, now, outbox.CONVERSATION, conversation_id=conversation.id)
    return message.seq


def keep_lease(session: Session, resources: Resources, user_id: int) -> None:
    """Renew the leases of everything a present person holds. Presence keeps the lease, only a written line keeps the promise."""
    now = resources.clock.now()
    for conversation in session.scalars(select(Conversation).where(Conversation.owner_id == user_id)):
        _renew(session, resources, conversation, now)


def give_back(session: Session, resources: Resources, conversation_id: str, user: User, *, lease: int) -> None:
    """Put a conversation back in the queue; it keeps its place in time. Raises LeaseLost."""
    now = resources.clock.now()
    conversation = owned(session, conversation_id, user, lease)
    release(session, resources, conversation, Event.GIVEN_BACK, text_key="mens.teruggegeven", actor=f"user:{user.id}", now=now)


def close_by_helper(session: Session, resources: Resources, conversation_id: str, user: User, *, lease: int) -> None:
    """End a conversation. Raises LeaseLost."""
    now = resources.clock.now()
    conversation = owned(session, conversation_id, user, lease)
    end_claim(session, conversation, "closed", now)
    tell(session, resources, conversation, "mens.gesloten", now)
    close(session, resources, conversation, actor=f"user:{user.id}", reason="closed by helper", now=now)


def close(session: Session, resources: Resources, conversation: Conversation, *, actor: str, reason: str, now: datetime) -> None:
    """End a conversation and set the day on which its words go."""
    advance(session, conversation, Event.CLOSED, actor=actor, reason=reason, now=now)
    deadlines.drop(session, conversation.id, deadlines.IDLE, deadlines.LEASE, deadlines.PROMISE, deadlines.LADDER, deadlines.THREAD)
    rounds.end(session, conversation.id, now, user_id=conversation.preferred_id, outcome="talked")
    deadlines.put(session, conversation, deadlines.RETENTION, now + timedelta(days=resources.settings.retention_days))
    _silence_bot(session, conversation.id, now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)


def release(
    session: Session, resources: Resources, conversation: Conversation, event: Event, *, text_key: str, actor: str, now: datetime
) -> None:
    """Take a conversation from its owner, back to the front of its level, and tell the visitor the truth."""
    end_claim(session, conversation, event.value, now)
    if conversation.wait_reason == Event.MESSAGE_LEFT and conversation.urgency < CRISIS:
        event, text_key = Event.MESSAGE_LEFT, "bericht.terug"
    else:
        conversation.waiting_since = conversation.waiting_since or now
    advance(session, conversation, event, actor=actor, reason=event.value, now=now)
    deadlines.drop(session, conversation.id, deadlines.LEASE, deadlines.PROMISE)
    tell(session, resources, conversation, text_key, now)
    if conversation.urgency >= CRISIS:
        call_again(session, resources, conversation, now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)


def end_claim(session: Session, conversation: Conversation, reason: str, now: datetime) -> None:
    """Close the open claim of a conversation."""
    session.execute(
        update(Claim).where(Claim.conversation_id == conversation.id, Claim.ended_at.is_(None)).values(ended_at=now, end_reason=reason)
    )


def owned(session: Session, conversation_id: str, user: User, lease: int) -> Conversation:
    """Return for change a conversation that this person holds under this lease. Raises LeaseLost."""
    conversation = lock(session, conversation_id)
    if conversation.state != State.HUMAN or conversation.owner_id != user.id or conversation.lease != lease:
        raise LeaseLost
    return conversation


def _start_clocks(session: Session, resources: Resources, conversation: Conversation, now: datetime, *, live: bool) -> None:
    """Start the lease, and the promise of a first line where the visitor waits for it now."""
    deadlines.drop(session, conversation.id, deadlines.IDLE, deadlines.THREAD)
    if live:
        due = now + timedelta(seconds=resources.settings.promise_seconds)
        deadlines.put(session, conversation, deadlines.PROMISE, due, lease=conversation.lease)
    _renew(session, resources, conversation, now)


def _renew(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    due = now + timedelta(seconds=resources.settings.lease_seconds)
    deadlines.put(session, conversation, deadlines.LEASE, due, lease=conversation.lease)


def _silence_bot(session: Session, conversation_id: str, now: datetime) -> None:
    open_turns = update(BotTurn).where(BotTurn.conversation_id == conversation_id, BotTurn.done_at.is_(None))
    session.execute(open_turns.values(done_at=now, outcome="silent"))


def _see_escalation(session: Session, conversation_id: str, user: User, now: datetime) -> None:
    unseen = update(Escalation).where(Escalation.conversation_id == conversation_id, Escalation.seen_at.is_(None))
    session.execute(unseen.values(seen_at=now, seen_by=user.id))
