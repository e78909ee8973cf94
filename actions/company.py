"""While a person is awaited the bot keeps company, with a small set of moves: stay, safe now, what happens next, numbers, breath."""

from typing import Dict, List, Optional

from actions.answers import asked_goal, short_answer
from actions.attempts import METHODS, attempt
from actions.moves import Move, choice, crisis, offer_referrals, say
from actions.questions import question_asked
from actions.safety import ask_safety
from actions.state import CRISIS, Dialogue, Turn

ROUND = ("wacht.blijf", "wacht.vertel", "wacht.blijf", "wacht.straks", "wacht.blijf", "wacht.duurt", "wacht.blijf", "wacht.nummers")

DANGER, DANGER_TEXTS = "wacht.gevaar", 4  # what is said when danger is told again, and how many texts there are for it


def keep_company(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Return the moves of one turn in a wait. The first asks about safety where there is danger; none repeats a text."""
    asked_for = {"nummers": "wacht.nummers", "adem": "wacht.adem", "verder": "wacht.verder"}.get(turn.choice or "")
    if asked_for:
        return [say(asked_for)]
    if dialogue.pending == "vraag.veilig":
        return _safe_answer(dialogue, turn)
    dialogue.company += 1
    if turn.crisis_now and "vraag.veilig" in dialogue.asked and (again := _danger_again(dialogue, turn)):
        return [again]
    if turn.urgency >= CRISIS and "vraag.veilig" not in dialogue.asked:
        return ask_safety(dialogue, turn)
    if turn.act == "ben_je_mens" and turn.sure_act:
        return [say("bot.ben_je_mens")]
    if turn.act == "wie_leest" and turn.sure_act:
        return [say("bot.wie_leest")]
    if not turn.crisis_now and (key := answer_in_a_wait(turn)):
        return [say(key)]
    if asked_goal(turn.text) == "tips" and turn.urgency >= CRISIS and (again := _danger_again(dialogue, turn)):
        return [again]
    if asked_goal(turn.text) == "hulp" and not dialogue.referred and not turn.crisis_now:
        dialogue.referred = True
        return [offer_referrals(dialogue.theme, dialogue.sub, dialogue.perspective, now=True)]
    return [say(ROUND[(dialogue.company - 1) % len(ROUND)], choices=_buttons(dialogue, turn))]


def answer_in_a_wait(turn: Turn) -> Optional[str]:
    """Return the key of what is answered to a question or an attempt, which a wait does not leave without an answer."""
    found = attempt(turn.text) if turn.choice is None else None
    return "bot.geen_middelen" if found == METHODS else found or question_asked(turn)


def _safe_answer(dialogue: Dialogue, turn: Turn) -> List[Move]:
    dialogue.pending = None
    answer = turn.choice or short_answer(turn.text) or turn.act
    if answer == "nee":
        return [crisis(4, []), say("wacht.veilig_nee")]
    if answer == "ja" and not turn.crisis_now:
        return [say("wacht.veilig_ja", choices=_buttons(dialogue, turn))]
    if turn.crisis_now and (again := _danger_again(dialogue, turn)):
        return [again]
    return [say("wacht.blijf", choices=_buttons(dialogue, turn))]


def _danger_again(dialogue: Dialogue, turn: Turn) -> Optional[Move]:
    """Answer danger that is told while a person is awaited: noticed, with numbers, and what to do this minute; None once all was said."""
    if dialogue.heard.count(DANGER) >= DANGER_TEXTS:
        return None
    dialogue.heard.append(DANGER)
    other = (dialogue.perspective or turn.perspective) in ("naaste", "professional")
    return say(f"{DANGER}_ander" if other else DANGER, choices=[choice("knop.nummers", "nummers")])


def _buttons(dialogue: Dialogue, turn: Turn) -> List[Dict[str, str]]:
    """Offer the small moves now and then, and *het gaat, ik wil verder* once somebody is calm enough to be asked."""
    if dialogue.company % 3 != 1 and dialogue.company > 0:
        return []
    buttons = [choice("knop.nummers", "nummers"), choice("knop.adem", "adem")]
    if turn.urgency < CRISIS and not turn.crisis_now:
        buttons.append(choice("knop.bericht", "bericht"))
    if turn.urgency >= CRISIS and not turn.crisis_now:
        buttons.append(choice("knop.verder", "verder"))
    return buttons
