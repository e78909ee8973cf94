"""For whom somebody writes decides how they are asked: about themselves, about the other, or about a contact at work."""

from typing import List

from actions.moves import Move, say
from actions.state import Dialogue


def told_of(dialogue: Dialogue, key: str) -> List[str]:
    """Return the keys of a text, first the one for this perspective; the content has it only where the plain words would be wrong."""
    other = dialogue.perspective in ("naaste", "professional")
    return [f"{key}.{dialogue.perspective}", key] if other else [key]


def listen(dialogue: Dialogue) -> Move:
    """Say that the visitor can go on; calmly and without a question where a broadcast was too much."""
    if dialogue.soothe:
        return say("bot.luister.rustig")
    return say(*told_of(dialogue, "bot.luister"))
