"""Left messages: a visitor writes now and reads the answer later, by a return code. Anonymous; danger in one takes the one path.

The thread: the visitor writes (a round begins, with the promise of an answer within a working day), a person answers, the visitor may
write again, up to five rounds. Nobody is waited for live, so no promise of minutes runs.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff import deadlines, notices, outbox, queue, rounds, ways_back
from handoff.conversations import advance
from handoff.errors import NotAnswered
from handoff.facts import facts_of
from handoff.hours import told
from handoff.models import Claim, Conversation, User
from handoff.plans import zone_of
from handoff.resources import Resources
from handoff.states import BOT_SPEAKS, Event, State
from handoff.triage.reading import CRISIS

CODE_WORDS = frozenset({"code", "geef me een code", "een code"})
CODE_CHOICE, LEAVE_CHOICE, HUMAN_CHOICE = "code", "bericht", "mens"


def asks_code(text: str) -> bool:
    """Return whether a message is nothing but the word that asks for a return code."""
    return text.strip(" .,\n\"'").casefold() in CODE_WORDS


def begin(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """The visitor wants to leave a message: tell how that goes and the code to read the answer with. In danger a person is wanted now."""
    if conversation.urgency >= CRISIS:
        notices.tell(session, resources, conversation, "bericht.gevaar", now)
        return
    if conversation.state not in BOT_SPEAKS:
        return
    advance(session, conversation, Event.MESSAGE_LEFT, actor="visitor", reason="leaves a message", now=now)
    deadlines.drop(session, conversation.id, deadlines.IDLE)
    _keep_thread(session, resources, conversation, now)
    code = ways_back.new_code(session, resources, conversation, now)
    due = told(rounds.due_from(session, now), now, zone_of(session))
    notices.tell(session, resources, conversation, "bericht.begin", now, code=code, antwoord_voor=due)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)


def give_code(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """Tell a return code for this talk, because the visitor asked for one."""
    code = ways_back.new_code(session, resources, conversation, now)
    notices.tell(session, resources, conversation, "bericht.code", now, code=code)


def wrote(session: Session, resources: Resources, conversation: Conversation, choice: str | None, now: datetime) -> None:
    """Do what a visitor's words in a left message ask for: open a round, or bring a person who is there now."""
    if choice == HUMAN_CHOICE:
        _want_human(session, resources, conversation, now)
    elif choice is None and rounds.open_round(session, conversation.id) is None:
        _next_round(session, resources, conversation, now)


def _next_round(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    if rounds.count(session, conversation.id) >= rounds.MOST:
        notices.tell(session, resources, conversation, "bericht.vol", now)
        return
    row = rounds.begin(session, conversation, now)
    deadlines.drop(session, conversation.id, deadlines.THREAD)
    due = told(row.answer_by, now, zone_of(session))
    notices.tell(session, resources, conversation, "bericht.bewaard", now, antwoord_voor=due)


def _want_human(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """Step to the live queue where somebody may come (the bot says so); else say when that is."""
    facts = facts_of(session, conversation, now)
    if facts.open is False and not facts.staffed:
        notices.tell(session, resources, conversation, "bericht.mens_dicht", now, **facts.values)
        return
    advance(session, conversation, Event.HUMAN_ASKED, actor="visitor", reason="asked in a left message", now=now)


def answer(session: Session, resources: Resources, conversation_id: str, user: User, *, lease: int) -> None:
    """The owner has answered: the thread lies ready for the visitor to come back to. Raises LeaseLost, NotAnswered."""
    now = resources.clock.now()
    conversation = queue.owned(session, conversation_id, user, lease)
    query = select(Claim.first_line_at).where(Claim.conversation_id == conversation_id, Claim.lease == lease)
    if rounds.open_round(session, conversation_id) is None or session.scalar(query) is None:
        raise NotAnswered
    queue.end_claim(session, conversation, "answered", now)
    rounds.end(session, conversation_id, now, user_id=user.id, outcome="answered")
    advance(session, conversation, Event.ANSWERED, actor=f"user:{user.id}", reason="answered", now=now)
    deadlines.drop(session, conversation_id, deadlines.LEASE, deadlines.PROMISE)
    until = _keep_thread(session, resources, conversation, now)
    left = rounds.MOST - rounds.count(session, conversation_id)
    key = "bericht.antwoord" if left else "bericht.antwoord_laatste"
    notices.tell(session, resources, conversation, key, now, naam=user.first_name, tot=told(until, now, zone_of(session)))
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation_id)


def remind(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """An answer is due soon: every workplace shows it. Past its time: the visitor is told the truth, once."""
    row = rounds.open_round(session, conversation.id)
    if row is None:
        return
    if now < row.answer_by:
        row.reminded_at = now
        deadlines.put(session, conversation, deadlines.ANSWER, row.answer_by)
    elif conversation.state == State.LEFT_MESSAGE:
        notices.tell_once(session, resources, conversation, "bericht.laat", now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)


def end_thread(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """Nobody came back: the thread closes, and its words go like those of any closed talk."""
    if conversation.state == State.LEFT_MESSAGE:
        queue.close(session, resources, conversation, actor="clock", reason="nobody came back", now=now)


def _keep_thread(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> datetime:
    until = now + timedelta(days=resources.settings.retention_days)
    deadlines.put(session, conversation, deadlines.THREAD, until)
    return until
