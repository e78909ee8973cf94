"""Who comes back: asked once whether it is the same again, then handles for a next step; a new question counts as new."""

import re
from typing import List, Optional

from actions.moves import Move, ask, choice, offer_referrals, say
from actions.state import CRISIS, Dialogue, Turn

OFTEN = 2  # earlier talks about the same theme, from which this one is a repeat question
SAME = "vraag.zelfde"
WHAT_HELPED = "vraag.wat_hielp"
BACK = re.compile(
    r"\b(?:daar ben ik weer|ben ik weer|ik ben er weer|ik was hier (?:gisteren|laatst|vorige|eerder|al)|net als (?:gisteren|vorige keer)"
    r"|weet je nog|van gisteren)\b",
    re.IGNORECASE,
)


def back_again(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    """Return what is asked of somebody who comes back; None where nothing is to ask, and always where there is danger."""
    if turn.urgency >= CRISIS or turn.crisis_now or turn.choice is not None:
        return None
    if turn.policy != "off" and SAME not in dialogue.asked and turn.earlier.get(dialogue.theme or "", 0) >= OFTEN:
        dialogue.ask(SAME)
        buttons = [choice("knop.weer_daarover", "ja"), choice("knop.iets_nieuws", "nee")]
        return [ask(SAME, choices=buttons, values={"thema": f"thema.{dialogue.theme}"})]
    if BACK.search(turn.text) and WHAT_HELPED not in dialogue.asked and not turn.earlier:
        dialogue.ask(WHAT_HELPED)
        return [ask(WHAT_HELPED)]
    return None


def same_again(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Return what somebody gets who asks the same again: handles, kindly; or, where the line is strict, who can listen for longer."""
    if turn.policy == "strict":
        dialogue.referred, dialogue.phase = True, "round_off"
        return [say("herhaal.streng"), offer_referrals("sociaal", "eenzaamheid", dialogue.perspective)]
    dialogue.phase = "goal"
    dialogue.ask("vraag.doel")
    buttons = [choice("knop.tips", "doel:tips"), choice("knop.hulp", "doel:hulp"), choice("knop.mens", "mens")]
    return [say("herhaal.vriendelijk", choices=buttons, kind="question")]
