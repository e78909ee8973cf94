"""What the service remembers of a dialogue between turns: sealed in the conversation, carried to the bot where the bot needs it."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from handoff.languages import Spoken
from handoff.models import Conversation
from handoff.resources import Resources
from handoff.visitor_profile import Profile


@dataclass(slots=True)
class Memory:
    """``bot``: the bot's own state, opaque here; ``said``: how often each text was used; ``referred`` and ``refused``: entry ids."""

    bot: dict[str, Any] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    said: dict[str, int] = field(default_factory=dict)
    referred: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    faint: bool = False  # a faint sign of suicide was read before, and nothing was asked yet
    went_on: bool = False  # the visitor chose *het gaat, ik wil verder*
    spoken: Spoken = field(default_factory=Spoken)

    def turn(self, key: str) -> int:
        """Return how often ``key`` was said, and count this time."""
        count = self.said.get(key, 0)
        self.said[key] = count + 1
        return count

    def dump(self) -> str:
        """Return the memory as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def recall(conversation: Conversation, resources: Resources) -> Memory:
    """Return what is remembered of a dialogue; a fresh memory at its beginning."""
    sealed = conversation.dialogue_sealed
    return load_memory(resources.keys.open(conversation.id, sealed) if sealed else None)


def remember(conversation: Conversation, resources: Resources, memory: Memory) -> None:
    """Keep what is remembered of a dialogue, sealed."""
    conversation.dialogue_sealed = resources.keys.seal(conversation.id, memory.dump())


def load_memory(words: str | None) -> Memory:
    """Return the memory from JSON; a fresh one for None."""
    if words is None:
        return Memory()
    data = json.loads(words)
    return Memory(**{**data, "profile": Profile(**data["profile"]), "spoken": Spoken(**data.get("spoken", {}))})
