"""Somebody who is touched by a broadcast or the news: calm words, nothing that digs, something for now, an offer of a listening ear."""

import re
from typing import List, Optional

from actions.answers import bare_words
from actions.moves import YES_NO, Move, ask, offer_referrals, say
from actions.perspective import listen
from actions.state import Dialogue

EAR = "vraag.luisterend_oor"
STEP = "zelfhulp.zingeving.media"
SENT = (
    r" (?:uitzending|aflevering|reportage|documentaire|docu|journaal|tv programma|televisieprogramma|podcast|op (?:de )?tv|op televisie"
    r"|(?:op|in|naar|van|over|door) het nieuws) "
)
TOUCHED = (
    r" (?:raakt?e?|geraakt|van slag|van streek|overstuur|sindsdien|sinds (?:die|de|dat)|herinner\w*|opgerakeld|oprakel\w*|misselijk|tril\w*"
    r"|(?:kwam|komt|komen|haalt?|haalde)(?: \w+){0,5} (?:boven|terug|los|naar boven|binnen)"
    r"|blijf\w*|niet (?:meer )?(?:los|loslaten|slapen|stoppen)|huil\w*|gehuild|beelden|hakt\w*|grijpt\w*|door me heen) "
)


def touched(text: str) -> bool:
    """Return whether a message tells that something seen or heard on air has touched the visitor."""
    words = bare_words(text)
    return bool(re.search(SENT, words) and re.search(TOUCHED, words))


def notice(dialogue: Dialogue, text: str) -> None:
    """Remember that the rest of the talk stays calm, once the theme or the words tell of a broadcast."""
    if (dialogue.theme, dialogue.sub) == ("zingeving", "media") or touched(text):
        dialogue.soothe = dialogue.perspective in (None, "zelf")
    if dialogue.soothe and dialogue.theme is None:
        dialogue.theme, dialogue.sub = "zingeving", "media"


def soothe(dialogue: Dialogue, heard: List[Move]) -> List[Move]:
    """Return the next step: something for now and the offer of an ear, once; after that only room to go on."""
    if EAR in dialogue.asked:
        return [*(heard or [listen(dialogue)])]
    dialogue.helped.append(f"zelfhulp.{dialogue.theme}")
    dialogue.ask(EAR)
    return [*heard, say(STEP, kind="self_help"), ask(EAR, choices=YES_NO)]


def ear_answer(dialogue: Dialogue, said: str) -> Optional[List[Move]]:
    """Return who listens now for a yes, room to stay for a no, None where more was told."""
    if said == "ja":
        dialogue.referred = True
        return [offer_referrals(dialogue.theme, dialogue.sub, dialogue.perspective, now=True), listen(dialogue)]
    return [listen(dialogue)] if said in ("nee", "weet_niet") else None
