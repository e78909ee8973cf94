"""The deciding action: one function from state, parse and context to moves and the new state."""

from typing import Any, Dict, List, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.abroad import answer_abroad
from actions.acts import answer_act, want_human, wants_human
from actions.answers import asks_to_leave_message
from actions.attempts import answer_attempt
from actions.company import keep_company
from actions.moves import Move, leave_message, offer_referrals, say
from actions.notes import notes
from actions.perspective import listen
from actions.phases import answer_first, learn, talk
from actions.questions import question_asked
from actions.state import CRISIS, Dialogue, Turn, load, read_turn


def decide(dialogue: Dialogue, turn: Turn) -> List[Move]:
    """Return the moves of one turn; changes ``dialogue``. The same input gives the same moves."""
    pending, theme = dialogue.pending, dialogue.theme
    return [*_moves(dialogue, turn), *notes(dialogue, turn, pending, theme)]


def _moves(dialogue: Dialogue, turn: Turn) -> List[Move]:
    if wants_human(turn):
        return want_human(turn)
    if turn.choice is None and asks_to_leave_message(turn.text) and turn.urgency < CRISIS and not turn.crisis_now:
        return [leave_message()]
    if turn.language and turn.choice is None:
        return answer_abroad(turn)
    if turn.state == "waiting" and not turn.went_on:
        learn(dialogue, turn, None)
        return keep_company(dialogue, turn)
    if turn.choice == "verder":
        return [say("wacht.verder")]
    if turn.choice == "nu_open":
        return [offer_referrals(dialogue.theme, dialogue.sub, dialogue.perspective, now=True)]
    if turn.choice == "verder_bot":
        return [listen(dialogue)]
    if turn.crisis_now:
        # the service has shown the emergency text and called a person: from here the bot keeps company, also with who is rude or jokes
        learn(dialogue, turn, None)
        return keep_company(dialogue, turn)
    if (moves := answer_attempt(dialogue, turn)) is not None:
        return moves
    if key := question_asked(turn):
        return answer_first(dialogue, turn, key)
    if (moves := answer_act(dialogue, turn)) is not None:
        return moves
    return talk(dialogue, turn)


class ActionDecide(Action):
    """Reads the tracker of one turn, decides, and hands moves and state back."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_decide"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[Dict[str, Any]]:
        """Send the moves as one custom message; return the new state as a slot."""
        moves, state = _decide(tracker)
        dispatcher.utter_message(json_message={"moves": moves})
        return [SlotSet("dialogue", state)]


def _decide(tracker: Tracker) -> Tuple[List[Move], Dict[str, Any]]:
    dialogue = load(tracker.get_slot("dialogue"))
    message = tracker.latest_message
    turn = read_turn(message, tracker.get_slot("context") or {}, str(message.get("text") or ""))
    moves = decide(dialogue, turn)
    return moves, dialogue.dump()
