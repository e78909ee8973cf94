"""The table of docs/faults.md, a cell a test: a part breaks while something happens; what is seen, and what is true afterwards."""

import resource
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from handoff.models import BotTurn, Claim, Escalation, Message
from tests.conftest import MovedClock, sqlite_only
from tests.fake_bot import FakeBot
from tests.handoff.line import CRISIS, WORRY
from tests.live import Frame, Live, Person, Visitor

pytestmark = [pytest.mark.fault, sqlite_only]

Start = Callable[..., Live]
BUSY = 5.0  # seconds that a writer waits for the lock of another process
LIMIT = 1.0  # seconds that the bot has for an answer, here
MOMENT = 1.0  # seconds of a lock that every writer outwaits


@contextmanager
def locked(live: Live) -> Iterator[None]:
    """Another process holds the lock of the database for longer than a writer waits."""
    other = sqlite3.connect(live.settings.data_dir / "nachtlicht.db", isolation_level=None, timeout=5)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def locked_for(live: Live, seconds: float) -> Iterator[None]:
    """Another process holds the lock when the block begins, and lets it go by itself after a moment."""
    held = threading.Event()

    def hold() -> None:
        with locked(live):
            held.set()
            time.sleep(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(5)
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun >= seconds * 0.9, "what was done waited for the lock"
    thread.join()


@contextmanager
def gone(live: Live) -> Iterator[None]:
    """The tables that every step needs are not there."""
    other = sqlite3.connect(live.settings.data_dir / "nachtlicht.db", isolation_level=None, timeout=5)
    for table in ("messages", "conversations"):
        other.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        for table in ("messages", "conversations"):
            other.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
        other.close()


@contextmanager
def full(_live: Live) -> Iterator[None]:
    """The disk takes nothing more: every write of this process to a file fails in the operating system."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


FAULTS = {"locked": locked, "gone": gone, "full": full}


def stored(live: Live, text_of: str, talk: str) -> int:
    """Return how often a message of the visitor is stored."""
    rows = live.database.read_now(
        lambda s: list(s.scalars(select(Message).where(Message.conversation_id == talk, Message.sender == "visitor")))
    )
    keys = live.service.resources.keys
    return sum(text_of in keys.open(talk, row.body_sealed) for row in rows)


def opened(live: Live) -> tuple[Visitor, str]:
    visitor = live.visitor()
    visitor.drain()
    return visitor, live.conversation(visitor.token).id


def rows(live: Live, model: Any) -> list[Any]:
    return live.database.read_now(lambda s: list(s.scalars(select(model))))


def said_by(frames: list[Frame], *senders: str) -> list[str]:
    """Return what some of them said in these frames."""
    return [frame["text"] for frame in frames if frame["type"] == "message" and frame["sender"] in senders]


def until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.mark.parametrize("fault", FAULTS)
def test_database_while_a_message_arrives(start: Start, bot: FakeBot, fault: str) -> None:
    live = start()
    visitor, talk = opened(live)
    with FAULTS[fault](live):
        client_id = visitor.write(WORRY)
        refused = visitor.wait("refused", within=BUSY + 5, client_id=client_id)
        assert (refused["code"], refused["emergency"], refused["retry_after"] > 0) == ("internal", None, True)
    assert visitor.say(WORRY, client_id=client_id) > 0, "the page sends it again under the same id"
    visitor.wait("message", sender="bot")
    assert stored(live, WORRY, talk) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_database_while_danger_arrives(start: Start, bot: FakeBot, fault: str) -> None:
    live = start()
    visitor, talk = opened(live)
    with FAULTS[fault](live):
        client_id = visitor.write(CRISIS)
        refused = visitor.wait("refused", within=BUSY + 5, client_id=client_id)
        assert "112" in refused["emergency"], "the numbers depend on no database"
    visitor.say(CRISIS, client_id=client_id)
    visitor.wait("message", kind="emergency")
    assert (stored(live, CRISIS, talk), live.conversation(visitor.token).state) == (1, "waiting")
    assert len(live.database.read_now(lambda s: list(s.scalars(select(Escalation))))) == 1, "a person sees it, once"


@pytest.mark.parametrize("fault", FAULTS)
def test_database_while_the_bot_answers(start: Start, bot: FakeBot, fault: str) -> None:
    live = start(bot_timeout=20.0)
    visitor, talk = opened(live)
    bot.hold()
    visitor.say(WORRY)
    bot.wait_for_turns(1)
    with FAULTS[fault](live):
        bot.release()
        time.sleep(1.5 + (BUSY if fault == "locked" else 0.0))  # longer than one attempt waits
    visitor.wait("message", within=BUSY + 1, sender="bot")
    assert said_by(visitor.drain(1.0), "bot", "system") == [], "once"
    assert (len(bot.turns), stored(live, WORRY, talk)) == (1, 1), "what the bot had said is stored; nobody asks it again"
    assert [turn.outcome for turn in rows(live, BotTurn)] == ["answered"]


@pytest.mark.parametrize("fault", FAULTS)
def test_database_while_a_person_takes_and_writes(start: Start, bot: FakeBot, fault: str) -> None:
    live = start(lease_seconds=600.0)
    visitor, talk = opened(live)
    visitor.say(CRISIS)
    person: Person = live.person()
    with FAULTS[fault](live):
        assert person.post(talk, "claim").status_code == 503
    lease = person.claim(talk)
    with FAULTS[fault](live):
        assert person.line(talk, lease, "Ik ben er.", "line-0001").status_code == 503
    assert person.line(talk, lease, "Ik ben er.", "line-0001").status_code == 200
    again = live.visitor(greet=False)  # a read that fails closes the visitor's socket, and the page connects again
    again.hello(visitor.token)
    again.wait("message", sender="helper", text="Ik ben er.")
    assert len(live.database.read_now(lambda s: list(s.scalars(select(Claim))))) == 1


@pytest.mark.parametrize(("words", "kind"), [(WORRY, "text"), (CRISIS, "emergency")], ids=["a message", "danger"])
def test_database_locked_for_a_moment_while_a_message_arrives(start: Start, bot: FakeBot, words: str, kind: str) -> None:
    live = start()
    visitor, talk = opened(live)
    with locked(live):
        client_id = visitor.write(words)
        time.sleep(MOMENT)
    assert visitor.wait("ack", within=2.0, client_id=client_id)["seq"] > 0
    visitor.wait("message", kind=kind)
    assert stored(live, words, talk) == 1


def test_database_locked_for_a_moment_while_the_bot_answers(start: Start, bot: FakeBot) -> None:
    live = start()
    visitor, _ = opened(live)
    bot.hold()
    visitor.say(WORRY)
    bot.wait_for_turns(1)
    with locked(live):
        bot.release()
        time.sleep(MOMENT)
    visitor.wait("message", within=2.0, sender="bot")
    assert said_by(visitor.drain(1.0), "bot", "system") == []
    assert (len(bot.turns), live.conversation(visitor.token).state) == (1, "bot")


def test_database_locked_for_a_moment_while_a_person_takes_and_writes(start: Start, bot: FakeBot) -> None:
    live = start()
    visitor, talk = opened(live)
    visitor.say(CRISIS)
    person = live.person()
    with locked_for(live, MOMENT):
        lease = person.claim(talk)
    with locked_for(live, MOMENT):
        assert person.line(talk, lease, "Ik ben er.").status_code == 200
    visitor.wait("message", within=2.0, sender="helper", text="Ik ben er.")
    assert len(rows(live, Claim)) == 1


BROKEN: dict[str, Callable[[FakeBot], None]] = {
    "killed": lambda bot: bot.stop(),
    "hung": lambda bot: bot.hold(),
    "slow": lambda bot: setattr(bot, "delay", 3.0),
    "an error": lambda bot: setattr(bot, "status", 500),
    "nonsense": lambda bot: setattr(bot, "raw", b"<html>"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_bot_while_a_message_arrives(start: Start, bot: FakeBot, fault: str) -> None:
    live = start(bot_timeout=1.0)
    visitor, talk = opened(live)
    BROKEN[fault](bot)
    visitor.say(WORRY)
    notice = visitor.wait("message", within=15, sender="system")
    assert "112" in notice["text"]
    assert notice["text"] in live.service.resources.texts.variants("bot.storing").je
    assert live.conversation(visitor.token).state == "waiting", "a person is called"
    assert stored(live, WORRY, talk) == 1


@pytest.mark.parametrize("fault", BROKEN)
def test_bot_while_danger_arrives(start: Start, bot: FakeBot, fault: str) -> None:
    live = start(bot_timeout=1.0)
    visitor, _ = opened(live)
    BROKEN[fault](bot)
    begun = time.monotonic()
    visitor.say(CRISIS)
    visitor.wait("message", kind="emergency")
    assert time.monotonic() - begun < 1.0, "danger waits for no bot"
    assert live.conversation(visitor.token).state == "waiting"


def dies(_body: dict[str, Any]) -> dict[str, Any]:
    """Break the connection without an answer, as a process does that is killed in the middle of a turn."""
    raise ConnectionResetError


def killed_in_a_turn(bot: FakeBot) -> None:
    bot.answers = dies
    bot.release()


def late(bot: FakeBot) -> None:
    threading.Timer(LIMIT + 0.5, bot.release).start()


def answers_with(bot: FakeBot, *, status: int = 200, raw: bytes | None = None) -> None:
    bot.status, bot.raw = status, raw
    bot.release()


BREAKS: dict[str, Callable[[FakeBot], None]] = {
    "killed": killed_in_a_turn,
    "hung": lambda _bot: None,
    "slow": late,
    "an error": lambda bot: answers_with(bot, status=500),
    "nonsense": lambda bot: answers_with(bot, raw=b"<html>"),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_bot_breaks_with_a_message_in_its_hands(start: Start, bot: FakeBot, fault: str) -> None:
    live = start(bot_timeout=LIMIT)
    visitor, talk = opened(live)
    bot.hold()
    visitor.say(WORRY)
    bot.wait_for_turns(1)
    BREAKS[fault](bot)
    notice = visitor.wait("message", within=LIMIT + 1, sender="system")
    assert notice["text"] in live.service.resources.texts.variants("bot.storing").je
    assert said_by(visitor.drain(1.0), "bot", "system") == [], "once, and a late answer is dropped"
    assert (live.conversation(visitor.token).state, stored(live, WORRY, talk)) == ("waiting", 1)
    bot.answers = None
    answers_with(bot)
    visitor.say("ben je er weer")
    assert visitor.wait("message", sender="bot")["text"] in live.service.resources.texts.variants("bot.luister").je


@pytest.mark.parametrize("fault", BREAKS)
def test_bot_breaks_while_a_person_takes_and_writes(start: Start, bot: FakeBot, fault: str) -> None:
    live = start(bot_timeout=LIMIT)
    visitor, talk = opened(live)
    bot.hold()
    visitor.say(CRISIS)
    visitor.wait("message", kind="emergency")
    bot.wait_for_turns(1)
    person = live.person()
    lease = person.claim(talk)
    BREAKS[fault](bot)
    assert person.line(talk, lease, "Ik ben er.").status_code == 200
    visitor.say("ben je er")
    visitor.wait("message", sender="helper", text="Ik ben er.")
    visitor.drain(LIMIT + 0.8 if fault in ("hung", "slow") else 0.6)
    heard = [(m["sender"], m["kind"]) for m in visitor.messages() if m["seq"] > 4 and m["sender"] != "visitor"]
    taken_over = [("system", "emergency"), ("system", "notice"), ("helper", "text")]
    assert heard == taken_over, "neither its answer nor its failure is shown"
    assert (live.conversation(visitor.token).state, len(bot.turns)) == ("human", 1)


def test_bot_wakes_up_while_a_person_takes_and_writes(start: Start, bot: FakeBot) -> None:
    bot.ready = False
    live = start(bot_wake_seconds=60.0)
    visitor, talk = opened(live)
    visitor.say(CRISIS)
    visitor.wait("message", text=live.service.resources.texts.say("bot.wakker_worden"))
    person = live.person()
    lease = person.claim(talk)
    visitor.wait("message", sender="system", kind="notice")
    bot.ready = True
    assert person.line(talk, lease, "Ik ben er.").status_code == 200
    visitor.wait("message", sender="helper", text="Ik ben er.")
    assert said_by(visitor.drain(2.5), "bot", "system") == [], "it woke up for nobody"
    assert (bot.turns, live.conversation(visitor.token).state) == ([], "human")


def test_deadlines_are_carried_out_within_five_seconds_of_a_restart(start: Start, bot: FakeBot, clock: MovedClock) -> None:
    first = start(clock=clock, lease_seconds=60.0)
    visitor, talk = opened(first)
    visitor.say(CRISIS)
    first.person().claim(talk)
    token = visitor.token
    first.stop()
    clock.move(minutes=10)  # the lease ended while nobody was running
    begun = time.monotonic()
    second = start(clock=clock, lease_seconds=60.0)
    until(lambda: second.conversation(token).state == "waiting", "the lease is taken away")
    assert time.monotonic() - begun < 5.0 + 3.0, "three seconds are the start of a service with its triage"
    claims = second.database.read_now(lambda s: list(s.scalars(select(Claim))))
    assert [claim.end_reason for claim in claims] == ["lease_lost"]
    assert [row.seen_at is None for row in second.database.read_now(lambda s: list(s.scalars(select(Escalation))))] == [False, True]
