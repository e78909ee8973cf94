"""Whether a child or a teenager is safe at home: asked calmly and once, where the talk is about home or violence."""

from typing import List, Optional

from actions.moves import YES_NO_UNSURE, Move, ask, call_human, crisis, say
from actions.safety import ask_safety
from actions.state import Dialogue, Turn

HOME = "vraag.thuis_veilig"
THEMES = ("gezin", "geweld", "seksueel_geweld")


def asks_home(dialogue: Dialogue, turn: Turn) -> bool:
    """Return whether the question has to be put now; whoever was asked about safety in danger is not asked again."""
    known = HOME in dialogue.asked or "vraag.veilig" in dialogue.asked
    return turn.young and dialogue.theme in THEMES and dialogue.perspective != "professional" and not known


def home_question(dialogue: Dialogue) -> Move:
    """Put the question."""
    dialogue.ask(HOME)
    return ask(HOME, choices=YES_NO_UNSURE)


def home_answer(dialogue: Dialogue, turn: Turn, said: str) -> Optional[List[Move]]:
    """Return the moves for ``ja``, ``nee`` or ``weet_niet``; None where more was told: triage has read that."""
    if said == "nee":
        return [crisis(3, ["kind_onveilig"]), *ask_safety(dialogue, turn)]
    if said == "weet_niet":
        return [say("antwoord.thuis_weet_niet"), call_human("doubt about safety")]
    return [say("antwoord.thuis_veilig")] if said == "ja" else None
