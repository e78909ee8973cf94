"""The two grave questions: whether somebody thinks of suicide, and whether they are safe now."""

from typing import List

from actions.moves import YES_NO_UNSURE, Move, ask
from actions.perspective import told_of
from actions.state import Dialogue, Turn

ASK_SUICIDE = "vraag.zelfmoord"


def ask_directly(dialogue: Dialogue) -> Move:
    """Put the direct question, of whoever it is about."""
    dialogue.ask(ASK_SUICIDE)
    return ask(*told_of(dialogue, ASK_SUICIDE), choices=YES_NO_UNSURE)


def ask_safety(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Ask whether the visitor, or the other, is safe now."""
    dialogue.ask("vraag.veilig")
    key = "vraag.ander_veilig" if (dialogue.perspective or turn.perspective) in ("naaste", "professional") else "vraag.veilig"
    return [ask(key, choices=YES_NO_UNSURE)]
