"""The end of opening hours: who waits without danger is told early, and at closing time gets a choice. A crisis waits on, at any hour."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff import deadlines, events, notices, outbox, rounds
from handoff.conversations import advance, lock
from handoff.facts import Facts, facts_of
from handoff.memory import recall, remember
from handoff.models import Conversation
from handoff.resources import Resources
from handoff.states import Event, State
from handoff.transcript import append
from handoff.triage.reading import CRISIS
from handoff.wire import Body, Choice

CHOICES = (("knop.bericht", "bericht"), ("knop.nu_open", "nu_open"), ("knop.verder_bot", "verder_bot"))


def waiting_without_danger(session: Session, resources: Resources, now: datetime) -> list[str]:
    """Return who has to be told something about closing time; nobody where the line stays open or somebody is still there."""
    facts = facts_of(session, None, now)
    if facts.open is None or not (facts.closes_soon or (not facts.open and not facts.staffed)):
        return []
    query = select(Conversation).where(Conversation.state == State.WAITING, Conversation.urgency < CRISIS)
    return [row.id for row in session.scalars(query) if not (facts.open and _warned(row, resources))]


def tell(session: Session, resources: Resources, conversation_id: str) -> None:
    """Tell one visitor who waits: that the line closes soon, or that it has closed and what can be done now."""
    now = resources.clock.now()
    conversation = lock(session, conversation_id)
    facts = facts_of(session, None, now)
    if conversation.state != State.WAITING or conversation.urgency >= CRISIS:
        return
    if facts.open is False and not facts.staffed:
        _close(session, resources, conversation, facts, now)
    elif facts.closes_soon and not _warned(conversation, resources):
        notices.tell(session, resources, conversation, "open.sluit", now, **facts.values)
        outbox.note(session, now, outbox.CONVERSATION, conversation_id=conversation.id)


def _warned(conversation: Conversation, resources: Resources) -> bool:
    said = recall(conversation, resources).said
    return bool(said.get("open.sluit") or said.get("bot.mens_gevraagd.kort"))  # which says it too


def _close(session: Session, resources: Resources, conversation: Conversation, facts: Facts, now: datetime) -> None:
    """Give the conversation back to the bot, with a choice."""
    if rounds.open_round(session, conversation.id) is not None:
        advance(session, conversation, Event.MESSAGE_LEFT, actor="clock", reason="closing time", now=now)
        notices.tell(session, resources, conversation, "bericht.mens_dicht", now, **facts.values)
        outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)
        return
    memory = recall(conversation, resources)
    advance(session, conversation, Event.LINE_CLOSED, actor="clock", reason="closing time", now=now)
    text = resources.texts.say("open.gesloten", form=memory.profile.form, turn=memory.turn("open.gesloten"), **facts.values)
    labels = [(resources.texts.say(label), value) for label, value in CHOICES]
    choices = [Choice(label=label[:1].upper() + label[1:], value=value) for label, value in labels]
    body = Body(text=text, choices=choices, key="open.gesloten")
    append(session, resources.keys, conversation, body, sender="bot", kind="question", now=now)
    events.said(session, conversation, "question", body, now)
    memory.said.pop("open.sluit", None)  # another evening it is told again
    remember(conversation, resources, memory)
    deadlines.put(session, conversation, deadlines.IDLE, resources.idle_until(now))
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)
