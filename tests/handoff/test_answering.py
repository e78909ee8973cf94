"""The service with a bot that is slow, dead, waking or talks nonsense: the visitor never meets silence and never a late answer."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from handoff.models import BotTurn
from tests.fake_bot import LISTEN, FakeBot, parse
from tests.handoff.line import CRISIS, WORRY
from tests.live import Live, Visitor

Start = Callable[..., Live]


def says(live: Live, key: str) -> tuple[str, ...]:
    """Return the variants of a text."""
    return live.service.resources.texts.variants(key).je


def from_line(visitor: Visitor) -> list[str]:
    """Return what the bot and the system have said after the welcome, of what was read so far."""
    return [frame["text"] for frame in visitor.messages() if frame["sender"] != "visitor" and frame["seq"] > 4]


def test_bot_answers_each_message_in_order_with_its_state(live: Live, bot: FakeBot) -> None:
    bot.answers = lambda body: {"moves": LISTEN, "parse": parse(), "state": {"v": 1, "turns": body["state"].get("turns", 0) + 1}}
    visitor = live.visitor()
    for text in ("een", "twee", "drie"):
        visitor.write(text)
    for _ in range(3):
        visitor.wait_for(lambda f: f["type"] == "message" and f["sender"] == "bot" and f["seq"] > 4)
    assert [turn["text"] for turn in bot.turns] == ["een", "twee", "drie"]
    assert [turn["state"].get("turns", 0) for turn in bot.turns] == [0, 1, 2]
    assert from_line(visitor) == list(says(live, "bot.luister")[:3])


def test_secret_is_sent_to_the_bot(start: Start, bot: FakeBot) -> None:
    bot.token = "geheim-van-de-lijn"
    visitor = start(bot_token=bot.token).visitor()
    visitor.write(WORRY)
    visitor.wait("message", sender="bot", kind="text", seq=6)
    assert bot.headers == ["Bearer geheim-van-de-lijn"]


def test_late_answer_after_a_claim_never_reaches_the_visitor(live: Live, bot: FakeBot) -> None:
    visitor = live.visitor()
    bot.hold()
    visitor.say(CRISIS)
    bot.wait_for_turns(1)
    person, talk = live.person(), live.conversation(visitor.token).id
    lease = person.claim(talk)
    bot.release()
    visitor.wait("state", state="human")
    assert person.line(talk, lease, "Ik ben er nu.").status_code == 200
    visitor.wait("message", sender="helper")
    visitor.drain()
    kinds = [(f["sender"], f["kind"]) for f in visitor.messages() if f["seq"] > 4]
    assert kinds == [("visitor", "text"), ("system", "emergency"), ("system", "notice"), ("helper", "text")]
    assert [frame["on"] for frame in visitor.frames if frame["type"] == "working"] == [True, False]


def test_no_answer_in_time_brings_an_apology_with_numbers_and_a_person(start: Start, bot: FakeBot) -> None:
    live = start(bot_timeout=0.4)
    visitor = live.visitor()
    bot.hold()
    begun = time.monotonic()
    visitor.write(WORRY)
    apology = visitor.wait("message", sender="system")
    assert time.monotonic() - begun < 4
    assert apology["text"] == says(live, "bot.storing")[0]
    assert visitor.wait("state")["state"] == "waiting"
    visitor.write("ben je er nog")
    assert visitor.wait("message", sender="system")["text"] == says(live, "wacht.blijf")[0]


RAW = {
    "no JSON": b"<html>Internal Server Error</html>",
    "a list": b"[]",
    "a number": b"7",
    "nothing": b"{}",
    "no moves": json.dumps({"moves": [], "parse": parse(), "state": {}}).encode(),
    "moves of another shape": json.dumps({"moves": ["hallo"], "parse": parse(), "state": {}}).encode(),
    "moves that are no list": json.dumps({"moves": {"move": "say"}, "parse": parse(), "state": {}}).encode(),
    "a move without keys": json.dumps({"moves": [{"move": "say"}], "parse": parse(), "state": {}}).encode(),
    "an unknown text": json.dumps({"moves": [{"move": "say", "keys": ["bestaat.niet"]}], "parse": parse(), "state": {}}).encode(),
    "an empty parse": json.dumps({"moves": LISTEN, "parse": None, "state": {}}).encode(),
    "no state": json.dumps({"moves": LISTEN, "parse": parse(), "state": None}).encode(),
    "a level in words": json.dumps({"moves": LISTEN, "parse": {**parse(), "urgency": {"level": "hoog"}}, "state": {}}).encode(),
    "a line of an unknown kind": json.dumps({"moves": [{**LISTEN[0], "kind": "shout"}], "parse": parse(), "state": {}}).encode(),
    "a button with a bad value": json.dumps(
        {"moves": [{**LISTEN[0], "choices": [{"label": "knop.ja", "value": "JA !"}]}], "parse": parse(), "state": {}}
    ).encode(),
}


@pytest.mark.parametrize("what", RAW)
def test_nonsense_of_the_bot_is_a_failure_and_not_silence(live: Live, bot: FakeBot, what: str) -> None:
    bot.raw = RAW[what]
    visitor = live.visitor()
    visitor.write(WORRY)
    assert visitor.wait("message", sender="system", kind="notice", within=4)["text"] == says(live, "bot.storing")[0]
    assert live.conversation(visitor.token).state == "waiting"
    bot.raw = None
    visitor.write("ben je er nog")
    assert visitor.wait("message", sender="bot", kind="text")["text"] == says(live, "bot.luister")[0]


def test_level_that_does_not_exist_counts_as_the_nearest(live: Live, bot: FakeBot) -> None:
    bot.moves = [{"move": "crisis", "level": 9, "kinds": ["geweld"]}, *LISTEN]
    visitor = live.visitor()
    visitor.write(WORRY)
    visitor.wait("message", kind="emergency")
    assert live.conversation(visitor.token).urgency == 4


@pytest.mark.parametrize("status", [400, 403, 500, 504])
def test_error_status_of_the_bot_is_a_failure_without_a_second_call(live: Live, bot: FakeBot, status: int) -> None:
    bot.status = status
    visitor = live.visitor()
    visitor.write(WORRY)
    assert visitor.wait("message", sender="system")["text"] == says(live, "bot.storing")[0]
    assert len(bot.turns) == 1  # a retry could say things twice


def test_refused_connection_is_tried_again_and_nothing_is_said_twice(start: Start, bot: FakeBot) -> None:
    live = start(bot_timeout=8.0)
    visitor = live.visitor()
    bot.stop()
    visitor.write(WORRY)
    visitor.wait("working", on=True)
    time.sleep(0.6)
    bot.start()
    assert visitor.wait("message", sender="bot", seq=6)["text"] == says(live, "bot.luister")[0]
    assert (len(bot.turns), len(visitor.drain())) == (1, 1)  # the last frame takes the sign of reading away


def test_danger_is_answered_with_the_numbers_though_the_bot_is_dead(live: Live, bot: FakeBot) -> None:
    bot.stop()
    visitor = live.visitor()
    begun = time.monotonic()
    visitor.write(CRISIS)
    emergency = visitor.wait("message", kind="emergency")
    assert time.monotonic() - begun < 1.0
    assert ("112" in emergency["text"], "113" in emergency["text"]) == (True, True)
    assert visitor.wait("state")["state"] == "waiting"
    assert visitor.wait("message", kind="notice")["text"] == says(live, "bot.storing")[0]


def test_messages_without_an_answer_are_answered_after_a_restart(start: Start, bot: FakeBot) -> None:
    first = start()
    visitor = first.visitor()
    bot.hold()
    visitor.say(WORRY)
    visitor.say("en nog iets")
    bot.wait_for_turns(1)
    first.stop()
    bot.release()
    _let_go(first)
    second = start()
    again = second.visitor(greet=False)
    again.hello(visitor.token, after=4)
    texts = [again.wait_for(lambda f: f["type"] == "message" and f["sender"] == "bot", seconds=20)["text"] for _ in range(2)]
    assert texts == list(says(second, "bot.luister")[:2])
    assert [turn["text"] for turn in bot.turns] == [WORRY, WORRY, "en nog iets"]


def _let_go(live: Live) -> None:
    """Turn the clock of a hold forward: the one who held the turn is gone."""
    from handoff.db import Database

    database = Database(live.settings.database())

    def command(session: Any) -> None:
        for turn in session.scalars(select(BotTurn)):
            turn.held_until = None

    database.write_now(command)
    database.close()


def test_waking_bot_is_told_once_and_then_answers(start: Start, bot: FakeBot) -> None:
    bot.ready = False
    live = start(bot_wake_seconds=60.0)
    visitor = live.visitor()
    visitor.write(WORRY)
    visitor.write("en nog iets")
    assert visitor.wait("message", sender="system", kind="notice")["text"] == says(live, "bot.wakker_worden")[0]
    time.sleep(1.5)
    bot.ready = True
    for _ in range(2):
        visitor.wait_for(lambda f: f["type"] == "message" and f["sender"] == "bot" and f["seq"] > 4)
    assert from_line(visitor) == [says(live, "bot.wakker_worden")[0], *says(live, "bot.luister")[:2]]


def test_danger_is_answered_while_the_bot_wakes(start: Start, bot: FakeBot) -> None:
    bot.ready = False
    visitor = start(bot_wake_seconds=60.0).visitor()
    visitor.write(CRISIS)
    assert "112" in visitor.wait("message", kind="emergency")["text"]


def test_bot_that_never_wakes_counts_as_failed_after_its_time(start: Start, bot: FakeBot) -> None:
    bot.ready = False
    live = start(bot_wake_seconds=1.0, bot_timeout=0.5)
    visitor = live.visitor()
    visitor.write(WORRY)
    visitor.wait_for(lambda f: f["type"] == "message" and f["text"] == says(live, "bot.storing")[0])
    assert live.conversation(visitor.token).state == "waiting"


def test_service_stops_in_time_with_a_turn_in_hand(start: Start, bot: FakeBot) -> None:
    live = start(bot_timeout=30.0)
    visitor = live.visitor()
    bot.hold()
    visitor.say(WORRY)
    bot.wait_for_turns(1)
    begun = time.monotonic()
    live.stop()
    assert time.monotonic() - begun < 12


@pytest.mark.parametrize("database_urls", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_answer_that_the_database_refuses_is_a_failure_and_not_silence(live: Live, bot: FakeBot) -> None:
    bot.parse = parse(theme="stress" * 100)  # longer than its column, which SQLite does not mind
    visitor = live.visitor()
    visitor.write(WORRY)
    assert visitor.wait("message", sender="system", kind="notice", within=4)["text"] == says(live, "bot.storing")[0]
    assert live.conversation(visitor.token).state == "waiting"
