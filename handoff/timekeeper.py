"""Carries out deadlines: a lost lease, a broken promise, long silence, the day on which words go."""

import asyncio
from functools import partial
from itertools import count

from sqlalchemy.orm import Session

from handoff import closing, deadlines, ladder, left_messages, outbox, queue, ways_back
from handoff.conversations import lock
from handoff.db import Database
from handoff.errors import UnknownToken
from handoff.hub import Hub
from handoff.models import Conversation
from handoff.notices import tell
from handoff.resources import Resources
from handoff.states import Event, State

TICK = 1.0  # seconds
LOOK_EVERY = 15  # ticks between looks at opening hours and at the time of the daily test alarm
FORGET_EVERY = 300  # ticks between clearings of the outbox


def carry_out(session: Session, resources: Resources, row: tuple[int, str, str, int | None]) -> None:
    """Take one due deadline and do what it says, together; nothing where another replica did or it was moved."""
    deadline_id, conversation_id, kind, lease = row
    now = resources.clock.now()
    try:
        # the conversation first, as every command does: the other order meets them in a deadlock on PostgreSQL
        conversation = lock(session, conversation_id)
    except UnknownToken:
        deadlines.take(session, deadline_id, now)
        return
    if not deadlines.take(session, deadline_id, now):
        return
    if kind == deadlines.RETENTION:
        _erase(session, resources, conversation)
    elif kind == deadlines.IDLE:
        _close_idle(session, resources, conversation)
    elif kind == deadlines.LADDER:
        ladder.climb(session, resources, conversation, now)
    elif kind == deadlines.ANSWER:
        left_messages.remind(session, resources, conversation, now)
    elif kind == deadlines.THREAD:
        left_messages.end_thread(session, resources, conversation, now)
    elif conversation.state == State.HUMAN and conversation.lease == lease:
        _take_from_owner(session, resources, conversation, kind)


def _erase(session: Session, resources: Resources, conversation: Conversation) -> None:
    """Destroy the key, then say so: if the second step fails the deadline stays, and destroying again does no harm."""
    now = resources.clock.now()
    resources.keys.destroy(conversation.id, now)
    ways_back.end(session, conversation.id)
    conversation.erased_at = now
    conversation.dialogue_sealed = None


def _take_from_owner(session: Session, resources: Resources, conversation: Conversation, kind: str) -> None:
    lost = kind == deadlines.LEASE
    queue.release(
        session,
        resources,
        conversation,
        Event.LEASE_LOST if lost else Event.PROMISE_BROKEN,
        text_key="mens.weg" if lost else "mens.belofte",
        actor="clock",
        now=resources.clock.now(),
    )


def _close_idle(session: Session, resources: Resources, conversation: Conversation) -> None:
    """End a silent talk with the bot. One that waits for a person stays: nobody in the queue is dropped by a clock."""
    now = resources.clock.now()
    if conversation.state != State.BOT:
        return
    tell(session, resources, conversation, "einde.stil", now)
    queue.close(session, resources, conversation, actor="clock", reason="silence", now=now)


async def _look_at_the_hour(database: Database, resources: Resources, hub: Hub) -> None:
    """Do what the time of day asks: tell those who wait that the line closes, send the day's test alarm."""
    now = resources.clock.now()
    for conversation_id in await database.read(partial(closing.waiting_without_danger, resources=resources, now=now)):
        await database.write(partial(closing.tell, resources=resources, conversation_id=conversation_id))
        hub.hasten()
    if await database.write(partial(ladder.test_if_due, resources=resources, now=now)):
        hub.hasten()


async def keep_time(database: Database, resources: Resources, hub: Hub) -> None:
    """Look for due deadlines every second, for the life of the process."""
    for tick in count(1):
        for row in await database.read(partial(deadlines.due, now=resources.clock.now())):
            await database.write(partial(carry_out, resources=resources, row=row))
            hub.hasten()
        if tick % LOOK_EVERY == 1:
            await _look_at_the_hour(database, resources, hub)
        if tick % FORGET_EVERY == 0:
            await database.write(partial(outbox.forget_notes, now=resources.clock.now()))
        await asyncio.sleep(TICK)
