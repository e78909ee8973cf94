"""What a turn says of what was asked, offered or understood before: for the count, never in the visitor's words."""

from typing import List, Optional

from actions.answers import says_no, short_answer
from actions.moves import Move, note
from actions.state import Dialogue, Turn

OFFERS = ("vraag.verwijzing",)  # questions whose no refuses what is offered


def notes(dialogue: Dialogue, turn: Turn, pending: Optional[str], theme: Optional[str]) -> List[Move]:
    """Return the notes on a turn. ``pending`` and ``theme``: the question that waited and the theme before it; ``dialogue``: after it.

    A question that still waits was not answered.
    """
    found = []
    if pending and dialogue.pending != pending:
        said = turn.choice or short_answer(turn.text) or "words"
        found.append(note("answered", pending, said))
        if pending in OFFERS and (said == "nee" or says_no(turn.text)):
            found.append(note("refused", pending))
    if turn.act == "correctie" and theme and dialogue.theme != theme:
        found.append(note("corrected", "theme", dialogue.theme or ""))
    return found
