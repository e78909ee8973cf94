"""The people fail and not the machines: an owner vanishes or writes nothing, nobody answers, a channel swallows what is sent."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from handoff import presence
from handoff.errors import LeaseLost
from handoff.models import Alert, Claim, Escalation
from tests.conftest import MovedClock, sqlite_only
from tests.fake_bot import FakeBot
from tests.handoff.line import CRISIS, WORRY
from tests.live import Live, Person, Visitor

pytestmark = [pytest.mark.fault, sqlite_only]

Start = Callable[..., Live]
NIGHT = datetime(2027, 1, 4, 3, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
LEASE, PROMISE = 45.0, 180.0
FAILS = {"vanishes": LEASE, "writes nothing": PROMISE}  # seconds after which the talk is taken away


@pytest.fixture
def live(start: Start, clock: MovedClock, how: str) -> Live:
    """An owner who writes nothing is there all the time: their presence keeps the lease."""
    return start(clock=clock, lease_seconds=LEASE if how == "vanishes" else 10_000.0, promise_seconds=PROMISE)


def rows(live: Live, model: Any) -> list[Any]:
    return live.database.read_now(lambda s: list(s.scalars(select(model).order_by(model.id))))


def until(condition: Callable[[], bool], what: str, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def in_danger(live: Live) -> tuple[Visitor, str]:
    visitor = live.visitor()
    visitor.say(CRISIS)
    visitor.wait("message", kind="emergency")
    return visitor, live.conversation(visitor.token).id


def told(live: Live, visitor: Visitor, how: str) -> None:
    """Return when the visitor has read that the talk is in front again."""
    key = {"vanishes": "mens.weg", "writes nothing": "mens.belofte"}[how]
    visitor.wait("message", sender="system", text=live.service.resources.texts.say(key))
    visitor.wait("state", state="waiting")


@pytest.mark.parametrize("how", FAILS)
def test_message_to_an_owner_who_fails_waits_for_the_next_one(live: Live, bot: FakeBot, clock: MovedClock, how: str) -> None:
    visitor, talk = in_danger(live)
    live.person().claim(talk)
    visitor.say("ben je er")
    clock.move(seconds=FAILS[how])
    told(live, visitor, how)
    bram = live.person("bram")
    bram.claim(talk)
    assert "ben je er" in [line["text"] for line in bram.transcript(talk).json()["lines"]], "stored, and read by whoever comes next"
    assert "ben je er" not in [turn["text"] for turn in bot.turns], "it was said to a person"


@pytest.mark.parametrize("how", FAILS)
def test_danger_to_an_owner_who_fails_is_answered_at_once_and_called_for_again(
    live: Live, bot: FakeBot, clock: MovedClock, how: str
) -> None:
    visitor = live.visitor()
    bot.moves = [{"move": "call_human", "reason": "asked"}, *bot.moves]
    visitor.say(WORRY)
    visitor.wait("state", state="waiting")
    talk = live.conversation(visitor.token).id
    live.person().claim(talk)
    visitor.say(CRISIS)
    visitor.wait("message", within=1.0, kind="emergency")
    clock.move(seconds=FAILS[how])
    told(live, visitor, how)
    unseen = [row.seen_at is None for row in rows(live, Escalation)]
    assert (live.conversation(visitor.token).urgency, unseen[-1]) == (3, True), "it waits in front, and nobody has seen it yet"


@pytest.mark.parametrize("how", FAILS)
def test_answer_that_was_under_way_before_the_owner_failed_is_never_said(live: Live, bot: FakeBot, clock: MovedClock, how: str) -> None:
    bot.hold()
    visitor, talk = in_danger(live)
    bot.wait_for_turns(1)
    live.person().claim(talk)
    clock.move(seconds=FAILS[how])
    told(live, visitor, how)
    bot.release()
    late = [m for m in visitor.drain(1.0) if m["type"] == "message" and m["sender"] == "bot"]
    assert late == [], "it answers a moment that is gone"
    visitor.say("is er iemand")
    visitor.wait("message", sender="bot", kind="text")
    assert [turn["text"] for turn in bot.turns] == [CRISIS, "is er iemand"]


@pytest.mark.parametrize("how", FAILS)
def test_late_line_of_an_owner_who_failed_is_refused(live: Live, bot: FakeBot, clock: MovedClock, how: str) -> None:
    visitor, talk = in_danger(live)
    anna = live.person()
    lease = anna.claim(talk)
    clock.move(seconds=FAILS[how])
    told(live, visitor, how)
    late = anna.line(talk, lease, "Sorry, ik was even weg.")
    assert (late.status_code, late.json()["code"]) == (LeaseLost.status, LeaseLost.code)
    bram = live.person("bram")
    assert bram.line(talk, bram.claim(talk), "Ik ben er.").status_code == 200
    assert anna.line(talk, lease, "Sorry, ik was even weg.").status_code == LeaseLost.status
    visitor.wait("message", sender="helper", text="Ik ben er.")
    assert [row.ended_at is None for row in rows(live, Claim)] == [False, True]


def test_nobody_answers_the_alarm_and_the_bot_stays(start: Start, bot: FakeBot, clock: MovedClock) -> None:
    live = start(clock=clock)
    person: Person = live.person()
    with person.workplace():  # somebody is there and does not look
        until(lambda: live.database.read_now(lambda s: presence.people(s, clock.now())) == 1, "they are present")
        visitor, talk = in_danger(live)
    nobody = live.service.resources.texts.variants("ladder.niemand").je
    clock.move(minutes=60)
    visitor.wait_for(lambda f: f["type"] == "message" and f["text"] in nobody)
    clock.move(minutes=60)
    visitor.drain(1.5)
    assert [m["text"] in nobody for m in visitor.messages()].count(True) == 1, "the truth, once"
    visitor.say("ben je er nog")
    visitor.wait("message", sender="bot", kind="text")
    assert live.conversation(visitor.token).state == "waiting"
    assert person.line(talk, person.claim(talk), "Ik ben er.").status_code == 200, "whoever comes late can still take it"
    visitor.wait("message", sender="helper")
    rang = len(rows(live, Alert))
    clock.move(seconds=30)
    visitor.drain(1.5)
    assert len(rows(live, Alert)) == rang, "and the ringing ends"


@pytest.fixture
def swallowed() -> Iterator[str]:
    """An on-call channel that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"dienst=json://127.0.0.1:{server.getsockname()[1]}"


def test_channel_that_never_answers_holds_up_nobody(start: Start, bot: FakeBot, swallowed: str) -> None:
    live = start(at=NIGHT, oncall=swallowed)
    begun = time.monotonic()
    visitor, talk = in_danger(live)
    visitor.wait("message", sender="bot", kind="text")
    other = live.visitor()
    other.say(WORRY)
    other.wait("message", sender="bot", kind="text", seq=6)
    person = live.person()
    assert person.line(talk, person.claim(talk), "Ik ben er.").status_code == 200
    visitor.wait("message", sender="helper")
    assert time.monotonic() - begun < 4.0, "messages, answers and a person wait for no telephone"
    (alert,) = rows(live, Alert)
    until(lambda: rows(live, Alert)[0].failed_at is not None, "the channel counts as failed", 20)
    time.sleep(1.5)
    assert [row.id for row in rows(live, Alert)] == [alert.id], "nobody is rung for a talk that a person has"


def test_page_of_the_night_shows_that_a_test_alarm_did_not_arrive(start: Start, bot: FakeBot) -> None:
    live = start(at=NIGHT, oncall="dienst=json://127.0.0.1:9")
    person = live.person()
    assert person.http.post("/werkplek/vannacht/proef", data={"alert_id": "0"}).status_code == 303
    until(lambda: any(row.failed_at for row in rows(live, Alert)), "the channel counts as failed", 10)
    assert "niet aangekomen" in person.http.get("/werkplek/vannacht").text
