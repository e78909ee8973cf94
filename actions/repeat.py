"""Who comes back: asked once whether it is the same again, then handles for a next step; a new question counts as new."""

import re
from typing import List, Optional

from actions.answers import bare_words
from actions.moves import Move, ask, choice, offer_referrals, say
from actions.state import CRISIS, Dialogue, Turn

OFTEN = 2  # earlier talks about the same theme, from which this one is a repeat question
SAME = "vraag.zelfde"
WHAT_HELPED = "vraag.wat_hielp"
FIRST_WORDS = 1  # messages that told something, in which a visitor says to be back; later *ben er weer* means from the kitchen
BACK = re.compile(
    r" (?:daar ben ik|ik ben er|ben er|hier ben ik|ik ben hier) (?:dan )?weer (?:$|van gisteren|hoor|haha|met)"
    r"| ik (?:was|schreef|chatte|praatte|sprak) hier (?:gisteren|eergisteren|laatst|eerder|vorige (?:week|keer|nacht|maand)"
    r"|al (?:eens|een keer|eerder)) (?:$|ook|al|over)"
)


def back_again(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    """Return what is asked of somebody who comes back; None where nothing is to ask, and always where there is danger."""
    if turn.urgency >= CRISIS or turn.crisis_now or turn.choice is not None:
        return None
    if turn.policy != "off" and SAME not in dialogue.asked and turn.earlier.get(dialogue.theme or "", 0) >= OFTEN:
        dialogue.ask(SAME)
        buttons = [choice("knop.weer_daarover", "ja"), choice("knop.iets_nieuws", "nee")]
        return [ask(SAME, choices=buttons, values={"thema": f"thema.{dialogue.theme}"})]
    first = dialogue.told <= FIRST_WORDS and any(BACK.search(bare_words(part)) for part in re.split(r"[.,!?;]", turn.text))
    if first and WHAT_HELPED not in dialogue.asked and not turn.earlier:
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
