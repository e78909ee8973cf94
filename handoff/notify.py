"""Rings on-call channels: alarms that a rung of the ladder left behind, sent by whichever replica holds them. No words, no theme.

The addresses are secrets of the settings; they stand in no table and no log. A channel that cannot be reached makes the ladder climb
at once.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial

import apprise
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from handoff import deadlines, outbox
from handoff.db import Database
from handoff.hub import Hub
from handoff.models import Alert, Conversation
from handoff.resources import Resources
from handoff.states import State
from handoff.steps import CALL

log = logging.getLogger("nachtlicht.notify")
logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it names addresses

TICK = 1.0  # seconds between looks for alarms to send
HOLD = timedelta(seconds=40)  # a replica that died while it sent one loses it after this
TRIES, PATIENCE = 2, 12.0  # attempts, and seconds of each


def hold_next(session: Session, now: datetime) -> tuple[int, str, bool] | None:
    """Hold the oldest alarm that has to be sent; return its number, its channel and whether it is a test."""
    free = or_(Alert.held_until.is_(None), Alert.held_until <= now)
    unsent = (Alert.means == CALL, Alert.sent_at.is_(None), Alert.failed_at.is_(None), free)
    row = session.scalars(select(Alert).where(*unsent).order_by(Alert.id).limit(1)).first()
    if row is None:
        return None
    held = session.execute(update(Alert).where(Alert.id == row.id, *unsent).values(held_until=now + HOLD))
    return (row.id, row.channel, row.conversation_id is None) if held.rowcount == 1 else None  # type: ignore[attr-defined]


def note_sent(session: Session, alert_id: int, *, reached: bool, now: datetime) -> None:
    """Keep whether an alarm went out; where it did not, the ladder climbs now."""
    alert = session.get_one(Alert, alert_id)
    if reached:
        alert.sent_at = now
    else:
        alert.failed_at = now
        conversation = session.get(Conversation, alert.conversation_id) if alert.conversation_id else None
        if conversation is not None and conversation.state == State.WAITING:
            deadlines.put(session, conversation, deadlines.LADDER, now)
    outbox.note(session, now, outbox.QUEUE)


def send(addresses: list[str], words: str) -> bool:
    """Send to every address of a channel; return whether at least one took it. Blocks."""
    reached = False
    for address in addresses:
        sender = apprise.Apprise()
        reached = bool(sender.add(address) and sender.notify(body=words)) or reached
    return reached


async def ring(database: Database, resources: Resources, hub: Hub) -> None:
    """Send what has to be sent, for the life of the process."""
    while True:
        held = await database.write(partial(hold_next, now=resources.clock.now()))
        if held is None:
            await asyncio.sleep(TICK)
            continue
        alert_id, channel, test = held
        reached = await _tried(resources, channel, test=test)
        if not reached:
            log.warning("the on-call channel %s could not be reached", channel)
        await database.write(partial(note_sent, alert_id=alert_id, reached=reached, now=resources.clock.now()))
        hub.hasten()


async def _tried(resources: Resources, channel: str, *, test: bool) -> bool:
    origin = resources.settings.public_origin  # without it an alarm has no link: a guessed one may lead nowhere
    place = f"{origin}/werkplek" if origin else ""
    words = resources.texts.say("oproep.proef" if test else "oproep.alarm", lijn=resources.settings.line_name, plek=place).strip()
    addresses = resources.settings.oncall_channels().get(channel, [])
    for _ in range(TRIES if addresses else 0):
        try:
            if await asyncio.wait_for(asyncio.to_thread(send, addresses, words), PATIENCE):
                return True
        except TimeoutError:
            continue
    return False
