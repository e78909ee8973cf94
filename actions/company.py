"""While a person is awaited the bot keeps company, with a small set of moves: stay, safe now, what happens next, numbers, breath."""

from typing import Dict, List

from actions.answers import asked_goal, short_answer
from actions.moves import Move, ask, choice, crisis, offer_referrals, say
from actions.state import CRISIS, Dialogue, Turn

ROUND = ("wacht.blijf", "wacht.vertel", "wacht.blijf", "wacht.straks", "wacht.blijf", "wacht.duurt", "wacht.blijf", "wacht.nummers")


def keep_company(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Return the moves of one turn in a wait. The first asks about safety where there is danger; none repeats a text."""
    asked_for = {"nummers": "wacht.nummers", "adem": "wacht.adem", "verder": "wacht.verder"}.get(turn.choice or "")
    if asked_for:
        return [say(asked_for)]
    if dialogue.pending == "vraag.veilig":
        return _safe_answer(dialogue, turn)
    dialogue.company += 1
    if turn.urgency >= CRISIS and "vraag.veilig" not in dialogue.asked:
        return ask_safety(dialogue, turn)
    if turn.act == "ben_je_mens" and turn.sure_act:
        return [say("bot.ben_je_mens")]
    if turn.act == "wie_leest" and turn.sure_act:
        return [say("bot.wie_leest")]
    if asked_goal(turn.text) == "hulp" and not dialogue.referred and not turn.crisis_now:
        dialogue.referred = True
        return [offer_referrals(dialogue.theme, dialogue.sub, dialogue.perspective, now=True)]
    return [say(ROUND[(dialogue.company - 1) % len(ROUND)], choices=_buttons(dialogue, turn))]


def ask_safety(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Ask whether the visitor, or the other, is safe now."""
    dialogue.ask("vraag.veilig")
    key = "vraag.ander_veilig" if (dialogue.perspective or turn.perspective) in ("naaste", "professional") else "vraag.veilig"
    return [ask(key, choices=[choice("knop.ja", "ja"), choice("knop.nee", "nee"), choice("knop.weet_niet", "weet_niet")])]


def _safe_answer(dialogue: Dialogue, turn: Turn) -> List[Move]:
    dialogue.pending = None
    answer = turn.choice or short_answer(turn.text) or turn.act
    if answer == "nee":
        return [crisis(4, []), say("wacht.veilig_nee")]
    if answer == "ja" and not turn.crisis_now:
        return [say("wacht.veilig_ja", choices=_buttons(dialogue, turn))]
    return [say("wacht.blijf", choices=_buttons(dialogue, turn))]


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
