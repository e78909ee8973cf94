"""The action server breaks in a whole line of real processes: Rasa cannot decide, and the visitor reads plain words and not silence."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests.gate import Gate
from tests.handoff.line import CRISIS, WORRY
from tests.journeys.house import NEEDED, House
from tests.live import Person, Visitor

pytestmark = pytest.mark.fault

LIMIT = 2.0  # seconds that Rasa waits for an action
SLOW = LIMIT + 0.3  # seconds after which it answers all the same
LATE = 0.8  # seconds in which a late answer would have come


class Street:
    """A whole line whose Rasa reaches the action server through a gate."""

    def __init__(self, house: House, gate: Gate) -> None:
        self.house, self.gate = house, gate
        self.address = f"127.0.0.1:{house.addresses.service}"
        self.doors = ExitStack()

    def newest(self) -> str:
        """Return the id of the newest conversation that waits for a person."""
        with closing(sqlite3.connect(self.house.data / "nachtlicht.db")) as connection:
            query = "SELECT id FROM conversations WHERE state = 'waiting' ORDER BY created_at DESC LIMIT 1"
            return str(connection.execute(query).fetchone()[0])

    def visitor(self) -> Visitor:
        return Visitor(self)  # type: ignore[arg-type]

    def wait_until_asked(self, count: int) -> None:
        """Return when so many requests of Rasa have come to the gate."""
        end = time.monotonic() + 5
        while self.gate.asked < count:
            assert time.monotonic() < end, "Rasa asks the action server"
            time.sleep(0.01)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    if not all(os.environ.get(name) for name in NEEDED):
        pytest.fail("run this through ./nachtlicht test --all --only faults")
    house = House(tmp_path_factory.mktemp("street"))
    with Gate(("127.0.0.1", house.addresses.actions)) as gate:
        house.process("rasa").environment["NACHTLICHT_ACTION_URL"] = f"http://127.0.0.1:{gate.port}/webhook"
        with house:
            house.add_users("anna")
            house.wait_for_bot()
            street = Street(house, gate)
            with street.doors:
                yield street


@pytest.fixture(autouse=True)
def open_gate(street: Street) -> Iterator[None]:
    yield
    street.gate.open()


@pytest.fixture
def person(street: Street) -> Person:
    person = Person(street)  # type: ignore[arg-type]
    person.log_in("anna")
    return person


def page(status: str, body: str) -> str:
    return f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n{body}"


ERROR = page("500 Internal Server Error", '{"error": "failed", "action_name": "action_decide"}')
INSTEAD = {
    "killed": "cut",
    "an error": ERROR,
    "nonsense": page("200 OK", "<html>"),
    "nothing": page("200 OK", '{"events": [], "responses": []}'),
}
FAULTS = ["killed", "hung", "slow", "an error", "nonsense", "nothing"]


def broken(gate: Gate, fault: str) -> None:
    """The action server is broken before anything is asked of it."""
    if fault == "slow":
        gate.close("open", SLOW)
    else:
        gate.close(INSTEAD.get(fault, "held"))


def breaks(gate: Gate, fault: str) -> None:
    """The action server breaks with messages in its hands."""
    if fault == "slow":
        threading.Timer(SLOW, gate.open).start()
    elif fault in INSTEAD:
        gate.let_go(INSTEAD[fault])


def plain_words(visitor: Visitor) -> None:
    """Return when the visitor has read that the bot cannot answer, with the numbers, and that a person is called."""
    notice = visitor.wait("message", within=LIMIT + 1.5, sender="system", kind="notice")
    assert all(number in notice["text"] for number in ("112", "113"))
    visitor.wait("state", state="waiting")


def heard(visitor: Visitor, seconds: float) -> list[tuple[str, str]]:
    """Return sender and kind of all that the line has said after its welcome, a while from now."""
    visitor.drain(seconds)
    return [(m["sender"], m["kind"]) for m in visitor.messages() if m["seq"] > 4 and m["sender"] != "visitor"]


@pytest.mark.parametrize("fault", FAULTS)
def test_actions_broken_while_a_message_and_danger_arrive(street: Street, fault: str) -> None:
    worried, desperate = street.visitor(), street.visitor()
    broken(street.gate, fault)
    worried.say(WORRY)
    begun = time.monotonic()
    desperate.say(CRISIS)
    desperate.wait("message", kind="emergency")
    assert time.monotonic() - begun < 1.0, "danger waits for no bot"
    desperate.wait("state", state="waiting")
    plain_words(worried)
    street.gate.open()
    worried.say("ik slaap er slecht van")
    assert worried.wait("message", seq=8)["sender"] == "bot", "it goes on as soon as the action server does"


@pytest.mark.parametrize("fault", FAULTS)
def test_actions_break_while_the_bot_answers_and_a_person_takes(street: Street, person: Person, fault: str) -> None:
    worried, held = street.visitor(), street.visitor()
    asked = street.gate.asked
    street.gate.close("held")
    held.say(CRISIS)
    held.wait("message", kind="emergency")
    lease = person.claim(talk := street.newest())
    worried.say(WORRY)
    street.wait_until_asked(asked + 2)
    breaks(street.gate, fault)
    held.wait("state", state="human")
    assert person.line(talk, lease, "Ik ben er.").status_code == 200
    held.wait("message", sender="helper")
    plain_words(worried)
    street.gate.open()
    assert heard(worried, LATE) == [("system", "notice")], "a late answer is no answer"
    taken_over = [("system", "emergency"), ("system", "notice"), ("helper", "text")]
    assert heard(held, 0.1) == taken_over, "neither the bot's answer nor its failure is shown beside a person"
