"""Runs the bot's turns: a task per conversation, one message at a time and in order, apart from any socket.

Nothing here holds a transaction while it waits for the bot.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from handoff import turns
from handoff.bot_client import BotClient
from handoff.db import Database
from handoff.errors import BotUnavailable
from handoff.hub import Hub
from handoff.render import Renderer
from handoff.resources import Resources

log = logging.getLogger("nachtlicht.answering")

T = TypeVar("T")
WAKE_RETRY = 1.0  # seconds between attempts while the bot wakes up
STORE_RETRY = 0.5  # seconds between attempts to store what the bot said
SWEEP = 5.0  # seconds between looks for turns that another replica or a crash left behind


class Answering:
    """Starts and ends the tasks that answer."""

    def __init__(self, database: Database, resources: Resources, bot: BotClient, hub: Hub) -> None:
        """Owned by the service's lifespan."""
        self._database = database
        self._resources = resources
        self._bot = bot
        self._hub = hub
        self._renderer = Renderer(resources.texts, resources.directory, resources.settings.line_name)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self.busy: set[str] = set()  # conversations whose message is with the bot now

    def start(self, conversation_id: str) -> None:
        """Answer what waits in a conversation; a call while it runs makes it look once more."""
        if conversation_id in self._running:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._answer_all(conversation_id))
        self._running[conversation_id] = task
        task.add_done_callback(lambda done: self._ended(conversation_id, done))

    def _ended(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        self._running.pop(conversation_id, None)
        if conversation_id in self.busy:  # it failed: its sign of reading goes too
            self.busy.discard(conversation_id)
            self._hub.wake(conversation_id)
        if not task.cancelled() and (error := task.exception()):
            # the type alone: an error's text may carry a visitor's words
            log.error("a turn ended with %s; it is tried again", type(error).__name__)
        if conversation_id in self._again and not task.cancelled():
            self._again.discard(conversation_id)
            self.start(conversation_id)

    async def sweep(self) -> None:
        """Find unanswered messages again and again: after a restart at once, then every few seconds."""
        while True:
            for conversation_id in await self._database.read(turns.open_conversations):
                if conversation_id not in self._running:
                    self.start(conversation_id)
            await asyncio.sleep(SWEEP)

    async def close(self) -> None:
        """End all tasks; what they had in hand stays in the table."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer_all(self, conversation_id: str) -> None:
        while True:
            due = await self._database.write(lambda s: turns.hold_next(s, self._resources, conversation_id))
            if due is None:
                return
            if self._bot.waking and not await self._bot.ready():
                await self._database.write(lambda s, due=due: turns.tell_waking(s, self._resources, due))  # type: ignore[misc]
                self._hub.hasten()
                await asyncio.sleep(WAKE_RETRY)
                continue
            self.busy.add(conversation_id)
            self._hub.wake(conversation_id)
            await self._answer(due)
            self.busy.discard(conversation_id)
            self._hub.hasten()
            self._hub.wake(conversation_id)

    async def _answer(self, due: turns.Due) -> None:
        """Answer one message, or say that the bot cannot."""
        until = time.monotonic() + turns.HOLD.total_seconds()
        try:
            answer = await self._bot.reply(due.turn)
            await self._store(lambda s: turns.store_answer(s, self._resources, self._renderer, due, answer), until)
        except (BotUnavailable, LookupError, TypeError, ValueError, AttributeError, DataError, IntegrityError) as error:
            # an answer that cannot be carried out is no answer: better an apology and a person than silence
            log.warning("no answer of the bot: %s", error.code if isinstance(error, BotUnavailable) else type(error).__name__)
            await self._store(lambda s: turns.store_failure(s, self._resources, due), until)

    async def _store(self, command: Callable[[Session], T], until: float) -> T:
        """Store what is in hand as soon as the database takes it; after ``until`` the message is free, and is asked again."""
        while True:
            try:
                return await self._database.write(command)
            except OperationalError as error:
                if time.monotonic() >= until:
                    raise
                log.warning("an answer could not be stored (%s); it is tried again", type(error).__name__)
            await asyncio.sleep(STORE_RETRY)


async def forever(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Run endless work again when it fails; a fault is logged by its type and does not end the service."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a background loop must outlive any fault, and says so
            log.error("%s failed with %s; it starts again", name, type(error).__name__)
            await asyncio.sleep(1.0)
