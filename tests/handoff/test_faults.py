"""The table of docs/faults.md, a cell a test: a part breaks while something happens; what is seen, and what is true afterwards."""

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from handoff.models import BotTurn, Claim, Escalation, Message
from tests.conftest import MovedClock, sqlite_only
from tests.fake_bot import FakeBot
from tests.handoff.line import CRISIS, WORRY
from tests.live import Live, Person, Visitor

pytestmark = [pytest.mark.fault, sqlite_only]

Start = Callable[..., Live]
BUSY = 5.0  # seconds that a writer waits for the lock of another process


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
        time.sleep(BUSY + 1.5)
    turns = lambda: live.database.read_now(lambda s: list(s.scalars(select(BotTurn))))  # noqa: E731
    until(lambda: all(turn.done_at for turn in turns()), "the message is answered when the database is back")
    said = [m for m in visitor.drain(1.0) if m["type"] == "message" and m["sender"] == "bot"]
    assert len(said) == 1, "once"
    assert stored(live, WORRY, talk) == 1


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


def test_database_locked_for_a_moment_costs_time_alone(start: Start, bot: FakeBot) -> None:
    live = start()
    visitor, _ = opened(live)
    with locked(live):
        client_id = visitor.write(CRISIS)
        time.sleep(1.0)
    assert visitor.wait("ack", client_id=client_id)["seq"] > 0
    visitor.wait("message", kind="emergency")


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


@pytest.mark.parametrize("fault", BROKEN)
def test_bot_breaks_while_a_person_holds_the_talk(start: Start, bot: FakeBot, fault: str) -> None:
    live = start(bot_timeout=1.0)
    visitor, talk = opened(live)
    visitor.say(CRISIS)
    visitor.wait("message", kind="emergency")
    person = live.person()
    lease = person.claim(talk)
    BROKEN[fault](bot)
    visitor.say("ben je er")
    assert person.line(talk, lease, "Ja, ik ben er.").status_code == 200
    visitor.wait("message", sender="helper", text="Ja, ik ben er.")
    late = [m for m in visitor.drain(3.0) if m["type"] == "message" and m["sender"] in ("bot", "system")]
    assert [m for m in late if m["text"] in live.service.resources.texts.variants("bot.storing").je] == []


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
