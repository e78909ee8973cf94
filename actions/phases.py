"""The talk itself: clarify, goal, work out, round off. Short turns, one question at a time, never the same question twice."""

from typing import List, Optional

from actions.acts import want_human
from actions.answers import SHORT, asked_goal, clear_yes, says_no, short_answer, short_goal, thanks
from actions.at_home import HOME, asks_home, home_answer, home_question
from actions.broadcast import EAR, ear_answer, notice, soothe
from actions.ending import farewell
from actions.moves import YES_NO, Move, ask, call_human, choice, crisis, offer_referrals, say
from actions.perspective import listen, told_of
from actions.questions import answer_of_sub_theme
from actions.repeat import SAME, back_again, same_again
from actions.safety import ASK_SUICIDE, ask_directly, ask_safety
from actions.state import Dialogue, Turn

SWITCH_WORDS, SWITCH_SURE = 6, 0.6  # words, and probability of the theme, that change a theme which was known
FULL_WEIGHT = 10  # words of a message that counts fully for the theme of the talk
CLEARLY_MORE = 0.15  # how much more evidence another theme needs
OPEN_TELLS = 2  # what is told before the bot asks what would help


def talk(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Return the moves for a message that tells or answers."""
    pending, dialogue.pending = dialogue.pending, None
    learn(dialogue, turn, pending)
    notice(dialogue, turn.text)
    if (answered := _answer(dialogue, turn, pending)) is not None:
        return answered
    if turn.doubt and ASK_SUICIDE not in dialogue.asked:
        return [*_heard(dialogue), ask_directly(dialogue)]
    return _go_on(dialogue, turn)


def answer_first(dialogue: Dialogue, turn: Turn, key: str) -> List[Move]:
    """Return a fixed answer to what was asked, and after it the talk goes on: what was pending still is, else the next question."""
    dialogue.answered.append(key)
    waiting = dialogue.pending
    learn(dialogue, turn, waiting)
    near = turn.doubt or (turn.sure_theme and turn.theme == "suicide")  # *hoeveel mag ik nemen* may be asked for another reason
    if near and ASK_SUICIDE not in dialogue.asked:
        return [say(key), ask_directly(dialogue)]
    if waiting:
        return [say(key)]
    if asks_home(dialogue, turn):
        return [say(key), home_question(dialogue)]
    if dialogue.theme is not None and not dialogue.soothe and "vraag.doel" not in dialogue.asked:
        return [say(key), _ask_goal(dialogue)]
    return [say(key), *_more(dialogue)]


def _more(dialogue: Dialogue) -> List[Move]:
    """Ask once whether there is something else."""
    if "vraag.nog_iets" in dialogue.asked:
        return []
    dialogue.ask("vraag.nog_iets")
    return [ask("vraag.nog_iets", choices=YES_NO)]


def _go_on(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Answer what was asked in passing, else take the next step of the talk; a child is asked about home before either."""
    if asks_home(dialogue, turn):
        return [*_heard(dialogue), home_question(dialogue)]
    if (goal := _asked(dialogue, turn)) is not None:
        return [*_heard(dialogue), *_toward(dialogue, goal)]
    return _next(dialogue, turn)


def _asked(dialogue: Dialogue, turn: Turn) -> Optional[str]:
    """Return what a message asks for in passing, where the subject is known and it was not given yet."""
    if dialogue.theme is None or turn.choice is not None:
        return None
    goal = asked_goal(turn.text)
    given = dialogue.referred if goal == "hulp" else f"zelfhulp.{dialogue.theme}" in dialogue.helped
    return None if given else goal


def learn(dialogue: Dialogue, turn: Turn, pending: Optional[str]) -> None:
    """Take over theme, sub theme and perspective where the message makes them clear; a tapped theme counts as said."""
    kind, _, value = (turn.choice or "").partition(":")
    if kind == "thema" and value:
        dialogue.theme, dialogue.sub, dialogue.chosen = value, turn.sub if turn.theme == value else None, True
    elif turn.theme not in (None, "geen") and _theme_counts(dialogue, turn, pending):
        dialogue.theme, dialogue.sub = turn.theme, turn.sub
    if turn.choice is None and turn.words > 2:
        _weigh(dialogue, turn)
    if kind == "perspectief":
        dialogue.perspective = value
    elif turn.sure_perspective and turn.words > 3 and _perspective_counts(dialogue):
        dialogue.perspective = turn.perspective
    if turn.choice is None and turn.words > 2:
        dialogue.told += 1


def _weigh(dialogue: Dialogue, turn: Turn) -> None:
    """Add what a message says of the theme; the talk is about what all messages together say, unless the visitor named it."""
    weight = min(turn.words, FULL_WEIGHT) / FULL_WEIGHT
    asking = asked_goal(turn.text) is not None  # *waar kan ik terecht* asks for help with something else
    for name, probability in turn.scores:
        if name != "geen" and not (name == "hulp" and asking):
            dialogue.evidence[name] = round(dialogue.evidence.get(name, 0.0) + weight * probability, 4)
    if dialogue.theme is None or dialogue.chosen or not dialogue.evidence:
        return
    best = max(dialogue.evidence, key=lambda name: dialogue.evidence[name])
    if best != dialogue.theme and dialogue.evidence[best] > dialogue.evidence.get(dialogue.theme, 0.0) + CLEARLY_MORE:
        dialogue.theme, dialogue.sub = best, turn.sub if turn.theme == best else None


def _perspective_counts(dialogue: Dialogue) -> bool:
    """Return whether a message tells for whom it is: worry about another may come after a first word about oneself, not the reverse."""
    told = "vraag.perspectief" in dialogue.asked and dialogue.perspective is not None
    return dialogue.perspective is None or (dialogue.perspective == "zelf" and not told)


def _theme_counts(dialogue: Dialogue, turn: Turn, pending: Optional[str]) -> bool:
    """Return whether a message tells a theme: clearly at first; to change a known one it must say much, and be clear."""
    if dialogue.theme is None:
        return turn.sure_theme or pending == "vraag.thema"
    if turn.theme == "hulp" and asked_goal(turn.text):
        return False
    tells = turn.words >= SWITCH_WORDS and turn.confidence >= SWITCH_SURE
    return (turn.sure_theme and tells) or (turn.act == "correctie" and turn.sure_theme)


def _answer(dialogue: Dialogue, turn: Turn, pending: Optional[str]) -> Optional[List[Move]]:
    """Return the moves that answer a question which was pending, where the answer decides them."""
    said = turn.choice or short_answer(turn.text) or (turn.act if turn.words <= SHORT else "")
    kind, _, value = (turn.choice or "").partition(":")
    goal = value if kind == "doel" else _typed_goal(dialogue, turn, pending)
    if goal == "mens":
        return want_human(turn)
    if goal:
        return _toward(dialogue, goal)
    if pending == ASK_SUICIDE:
        return _suicide_answer(dialogue, turn, said)
    if pending == SAME and said in ("ja", "nee"):
        return same_again(dialogue, turn) if said == "ja" else _go_on(dialogue, turn)
    if pending == HOME and (moves := home_answer(dialogue, turn, said)) is not None:
        return moves if said != "ja" else [*moves, *_go_on(dialogue, turn)]
    if pending == EAR and (moves := ear_answer(dialogue, said)) is not None:
        return moves
    if pending == "vraag.geholpen" and said in ("ja", "nee", "weet_niet"):
        return _after_step(dialogue, turn)
    if pending == "vraag.verwijzing":
        return _referral_answer(dialogue, turn, said)
    if pending == "vraag.nog_iets" and thanks(turn.text):
        return [say("bot.graag"), *farewell(dialogue, turn)]
    if pending == "vraag.nog_iets" and said in ("ja", "nee"):
        return [listen(dialogue)] if said == "ja" else farewell(dialogue, turn)
    return None


def _typed_goal(dialogue: Dialogue, turn: Turn, pending: Optional[str]) -> Optional[str]:
    """Return the goal that a short message names; a step or a place to go may be asked for after a detour too."""
    goal = short_goal(turn.text)
    if pending == "vraag.doel":
        return goal
    other = {None: ("hulp", "tips"), "vraag.verwijzing": ("tips",)}
    return goal if dialogue.phase == "goal" and goal in other.get(pending, ()) else None


def _suicide_answer(dialogue: Dialogue, turn: Turn, said: str) -> List[Move]:
    if turn.choice == "ja" or (turn.choice is None and clear_yes(turn.text)):
        return [crisis(3, ["suicidaliteit"]), *ask_safety(dialogue, turn)]
    if said == "nee":
        return [say("antwoord.zelfmoord_nee"), *_go_on(dialogue, turn)]
    if said == "weet_niet":
        return [say("antwoord.zelfmoord_weet_niet"), call_human("doubt about safety")]
    return _go_on(dialogue, turn)


def _referral_answer(dialogue: Dialogue, turn: Turn, said: str) -> Optional[List[Move]]:
    """Who goes on telling without a no sees the places too: they can be left alone."""
    if asked_goal(turn.text) == "tips":
        return None
    if said == "ja":
        return _refer(dialogue)
    if said in ("nee", "weet_niet"):
        return _round_off(dialogue, turn)
    if says_no(turn.text):
        return [listen(dialogue)]
    return [*_heard(dialogue), *_refer(dialogue)] if turn.words > SHORT else None


def _next(dialogue: Dialogue, turn: Turn) -> List[Move]:
    if dialogue.theme is None:
        return _clarify_theme(dialogue, turn)
    heard = _heard(dialogue)
    if dialogue.soothe:
        return soothe(dialogue, heard)
    if (again := back_again(dialogue, turn)) is not None:
        return [*heard, *again]
    if dialogue.perspective is None and "vraag.perspectief" not in dialogue.asked:
        dialogue.ask("vraag.perspectief")
        buttons = [
            choice("knop.zelf", "perspectief:zelf"),
            choice("knop.ander", "perspectief:naaste"),
            choice("knop.werk", "perspectief:professional"),
        ]
        return [*heard, ask("vraag.perspectief", choices=buttons)]
    if dialogue.told < OPEN_TELLS and dialogue.phase == "clarify":
        return [*heard, *_open_question(dialogue)]
    if "vraag.doel" not in dialogue.asked:
        return [*heard, _ask_goal(dialogue)]
    return [*(heard or [listen(dialogue)]), *_keep_going(dialogue)]


def _clarify_theme(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Unsure: one question with two choices and *iets anders*; then an open question; then a person is offered."""
    dialogue.unclear += 1
    unasked = ("geen", "seksueel_geweld") if turn.young else ("geen",)  # what is not put to a child who did not bring it up
    two = [theme for theme in turn.ranking if theme not in unasked][:2]
    if dialogue.unclear == 1 and turn.words <= 3:
        return [say("bot.onduidelijk")]
    if "vraag.thema" not in dialogue.asked and len(two) == 2:
        dialogue.ask("vraag.thema")
        buttons = [choice(f"thema.{theme}", f"thema:{theme}") for theme in two] + [choice("knop.iets_anders", "iets_anders")]
        return [ask("vraag.thema", choices=buttons, values={"a": f"thema.{two[0]}", "b": f"thema.{two[1]}"})]
    if dialogue.unclear >= 4:
        return [say("bot.onduidelijk", choices=[choice("knop.mens", "mens")])]
    return [say("bot.onduidelijk")] if turn.words <= 3 else [listen(dialogue)]


def _heard(dialogue: Dialogue) -> List[Move]:
    """Say once per theme and sub theme that it was understood."""
    name = "zingeving.media" if dialogue.soothe else f"{dialogue.theme}.{dialogue.sub}"
    if dialogue.theme is None or name in dialogue.heard:
        return []
    dialogue.heard.append(name)
    theme = f"gehoord.{dialogue.theme}"
    if dialogue.perspective == "professional":
        return [say("gehoord.professional")]
    if dialogue.soothe:
        return [say("gehoord.zingeving.media")]
    if dialogue.perspective == "naaste":
        return [say(f"{theme}.naaste"), *answer_of_sub_theme(dialogue)]
    return [say(f"{theme}.{dialogue.sub}", theme), *answer_of_sub_theme(dialogue)]


def _open_question(dialogue: Dialogue) -> List[Move]:
    for question in ("vraag.sinds", "vraag.moeilijkst"):
        if question not in dialogue.asked:
            dialogue.ask(question)
            return [ask(*told_of(dialogue, question))]
    return [listen(dialogue)]


def _ask_goal(dialogue: Dialogue) -> Move:
    dialogue.phase = "goal"
    dialogue.ask("vraag.doel")
    at_work = dialogue.perspective == "professional"
    buttons = [
        choice("knop.aanpak" if at_work else "knop.tips", "doel:tips"),
        choice("knop.hulp", "doel:hulp"),
        choice("knop.mens", "mens"),
        choice("knop.verhaal", "doel:verhaal"),
    ]
    return ask(*told_of(dialogue, "vraag.doel"), choices=buttons)


def _toward(dialogue: Dialogue, goal: str) -> List[Move]:
    dialogue.phase = "work"
    if goal == "tips":
        return _self_help(dialogue)
    if goal == "hulp":
        return _refer(dialogue)
    return [listen(dialogue)]


def _self_help(dialogue: Dialogue) -> List[Move]:
    """One step that can be done now; then whether it gave something."""
    name = f"zelfhulp.{dialogue.theme}"
    if name in dialogue.helped:
        return _refer(dialogue)
    dialogue.helped.append(name)
    dialogue.ask("vraag.geholpen")
    other = dialogue.perspective if dialogue.perspective in ("naaste", "professional") else None
    keys = [f"{name}.{other}", f"zelfhulp.{other}"] if other else [f"{name}.{dialogue.sub}", name]
    return [say(*keys, "zelfhulp.intro", kind="self_help"), ask("vraag.geholpen", choices=YES_NO)]


def _after_step(dialogue: Dialogue, turn: Turn) -> List[Move]:
    if dialogue.referred:
        return _round_off(dialogue, turn)
    dialogue.ask("vraag.verwijzing")
    return [ask("vraag.verwijzing", choices=YES_NO)]


def _refer(dialogue: Dialogue) -> List[Move]:
    dialogue.referred = True
    dialogue.phase = "work"
    dialogue.ask("vraag.nog_iets")
    return [offer_referrals(dialogue.theme, dialogue.sub, dialogue.perspective), ask("vraag.nog_iets", choices=YES_NO)]


def _round_off(dialogue: Dialogue, turn: Turn) -> List[Move]:
    dialogue.phase = "round_off"
    if "vraag.nog_iets" in dialogue.asked:
        return farewell(dialogue, turn) if dialogue.pending is None and dialogue.referred else [listen(dialogue)]
    dialogue.ask("vraag.nog_iets")
    return [ask("vraag.nog_iets", choices=YES_NO)]


def _keep_going(dialogue: Dialogue) -> List[Move]:
    """After the goal was asked and the visitor goes on telling: offer what was not offered yet, once."""
    if not dialogue.referred and dialogue.told > OPEN_TELLS and "vraag.verwijzing" not in dialogue.asked:
        dialogue.ask("vraag.verwijzing")
        return [ask("vraag.verwijzing", choices=YES_NO)]
    return []
