"""The states of a conversation and the table of legal steps between them. Pure.

``conversations.advance`` is the only caller that writes a state; everything else asks.
"""

from enum import StrEnum

from handoff.errors import IllegalTransition


class State(StrEnum):
    """Who may speak to the visitor."""

    BOT = "bot"  # the bot leads
    WAITING = "waiting"  # queued for a person; the bot keeps company
    HUMAN = "human"  # a person holds the conversation; the bot is silent
    LEFT_MESSAGE = "left_message"  # the visitor left a message to be answered later
    CLOSED = "closed"  # ended; a visitor who writes again opens it anew


class Event(StrEnum):
    """What happened to a conversation."""

    CRISIS = "crisis"  # a reading of 3 or 4, from any source
    HUMAN_ASKED = "human_asked"  # the visitor wants a person
    BOT_FAILED = "bot_failed"  # no answer from the bot
    CLAIMED = "claimed"  # a person took it
    GIVEN_BACK = "given_back"  # the owner put it back
    LEASE_LOST = "lease_lost"  # the owner vanished
    PROMISE_BROKEN = "promise_broken"  # the owner did not write in time
    MESSAGE_LEFT = "message_left"  # to be answered later
    ANSWERED = "answered"  # a left message has its answer; the thread stays for the visitor to come back to
    CLOSED = "closed"  # ended by visitor, owner or silence
    LINE_CLOSED = "line_closed"  # opening hours ended while somebody without danger waited
    WROTE_AGAIN = "wrote_again"  # the visitor came back to a closed conversation


OPEN = frozenset({State.BOT, State.WAITING, State.HUMAN, State.LEFT_MESSAGE})
BOT_SPEAKS = frozenset({State.BOT, State.WAITING})
CLAIMABLE = frozenset({State.WAITING, State.LEFT_MESSAGE})

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.BOT, Event.CRISIS): State.WAITING,
    (State.BOT, Event.HUMAN_ASKED): State.WAITING,
    (State.BOT, Event.BOT_FAILED): State.WAITING,
    (State.BOT, Event.MESSAGE_LEFT): State.LEFT_MESSAGE,
    (State.BOT, Event.CLOSED): State.CLOSED,
    (State.WAITING, Event.CRISIS): State.WAITING,
    (State.WAITING, Event.HUMAN_ASKED): State.WAITING,
    (State.WAITING, Event.BOT_FAILED): State.WAITING,
    (State.WAITING, Event.CLAIMED): State.HUMAN,
    (State.WAITING, Event.MESSAGE_LEFT): State.LEFT_MESSAGE,
    (State.WAITING, Event.CLOSED): State.CLOSED,
    (State.WAITING, Event.LINE_CLOSED): State.BOT,
    (State.HUMAN, Event.CRISIS): State.HUMAN,
    (State.HUMAN, Event.GIVEN_BACK): State.WAITING,
    (State.HUMAN, Event.LEASE_LOST): State.WAITING,
    (State.HUMAN, Event.PROMISE_BROKEN): State.WAITING,
    (State.HUMAN, Event.CLOSED): State.CLOSED,
    (State.HUMAN, Event.ANSWERED): State.LEFT_MESSAGE,
    (State.HUMAN, Event.MESSAGE_LEFT): State.LEFT_MESSAGE,  # whoever took it let it go unanswered
    (State.LEFT_MESSAGE, Event.CRISIS): State.WAITING,
    (State.LEFT_MESSAGE, Event.HUMAN_ASKED): State.WAITING,
    (State.LEFT_MESSAGE, Event.CLAIMED): State.HUMAN,
    (State.LEFT_MESSAGE, Event.CLOSED): State.CLOSED,
    (State.CLOSED, Event.WROTE_AGAIN): State.BOT,
    (State.CLOSED, Event.CRISIS): State.WAITING,
}


def next_state(state: State, event: Event) -> State:
    """Return the state after ``event``; raise IllegalTransition where the table has no such step."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"{event} is not possible in {state}") from None
