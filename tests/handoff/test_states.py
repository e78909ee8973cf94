"""The table of legal steps, and the one door to a state."""

import ast
from itertools import product
from pathlib import Path

import pytest

import handoff
from handoff import conversations
from handoff.errors import IllegalTransition
from handoff.models import Conversation, Transition
from handoff.states import BOT_SPEAKS, CLAIMABLE, TRANSITIONS, Event, State, next_state
from tests.handoff.line import Line

# written down a second time on purpose: a changed table has to be changed here too, by somebody who means it
LEGAL = {
    "bot": {
        "crisis": "waiting", "human_asked": "waiting", "bot_failed": "waiting", "message_left": "left_message", "closed": "closed",
    },
    "waiting": {
        "crisis": "waiting", "human_asked": "waiting", "bot_failed": "waiting", "claimed": "human", "message_left": "left_message",
        "closed": "closed", "line_closed": "bot",
    },
    "human": {
        "crisis": "human", "given_back": "waiting", "lease_lost": "waiting", "promise_broken": "waiting", "closed": "closed",
        "answered": "left_message", "message_left": "left_message",
    },
    "left_message": {"crisis": "waiting", "human_asked": "waiting", "claimed": "human", "closed": "closed"},
    "closed": {"wrote_again": "bot", "crisis": "waiting"},
}  # fmt: skip
PAIRS = list(product(State, Event))


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_next_state_follows_the_table_for_every_pair(state: State, event: Event) -> None:
    after = LEGAL[state].get(event)
    if after is None:
        with pytest.raises(IllegalTransition):
            next_state(state, event)
    else:
        assert next_state(state, event) == after


def test_table_knows_every_state_and_uses_every_event() -> None:
    assert {state.value for state in State} == set(LEGAL)
    assert {event for _, event in TRANSITIONS} == set(Event)
    assert set(TRANSITIONS.values()) == set(State)


def test_crisis_is_possible_in_every_state_and_never_leads_to_the_bot() -> None:
    assert {state: next_state(state, Event.CRISIS) for state in State} == {
        State.BOT: State.WAITING,
        State.WAITING: State.WAITING,
        State.HUMAN: State.HUMAN,
        State.LEFT_MESSAGE: State.WAITING,
        State.CLOSED: State.WAITING,
    }


def test_nothing_but_a_claim_leads_to_a_person_and_only_from_where_one_waits() -> None:
    assert {key for key, after in TRANSITIONS.items() if after is State.HUMAN} == {
        (State.WAITING, Event.CLAIMED),
        (State.LEFT_MESSAGE, Event.CLAIMED),
        (State.HUMAN, Event.CRISIS),
    }
    assert {State.WAITING, State.LEFT_MESSAGE} == CLAIMABLE
    assert State.HUMAN not in BOT_SPEAKS


def _advance(line: Line, conversation_id: str, event: Event) -> State:
    now = line.resources.clock.now()
    return line.write(
        lambda s: conversations.advance(s, conversations.lock(s, conversation_id), event, actor="clock", reason="a test", now=now)
    )


def test_advance_records_the_step_with_actor_and_reason(line: Line) -> None:
    talk = line.open()
    assert _advance(line, talk, Event.HUMAN_ASKED) is State.WAITING
    (row,) = line.rows(Transition)
    assert (row.conversation_id, row.from_state, row.to_state, row.event, row.actor, row.reason, row.created_at) == (
        talk, "bot", "waiting", "human_asked", "clock", "a test", line.resources.clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("event", [Event.CLAIMED, Event.GIVEN_BACK, Event.LEASE_LOST, Event.WROTE_AGAIN])
def test_advance_refuses_an_illegal_step_and_changes_nothing(line: Line, event: Event) -> None:
    talk = line.open()
    before = _columns(line.row(talk))
    with pytest.raises(IllegalTransition):
        _advance(line, talk, event)
    assert _columns(line.row(talk)) == before
    assert line.rows(Transition) == []


def _columns(row: Conversation) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in Conversation.__table__.columns}


def test_advance_is_the_only_writer_of_a_state() -> None:
    writers = set()
    for path in Path(handoff.__file__).parent.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_writes_state, ast.walk(function))):
                writers.add((path.stem, function.name))
    # Conversation(state=State.BOT) begins a conversation; everything after goes through the one door
    assert writers == {("conversations", "advance"), ("conversations", "open_conversation")}


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(t, ast.Attribute) and t.attr == "state" and getattr(t.value, "id", "") == "conversation" for t in targets)
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return called in ("values", "Conversation", "setattr") and any(keyword.arg == "state" for keyword in node.keywords)
    return False
