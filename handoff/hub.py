"""Wake-ups inside this process: who listens for news of which conversation, and of the queue. No queries, nothing to lose.

The pump reads the outbox every half second (sooner when a command here has just committed) and sets the listeners' events; each
listener then reads what is new for it. A missed wake-up costs at most half a second.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable

from handoff import outbox
from handoff.db import Database

POLL_SECONDS = 0.5
EVERYTHING = "*"  # listeners to all conversations and the queue


class Listener:
    """One socket's ear: an event, and which conversations changed since it was last taken."""

    def __init__(self) -> None:
        """Starts silent."""
        self.event = asyncio.Event()
        self.changed: set[str] = set()
        self.queue_changed = False

    def take(self) -> tuple[set[str], bool]:
        """Return and forget what changed."""
        changed, queue = self.changed, self.queue_changed
        self.changed, self.queue_changed = set(), False
        self.event.clear()
        return changed, queue


class Hub:
    """Listeners by conversation. All calls come from the event loop."""

    def __init__(self) -> None:
        """Starts without listeners."""
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._hasten = asyncio.Event()
        self.typing: dict[str, float] = {}  # conversation -> loop time until which its owner types

    def listen(self, topic: str) -> Listener:
        """Add a listener for a conversation, or for EVERYTHING."""
        listener = Listener()
        self._listeners[topic].add(listener)
        return listener

    def leave(self, topic: str, listener: Listener) -> None:
        """Remove a listener."""
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]

    def hasten(self) -> None:
        """A command has committed here: look at the outbox now."""
        self._hasten.set()

    def wake(self, conversation_id: str) -> None:
        """Wake the listeners of one conversation without a note (typing)."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.event.set()

    def _tell(self, notes: list[outbox.Note]) -> None:
        for note in notes:
            topics = (note.conversation_id, EVERYTHING) if note.conversation_id else (EVERYTHING,)
            for listener in [one for topic in topics for one in self._listeners.get(topic, ())]:
                if note.topic == outbox.QUEUE:
                    listener.queue_changed = True
                elif note.conversation_id:
                    listener.changed.add(note.conversation_id)
                listener.event.set()

    async def pump(self, database: Database, on_turn: Callable[[str], None]) -> None:
        """Read the outbox for the life of the process; ``on_turn`` gets each conversation in which the bot owes an answer."""
        last = await database.read(outbox.last_note)
        while True:
            self._hasten.clear()
            notes = await database.read(lambda session, after=last: outbox.notes_after(session, after))  # type: ignore[misc]
            if notes:
                last = notes[-1].id
                self._tell(notes)
                for note in notes:
                    if note.topic == outbox.TURN and note.conversation_id:
                        on_turn(note.conversation_id)
                continue
            try:
                await asyncio.wait_for(self._hasten.wait(), POLL_SECONDS)
            except TimeoutError:
                continue
