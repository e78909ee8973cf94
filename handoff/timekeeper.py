"""Carries out deadlines: a lost lease, a broken promise, long silence, the day on which words go."""

import asyncio
from datetime import timedelta

from sqlalchemy.orm import Session

from handoff import deadlines, outbox, queue
from handoff.conversations import lock, recall
from handoff.db import Database
from handoff.errors import UnknownToken
from handoff.hub import Hub
from handoff.models import Conversation
from handoff.resources import Resources
from handoff.states import Event, State
from handoff.transcript import say_as_system

TICK = 1.0  # seconds
FORGET_EVERY = 300  # ticks between clearings of the outbox


def carry_out(session: Session, resources: Resources, row: tuple[int, str, str, int | None]) -> str | None:
    """Take one due deadline and do what it says, together; return the conversation whose key is to be destroyed, if any."""
    deadline_id, conversation_id, kind, lease = row
    now = resources.clock.now()
    if not deadlines.take(session, deadline_id, now):
        return None
    try:
        conversation = lock(session, conversation_id)
    except UnknownToken:
        return None
    if kind == deadlines.RETENTION:
        conversation.erased_at = now
        return conversation_id
    if kind == deadlines.IDLE:
        _close_idle(session, resources, conversation)
    elif conversation.state == State.HUMAN and conversation.lease == lease:
        lost = kind == deadlines.LEASE
        event = Event.LEASE_LOST if lost else Event.PROMISE_BROKEN
        queue.release(
            session, resources, conversation, event, text_key="mens.weg" if lost else "mens.belofte", actor="clock", now=now
        )
    return None


def _close_idle(session: Session, resources: Resources, conversation: Conversation) -> None:
    """End a silent talk with the bot. One that waits for a person stays: nobody in the queue is dropped by a clock."""
    now = resources.clock.now()
    if conversation.state != State.BOT:
        return
    text = resources.texts.say("einde.stil", form=recall(conversation, resources).profile.form)
    say_as_system(session, resources.keys, conversation, text, now)
    queue.close(session, resources, conversation, actor="clock", reason="silence", now=now)


async def keep_time(database: Database, resources: Resources, hub: Hub) -> None:
    """Look for due deadlines every second, for the life of the process."""
    ticks = 0
    while True:
        now = resources.clock.now()
        for row in await database.read(lambda s: deadlines.due(s, now)):
            erase = await database.write(lambda s: carry_out(s, resources, row))
            if erase is not None:
                await asyncio.to_thread(resources.keys.destroy, erase, now + timedelta(0))
            hub.hasten()
        ticks += 1
        if ticks % FORGET_EVERY == 0:
            await database.write(lambda s: outbox.forget_notes(s, now))
        await asyncio.sleep(TICK)
