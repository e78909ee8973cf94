"""The end of a talk: what it was about, what was given, and a kind close."""

from typing import List

from actions.moves import Move, close, say, summarise
from actions.state import Dialogue

WORTH_TELLING = 2  # messages that told something, from which a summary says more than the talk itself


def farewell(dialogue: Dialogue) -> List[Move]:
    """Return the end of an ordinary talk; a summary first where there is something to sum up."""
    summary = []
    if dialogue.theme is not None and dialogue.told >= WORTH_TELLING:
        summary = [summarise(dialogue.theme, step=bool(dialogue.helped))]
    return [*summary, say("bot.afscheid"), close()]
