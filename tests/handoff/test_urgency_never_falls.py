"""No program lowers an urgency: whatever messages, answers, claims and the clock do, in whatever order."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff import conversations, turns
from handoff.errors import HandoffError
from handoff.models import User
from tests.fake_bot import LISTEN, parse
from tests.handoff.line import Line

WORDS = [
    "hallo",
    "ik pieker veel",
    "ik wil dood",
    "ik heb net een overdosis genomen",
    "nee hoor, grapje",
    "het gaat weer",
    "mijn man slaat me",
]
MOVES = [
    LISTEN,
    [{"move": "call_human", "reason": "asked"}, *LISTEN],
    [*LISTEN, {"move": "close"}],
    [{"move": "crisis", "level": 3, "kinds": ["psychose"]}, *LISTEN],
]
STEPS = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(WORDS), st.sampled_from([None, "verder", "ja", "nee"])),
    st.tuples(st.just("answer"), st.sampled_from(MOVES), st.integers(0, 4)),
    st.tuples(st.just("fail")),
    st.tuples(st.just("claim")),
    st.tuples(st.just("give back")),
    st.tuples(st.just("close")),
    st.tuples(st.just("wait"), st.sampled_from([20, 60, 200, 3000])),
)


class Talk:
    """One conversation and what can happen to it; a step that is not possible now does nothing."""

    def __init__(self, line: Line, user: User) -> None:
        self.line, self.user, self.lease = line, user, 0
        self.id = line.open()

    def take(self, step: tuple) -> None:  # type: ignore[type-arg]
        try:
            self._take(*step)
        except HandoffError:
            return

    def _take(self, what: str, *rest: object) -> None:
        line = self.line
        if what == "say":
            line.says(self.id, str(rest[0]), choice=rest[1])  # type: ignore[arg-type]
        elif what == "answer" and (due := line.hold(self.id)):
            line.store(due, moves=rest[0], parse=parse(level=int(rest[1]), kinds=("geweld",)))  # type: ignore[call-overload]
        elif what == "fail" and line.row(self.id).last_seq > 4 and line.read(turns.open_conversations) == [self.id]:
            line.resources.clock.move(seconds=13)  # type: ignore[attr-defined]  # whoever held it let go
            line.fails(self.id)
        elif what == "claim":
            self.lease = line.claim(self.id, self.user)
        elif what == "give back":
            line.gives_back(self.id, self.user, self.lease)
        elif what == "close":
            line.closes(self.id, self.user, self.lease)
        elif what == "wait":
            line.resources.clock.move(seconds=rest[0])  # type: ignore[attr-defined]
            line.tick()


@pytest.fixture
def user(line: Line) -> User:
    return line.user()


@given(steps=st.lists(STEPS, min_size=3, max_size=14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_events_lowers_urgency_or_leaves_danger_with_the_bot(line: Line, user: User, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    talk = Talk(line, user)
    highest, kinds = 0, set[str]()
    for step in steps:
        talk.take(step)
        row = line.row(talk.id)
        found = set(filter(None, row.crisis_kinds.split(",")))
        assert row.urgency >= highest
        assert found >= kinds
        highest, kinds = row.urgency, found
    said = line.said(talk.id)
    assert [one.seq for one in said] == list(range(1, len(said) + 1))
    assert (highest >= 3) == any(one.kind == "emergency" for one in said)


def test_property_fails_when_a_path_lowers_the_urgency(line: Line, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    advance = conversations.advance

    def forgetful(session, conversation, event, **rest):  # type: ignore[no-untyped-def]
        conversation.urgency = 0
        return advance(session, conversation, event, **rest)

    talk = Talk(line, user)
    talk.take(("say", "ik wil dood", None))
    assert line.row(talk.id).urgency == 3
    monkeypatch.setattr("handoff.queue.advance", forgetful)
    talk.take(("claim",))
    assert line.row(talk.id).urgency == 0
