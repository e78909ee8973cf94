"""The service itself is killed or stands still, as a process of its own: what was acknowledged is there, once, and goes on."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from handoff import auth, turns
from handoff.answering import SWEEP
from handoff.clock import Clock
from handoff.db import Database
from handoff.settings import Settings
from tests.fake_bot import FakeBot
from tests.handoff.line import CRISIS, WORRY
from tests.live import PASSWORD, Frame, Person, Place, Visitor, served

pytestmark = pytest.mark.fault

STILL = 1.0  # seconds in which the process stands still


@dataclass
class Killed:
    """A service that was killed while much was under way, and the one that was started after it."""

    settings: Settings
    place: Place
    bot: FakeBot
    started: float
    worried: Visitor  # the bot had the message
    desperate: Visitor  # was only just acknowledged
    danger_id: str
    danger: str  # its conversation
    held: Visitor  # a person had the talk
    talk: str
    lease: int
    cookie: str
    stored_line: int  # number of the person's line under the id line-0001

    def back(self, before: Visitor, after: int = 4) -> Visitor:
        """The page connects again."""
        visitor = Visitor(self.place, greet=False)
        visitor.hello(before.token, after=after)
        return visitor

    def person(self) -> Person:
        """Return the browser of the person, still logged in."""
        person = Person(self.place)
        person.http.cookies.set(auth.COOKIE, self.cookie)
        return person

    def count(self, query: str, *values: Any) -> int:
        with closing(sqlite3.connect(self.settings.data_dir / "nachtlicht.db")) as connection:
            return int(connection.execute(query, values).fetchone()[0])


def conversation(settings: Settings, *, state: str) -> str:
    """Return the newest conversation in a state."""
    query = "SELECT id FROM conversations WHERE state = ? ORDER BY created_at DESC LIMIT 1"
    with closing(sqlite3.connect(settings.data_dir / "nachtlicht.db")) as connection:
        return str(connection.execute(query, (state,)).fetchone()[0])


def add_anna(settings: Settings) -> None:
    database = Database(settings.database())
    now = Clock().now()
    database.write_now(lambda s: auth.add_user(s, login="anna", first_name="Anna", role="counsellor", password=PASSWORD, now=now))
    database.close()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    bot = FakeBot()
    settings = Settings(data_dir=tmp_path_factory.mktemp("killed"), bot_url=bot.url)
    with served(settings) as first:
        add_anna(settings)
        held, worried, desperate = Visitor(first), Visitor(first), Visitor(first)
        held.say(CRISIS)
        held.wait("message", sender="bot", kind="text", seq=7)
        person = Person(first)
        person.log_in("anna")
        talk = conversation(settings, state="waiting")
        lease = person.claim(talk)
        stored_line = person.line(talk, lease, "Ik ben er.", "line-0001").json()["seq"]
        bot.turns.clear()
        bot.hold()
        worried.say(WORRY)
        bot.wait_for_turns(1)
        danger_id = desperate.write(CRISIS)
        desperate.wait("ack", client_id=danger_id)
        first.process.kill()
        first.process.wait()
        danger, cookie = conversation(settings, state="waiting"), person.cookie
    bot.release()
    with served(settings) as second:
        yield Killed(settings, second, bot, time.monotonic(), worried, desperate, danger_id, danger, held, talk, lease, cookie, stored_line)
    bot.stop()


def lines(frames: list[Frame], *senders: str) -> list[tuple[str, str]]:
    return [(frame["sender"], frame["text"]) for frame in frames if frame["type"] == "message" and frame["sender"] in senders]


def test_killed_service_has_the_danger_it_acknowledged(killed: Killed) -> None:
    again = killed.back(killed.desperate)
    again.write(CRISIS, client_id=killed.danger_id)
    assert again.wait("ack", client_id=killed.danger_id)["seq"] == 5, "sent again by the page, stored once"
    again.drain(1.0)
    assert [m["kind"] for m in again.messages()][:2] == ["text", "emergency"]
    assert [m["kind"] for m in again.messages()].count("emergency") == 1
    assert killed.count("SELECT count(*) FROM escalations WHERE conversation_id = ? AND seen_at IS NULL", killed.danger) == 1
    assert killed.count("SELECT count(*) FROM deadlines WHERE conversation_id = ? AND kind = 'ladder'", killed.danger) == 1


def test_killed_service_answers_what_the_bot_had_in_its_hands(killed: Killed) -> None:
    again = killed.back(killed.worried)
    left = killed.started + turns.HOLD.total_seconds() + 2 * SWEEP - time.monotonic()
    again.wait("message", within=left, sender="bot")
    again.drain(1.0)
    assert [(m["seq"], m["sender"]) for m in again.messages()] == [(5, "visitor"), (6, "bot")], "once"
    assert [turn["text"] for turn in killed.bot.turns].count(WORRY) == 2, "the dead process never had the answer"


def test_killed_service_leaves_the_talk_with_its_person(killed: Killed) -> None:
    talk, person = killed.talk, killed.person()
    assert person.line(talk, killed.lease, "Ik ben er.", "line-0001").json() == {"seq": killed.stored_line}
    assert person.line(talk, killed.lease, "Ik ben er nog.").status_code == 200
    again = killed.back(killed.held)
    again.say("ja, fijn")
    again.drain(1.0)
    assert lines(again.messages(), "helper") == [("helper", "Ik ben er."), ("helper", "Ik ben er nog.")]
    assert killed.count("SELECT count(*) FROM claims WHERE conversation_id = ? AND ended_at IS NULL", talk) == 1


@contextmanager
def standing_still(place: Place) -> Iterator[None]:
    """Stop the process in the middle of whatever it does, and let it go on."""
    place.process.send_signal(signal.SIGSTOP)
    try:
        yield
        time.sleep(STILL)
    finally:
        place.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("words", "kinds"), [(WORRY, ["text", "text"]), (CRISIS, ["text", "emergency", "text"])], ids=["a message", "danger"]
)
def test_hung_service_takes_what_was_written_meanwhile_once(killed: Killed, words: str, kinds: list[str]) -> None:
    visitor = Visitor(killed.place)
    visitor.drain()
    with standing_still(killed.place):
        client_id = visitor.write(words)
        visitor.write(words, client_id=client_id)
        assert visitor.take(0.8) is None, "nothing is acknowledged that is not stored"
    assert [visitor.wait("ack", within=3.0, client_id=client_id)["seq"] for _ in range(2)] == [5, 5]
    visitor.drain(1.0)
    assert [m["kind"] for m in visitor.messages() if m["seq"] > 4] == kinds


def test_hung_service_gives_the_bots_answer_when_it_goes_on(killed: Killed) -> None:
    visitor = Visitor(killed.place)
    killed.bot.turns.clear()
    killed.bot.hold()
    visitor.say(WORRY)
    killed.bot.wait_for_turns(1)
    with standing_still(killed.place):
        killed.bot.release()
    visitor.wait("message", within=3.0, sender="bot", seq=6)
    assert lines(visitor.drain(1.0), "bot", "system") == []
    assert len(killed.bot.turns) == 1


def gives_up(person: Person, place: Place, what: str, talk: str, **body: Any) -> None:
    """Ask something of a service that stands still, as a page does that loses its patience; it goes on afterwards."""
    person.http.timeout = httpx.Timeout(0.5)
    with standing_still(place), pytest.raises(httpx.ReadTimeout):
        person.post(talk, what, **body)
    person.http.timeout = httpx.Timeout(5.0)


def test_hung_service_gives_a_talk_to_one_person_and_stores_a_line_once(killed: Killed) -> None:
    visitor, person = Visitor(killed.place), killed.person()
    visitor.say(CRISIS)
    visitor.wait("message", sender="bot", kind="text", seq=7)
    talk = conversation(killed.settings, state="waiting")
    gives_up(person, killed.place, "claim", talk)
    assert person.post(talk, "claim").status_code in (200, 409), "the first press counted, or the second does"
    (lease,) = [card["lease"] for card in person.http.get("/api/mine").json()["items"] if card["id"] == talk]
    assert killed.count("SELECT count(*) FROM claims WHERE conversation_id = ?", talk) == 1
    line = {"lease": lease, "client_id": "line-0002", "text": "Ik ben er."}
    gives_up(person, killed.place, "lines", talk, **line)
    assert person.post(talk, "lines", **line).status_code == 200
    visitor.wait("message", sender="helper")
    assert lines(visitor.drain(1.0), "helper") == []
