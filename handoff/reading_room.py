"""What a counsellor may read: the conversations one holds, with the signals marked. Reading is audited."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff import audit, rounds
from handoff.errors import LeaseLost, NotFound
from handoff.models import Conversation, Message, Reading, User
from handoff.resources import Resources
from handoff.states import State
from handoff.transcript import body_of, lines_after
from handoff.wire import MAX_MESSAGE, Card, Line, Mark, Transcript


def owned(session: Session, conversation_id: str, user: User, lease: int) -> Conversation:
    """Return a conversation that this person holds under this lease. Raises LeaseLost."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.owner_id != user.id or conversation.lease != lease:
        raise LeaseLost
    return conversation


def holder(session: Session, conversation_id: str, user: User) -> tuple[str, bool]:
    """Return the state of a conversation, and whether this person holds it."""
    conversation = session.get_one(Conversation, conversation_id)
    return conversation.state, conversation.owner_id == user.id


def mine(session: Session, user: User) -> list[Card]:
    """Return what this person holds, oldest first."""
    query = select(Conversation).where(Conversation.owner_id == user.id).order_by(Conversation.created_at)
    due = rounds.due_answers(session)
    return [_card(row, user, due.get(row.id)) for row in session.scalars(query)]


def transcript(session: Session, resources: Resources, conversation_id: str, user: User, after: int) -> Transcript:
    """Return the lines after a number of a conversation this person holds. Raises NotFound."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.owner_id != user.id:
        raise NotFound
    if after == 0:
        audit.write(session, user, "transcript read", conversation.id, resources.clock.now())
    marks = _marks(session, resources, conversation_id, after)
    lines = [_line(session, resources, row, user, marks.get(row.seq, [])) for row in lines_after(session, conversation_id, after)]
    waits = rounds.open_round(session, conversation_id)
    return Transcript(card=_card(conversation, user, waits.answer_by if waits else None), lines=lines)


def _card(row: Conversation, user: User, answer_by: datetime | None) -> Card:
    return Card(
        id=row.id,
        state=State(row.state).value,
        urgency=row.urgency,
        kinds=[kind for kind in row.crisis_kinds.split(",") if kind],
        theme=row.theme,
        sub=row.sub,
        second_theme=row.second_theme if row.second_theme != row.theme else None,
        perspective=row.perspective,
        lease=row.lease,
        owner=user.first_name if row.owner_id == user.id else None,
        created_at=row.created_at,
        last_seq=row.last_seq,
        answer_by=answer_by,
    )


def _line(session: Session, resources: Resources, row: Message, user: User, marks: list[Mark]) -> Line:
    body = body_of(resources.keys, row)
    author = session.get(User, row.author_id) if row.author_id else None
    return Line(
        seq=row.seq,
        sender=row.sender,  # type: ignore[arg-type]
        kind=row.kind,
        text=body.text,
        choices=body.choices,
        referrals=body.referrals,
        author=author.first_name if author else None,
        mine=row.author_id == user.id,
        urgency=row.urgency,
        marks=marks,
        client_id=row.client_id if row.author_id == user.id else None,
        at=row.created_at,
    )


def _marks(session: Session, resources: Resources, conversation_id: str, after: int) -> dict[int, list[Mark]]:
    """Return the spans that the screen marked, by message number; spans that lie in earlier messages are left out."""
    same_message = (Message.conversation_id == Reading.conversation_id) & (Message.seq == Reading.seq)
    query = select(Reading, Message.client_id).join(Message, same_message)
    query = query.where(Reading.conversation_id == conversation_id, Reading.seq > after, Reading.source == "screen")
    out: dict[int, list[Mark]] = {}
    for row, client_id in session.execute(query):
        evidence: list[list[int | str]] = json.loads(resources.keys.open(conversation_id, row.evidence_sealed))
        for rule, level, start, end in evidence:
            # a long message is stored in parts, and its readings stand with the last one
            part, last = int(start) // MAX_MESSAGE, int((client_id or "").partition("#")[2] or 0)
            if int(end) > int(start) and part <= last:
                begin, stop = int(start) - part * MAX_MESSAGE, min(int(end) - part * MAX_MESSAGE, MAX_MESSAGE)
                mark = Mark(start=begin, end=stop, level=int(level), source="screen", rule=str(rule))
                out.setdefault(row.seq - last + part, []).append(mark)
    return out
