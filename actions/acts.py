"""Acts of dialogue that need no theme: greeting, thanks, *ben je een mens*, who reads this, rude words, other languages ..."""

from typing import Callable, Dict, List, Optional

from actions.abroad import asks_for_human_abroad
from actions.answers import asks_for_human, short_answer
from actions.ending import farewell
from actions.moves import YES_NO, Move, ask, call_human, choice, say
from actions.state import CRISIS, Dialogue, Turn

RUDE_LIMIT = 3  # after this many rude messages a person is offered


def answer_act(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    """Return the moves for an act that stands by itself; None where the message tells something or answers a question."""
    if turn.choice is not None or not turn.sure_act or (dialogue.pending and short_answer(turn.text)):
        return None
    handler = HANDLERS.get(turn.act)
    return handler(dialogue, turn) if handler else None


def wants_human(turn: Turn) -> bool:
    """Return whether this message asks for a person, by a button, as the classifier reads it, or in plain words."""
    asked = turn.choice is None and (asks_for_human(turn.text) or asks_for_human_abroad(turn))
    return turn.choice == "mens" or (turn.act == "mens" and turn.sure_act) or asked


def want_human(turn: Turn) -> List[Move]:
    """Bring a person, and say what is true about people now; in closed hours, without danger, what can be done instead."""
    if turn.open is False and not turn.people and turn.urgency < CRISIS and not turn.crisis_now:
        buttons = [choice("knop.bericht", "bericht"), choice("knop.nu_open", "nu_open"), choice("knop.verder_bot", "verder_bot")]
        return [*([say(f"taal.dicht.{turn.language}")] if turn.language else []), say("open.mens_gevraagd", choices=buttons)]
    if turn.language:
        return [call_human("asked"), say(f"taal.wacht.{turn.language}")]
    return [call_human("asked"), say("bot.mens_gevraagd" if turn.people else "bot.mens_gevraagd_dicht")]


def _simple(key: str) -> Callable[[Dialogue, Turn], List[Move]]:
    return lambda dialogue, turn: [say(key)]


def _greet(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    return [say("bot.groet")] if turn.words <= 6 else None


def _thanks(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    if turn.words > 10:
        return None
    if dialogue.phase in ("work", "round_off"):
        dialogue.phase = "round_off"
        dialogue.ask("vraag.nog_iets")
        return [say("bot.graag"), ask("vraag.nog_iets", choices=YES_NO)]
    return [say("bot.graag")]


def _stop(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    if turn.words > 12:
        return None
    dialogue.phase, dialogue.pending = "round_off", None
    return farewell(dialogue, turn)


def _rude(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    """House rules, calmly; somebody who tells something beneath the anger is heard instead."""
    if turn.theme not in ("geen", None) and turn.sure_theme:
        return None
    dialogue.rude += 1
    buttons = [choice("knop.mens", "mens")] if dialogue.rude >= RUDE_LIMIT else []
    return [say("bot.huisregels", choices=buttons)]


def _no_answer_pending(key: str) -> Callable[[Dialogue, Turn], Optional[List[Move]]]:
    return lambda dialogue, turn: None if dialogue.pending or turn.words > 8 else [say(key)]


HANDLERS: Dict[str, Callable[[Dialogue, Turn], Optional[List[Move]]]] = {
    "begroeting": _greet,
    "dank": _thanks,
    "stop": _stop,
    "ben_je_mens": _simple("bot.ben_je_mens"),
    "wie_leest": _simple("bot.wie_leest"),
    "vraag_dienst": _simple("bot.dienst"),
    "praatje": _no_answer_pending("bot.groet"),
    "grof": _rude,
    "andere_taal": _simple("bot.andere_taal"),
    "niet_serieus": _no_answer_pending("bot.niet_serieus"),
}
