"""A tracker store that forgets: a tracker lives from the beginning of a turn to its end, under an id of that turn alone.

The dialogue state comes in with the call and goes out with the answer (``channel``), so any replica may answer any turn and a
killed server loses nothing.
"""

from typing import Any, Dict, Iterable, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


class ForgetfulTrackerStore(TrackerStore):
    """Holds the trackers of running turns only."""

    def __init__(self, domain: Optional[Domain], event_broker: Optional[EventBroker] = None, **kwargs: Any) -> None:
        """Start empty. Rasa passes settings of its own that do not concern this store."""
        super().__init__(domain, event_broker)
        self._running: Dict[str, DialogueStateTracker] = {}

    def begin(self, turn_id: str, slots: Dict[str, Any]) -> None:
        """Make the tracker of a turn with the slots that were carried in."""
        tracker = self.init_tracker(turn_id)
        for name, value in slots.items():
            tracker.update(SlotSet(name, value))
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        self._running[turn_id] = tracker

    def end(self, turn_id: str) -> Optional[DialogueStateTracker]:
        """Return the tracker of a turn and forget it."""
        return self._running.pop(turn_id, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a tracker until its turn ends; one without a running turn is dropped."""
        if tracker.sender_id in self._running:
            self._running[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """Return the tracker of a running turn."""
        return self._running.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """Return the ids of running turns."""
        return list(self._running)
