"""The end of a talk: what it was about, what was given, and a kind close."""

from typing import List

from actions.moves import Move, choice, close, say, summarise
from actions.state import Dialogue, Turn

WORTH_TELLING = 2  # messages that told something, from which a summary says more than the talk itself


def farewell(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Return the end of an ordinary talk; a summary first where there is something to sum up."""
    summary = []
    if dialogue.theme is not None and dialogue.told >= WORTH_TELLING:
        summary = [summarise(dialogue.theme, step=bool(dialogue.helped))]
    offers = {False: [choice("knop.onthoud", "onthoud")], True: [choice("knop.vergeet", "vergeet")], None: []}
    return [*summary, say("bot.afscheid", choices=offers[turn.remembered]), close()]
