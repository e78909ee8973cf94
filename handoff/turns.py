"""The bot's turns: which message waits for an answer, and the command that stores one, unless a person came first."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from handoff import events, left_messages, outbox, presence, visits
from handoff.bot_client import Answer, Turn
from handoff.conversations import advance, lock, raise_crisis, store_reading
from handoff.emergency import ACUTE
from handoff.facts import facts_of
from handoff.memory import Memory, recall, remember
from handoff.models import BotTurn, Conversation, Message, Reading
from handoff.notices import tell, tell_once
from handoff.queue import close
from handoff.render import Renderer
from handoff.resources import Resources
from handoff.states import BOT_SPEAKS, Event, State
from handoff.summary import quotes
from handoff.transcript import append, body_of
from handoff.triage.reading import CRISIS

MOST_TOLD = 12  # messages, from the first, in which a summary looks for words of the visitor
SECOND = 0.2  # probability from which a second theme is worth showing
HOLD = timedelta(seconds=12)  # a replica that died with a turn in hand loses it after this


@dataclass(frozen=True, slots=True)
class Due:
    """A message the bot has to answer, held by this process."""

    id: int
    conversation_id: str
    seq: int
    turn: Turn


def hold_next(session: Session, resources: Resources, conversation_id: str) -> Due | None:
    """Hold the oldest unanswered message of a conversation, in order and one at a time; None where there is none."""
    now = resources.clock.now()
    query = select(BotTurn).where(BotTurn.conversation_id == conversation_id, BotTurn.done_at.is_(None)).order_by(BotTurn.seq)
    row = session.scalars(query.limit(1)).first()
    if row is None or (row.held_until is not None and row.held_until > now):
        return None
    free = or_(BotTurn.held_until.is_(None), BotTurn.held_until <= now)
    held = session.execute(update(BotTurn).where(BotTurn.id == row.id, BotTurn.done_at.is_(None), free).values(held_until=now + HOLD))
    if held.rowcount != 1:  # type: ignore[attr-defined]
        return None
    conversation = session.get_one(Conversation, conversation_id)
    return Due(row.id, conversation_id, row.seq, _turn(session, resources, conversation, row, now))


def _turn(session: Session, resources: Resources, conversation: Conversation, row: BotTurn, now: datetime) -> Turn:
    message = session.scalars(select(Message).where(Message.conversation_id == conversation.id, Message.seq == row.seq)).one()
    memory = recall(conversation, resources)
    facts = facts_of(session, conversation, now)
    context = {
        "state": conversation.state,
        "urgency": conversation.urgency,
        "message_urgency": message.urgency or 0,
        "choice": row.choice,
        "went_on": memory.went_on,
        "doubt": row.doubt,
        "weights": resources.triage.weights,
        "people": presence.people(session, now),
        "open": facts.open,
        **_visits(session, resources, conversation, now),
        "reader": memory.profile.reader,
        "language": memory.spoken.now,
        "seq": row.seq,
    }
    return Turn(f"{conversation.id}-{row.seq}-{row.id}", body_of(resources.keys, message).text, memory.bot, context)


def _visits(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> dict[str, Any]:
    """Return what is known of earlier visits, where the line has a policy for repeat questions."""
    settings = resources.settings
    if settings.repeat_policy == "off":
        return {"policy": "off", "remembered": None, "earlier": {}}
    before = visits.earlier(session, conversation, now, days=settings.repeat_days)
    return {"policy": settings.repeat_policy, "remembered": visits.known(session, conversation), "earlier": before}


def open_conversations(session: Session) -> list[str]:
    """Return the conversations in which the bot owes an answer, longest waiting first: resumed after a restart."""
    query = select(BotTurn.conversation_id).where(BotTurn.done_at.is_(None)).order_by(BotTurn.id)
    return list(dict.fromkeys(session.scalars(query)))


def open_turns(session: Session, conversation_id: str) -> bool:
    """Return whether a message of a conversation waits for the bot."""
    query = select(BotTurn.id).where(BotTurn.conversation_id == conversation_id, BotTurn.done_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def let_go(session: Session, turn_id: int) -> None:
    """Give a held message free, to be answered later."""
    session.execute(update(BotTurn).where(BotTurn.id == turn_id).values(held_until=None))


def store_answer(session: Session, resources: Resources, renderer: Renderer, due: Due, answer: Answer) -> str:
    """Store the bot's lines for one message and what was read in it; return the outcome.

    ``silent``: a person claimed meanwhile, nothing is said. A reading of 3 or 4 by Rasa takes the one path of danger.
    """
    now = resources.clock.now()
    conversation = lock(session, due.conversation_id)
    first = _finish(session, due, now, "answered" if conversation.state in BOT_SPEAKS else "silent")
    if first or not _was_read(session, due):
        # also where a person came first: what Rasa read in the message counts, only its answer is dropped
        store_parse(session, resources, conversation, due.seq, answer.parse, now)
    if not first or conversation.state not in BOT_SPEAKS:
        outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)
        return "silent"
    for move in answer.moves:
        _carry_out(session, resources, conversation, move, now)
    memory = recall(conversation, resources)
    memory.bot = answer.state
    _take_over(conversation, memory, answer.state)
    quoted = _quotable(session, resources, conversation, answer.moves)
    for line in renderer.lines(answer.moves, memory, facts_of(session, conversation, now), quoted):
        append(session, resources.keys, conversation, line.body, sender="bot", kind=line.kind, now=now)
        events.said(session, conversation, line.kind, line.body, now)
    remember(conversation, resources, memory)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)
    return "answered"


def _quotable(session: Session, resources: Resources, conversation: Conversation, moves: list[dict[str, Any]]) -> list[str]:
    """Return the visitor's sentences that a summary among the moves may repeat; none where there was danger."""
    if conversation.urgency >= CRISIS or not any(move["move"] == "summary" for move in moves):
        return []
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.sender == "visitor")
        .order_by(Message.seq)
        .limit(MOST_TOLD)
    )
    told = [(body_of(resources.keys, row).text, row.urgency or 0) for row in rows]
    return quotes(told, resources.quotable, resources.triage.read)


def _take_over(conversation: Conversation, memory: Memory, state: dict[str, Any]) -> None:
    """Keep what the dialogue as a whole is about and for whom: it has weighed all messages, a reading only the last."""
    theme, sub, perspective = (state.get(name) for name in ("theme", "sub", "perspective"))
    if isinstance(theme, str):
        conversation.theme, conversation.sub = theme, sub if isinstance(sub, str) else None
    if isinstance(perspective, str):
        conversation.perspective = perspective
        memory.profile = replace(memory.profile, perspective=perspective)


def store_parse(session: Session, resources: Resources, conversation: Conversation, seq: int, parse: dict[str, Any], now: datetime) -> None:
    """Keep theme and perspective where none is known, and Rasa's urgency; a crisis read with other weights takes the path of danger."""
    theme = parse.get("theme") or {}
    if conversation.theme is None and theme.get("sure") and theme.get("name") not in (None, "geen"):
        conversation.theme, conversation.sub = theme["name"], theme.get("sub")
    if second := _second_theme(theme, conversation.theme):
        conversation.second_theme = second
    perspective = parse.get("perspective") or {}
    if conversation.perspective is None and perspective.get("sure"):
        conversation.perspective = perspective["name"]
    urgency = parse.get("urgency") or {}
    level, kinds = _level(urgency.get("level", 0)), tuple(urgency.get("kinds", ()))
    store_reading(
        session,
        resources,
        conversation,
        seq,
        source="rasa",
        version=str(parse.get("model", ""))[:40],
        level=level,
        kinds=kinds,
        confidence=urgency.get("crisis"),
        evidence=[],
        now=now,
    )
    if level >= CRISIS and not resources.triage.knows(str(urgency.get("weights", ""))):
        raise_crisis(session, resources, conversation, level=level, kinds=kinds, source="rasa", now=now)


def _second_theme(theme: dict[str, Any], first: str | None) -> str | None:
    """Return what a message is also about, where its second reading is likely enough."""
    for other in list(theme.get("ranking") or ())[:2]:
        if other.get("name") not in (None, "geen", first, theme.get("name")) and float(other.get("confidence", 0.0)) >= SECOND:
            return str(other["name"])
    return None


def store_failure(session: Session, resources: Resources, due: Due) -> None:
    """The bot did not answer: say so plainly with the help numbers, and call a person. In a wait, stay with the visitor."""
    now = resources.clock.now()
    conversation = lock(session, due.conversation_id)
    if not _finish(session, due, now, "failed") or conversation.state not in BOT_SPEAKS:
        return
    memory = recall(conversation, resources)
    key = "wacht.blijf" if conversation.state == State.WAITING and memory.said.get("bot.storing") else "bot.storing"
    tell(session, resources, conversation, key, now)
    advance(session, conversation, Event.BOT_FAILED, actor="bot", reason="no answer", now=now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)


def tell_waking(session: Session, resources: Resources, due: Due) -> None:
    """Say once per conversation that the bot is waking up, and let the message wait for it."""
    now = resources.clock.now()
    conversation = lock(session, due.conversation_id)
    let_go(session, due.id)
    if conversation.state in BOT_SPEAKS and tell_once(session, resources, conversation, "bot.wakker_worden", now):
        outbox.note(session, now, outbox.CONVERSATION, conversation_id=conversation.id)


def _finish(session: Session, due: Due, now: datetime, outcome: str) -> bool:
    """Mark a turn done; False where another already did, so that nothing is said twice."""
    done = update(BotTurn).where(BotTurn.id == due.id, BotTurn.done_at.is_(None)).values(done_at=now, outcome=outcome)
    return bool(session.execute(done).rowcount == 1)  # type: ignore[attr-defined]


def _level(value: Any) -> int:
    """Return a level of the bot within the levels that exist."""
    return max(0, min(int(value), ACUTE))


def _was_read(session: Session, due: Due) -> bool:
    """Return whether Rasa's reading of this message is stored already."""
    query = select(Reading.id).where(Reading.conversation_id == due.conversation_id, Reading.seq == due.seq, Reading.source == "rasa")
    return session.scalar(query.limit(1)) is not None


def _carry_out(session: Session, resources: Resources, conversation: Conversation, move: dict[str, Any], now: datetime) -> None:
    """Do what a move asks of the conversation itself."""
    if move["move"] == "note":
        kind = events.Kind(str(move["kind"]))
        events.record(session, conversation, kind, str(move["subject"]), now, value=str(move.get("value", "")))
    elif move["move"] == "leave_message":
        left_messages.begin(session, resources, conversation, now)
    elif move["move"] == "call_human" and conversation.state in BOT_SPEAKS:
        reason = str(move.get("reason", "asked"))[:80]
        advance(session, conversation, Event.HUMAN_ASKED, actor="visitor", reason=reason, now=now)
        events.record(session, conversation, events.Kind.ESCALATED, "person", now, value=reason)
    elif move["move"] == "crisis":
        raise_crisis(session, resources, conversation, level=_level(move["level"]), kinds=tuple(move["kinds"]), source="answer", now=now)
    elif move["move"] == "close" and conversation.state == State.BOT and not open_turns(session, conversation.id):
        # whoever wrote on before the farewell arrived is answered first
        close(session, resources, conversation, actor="visitor", reason="said goodbye", now=now)
