"""The visitor's socket: come, come back, miss nothing, double nothing, and reach one's own conversation only."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from websockets.exceptions import ConnectionClosed, InvalidStatus

from handoff import conversations
from handoff.db import Database
from handoff.models import Conversation, Message
from handoff.service import CODES_AT_ONCE
from handoff.transcript import append
from handoff.wire import Body
from tests.conftest import MovedClock
from tests.fake_bot import FakeBot
from tests.handoff.line import CRISIS, WORRY, Line
from tests.live import Live, Visitor, served

Start = Callable[..., Live]


def test_hello_opens_a_conversation_with_the_welcome(live: Live) -> None:
    visitor = live.visitor(greet=False)
    welcome = visitor.hello()
    state = visitor.wait("state")
    assert (welcome["resumed"], welcome["last_seq"], len(visitor.token) >= 43) == (False, 4, True)
    assert [(m["seq"], m["sender"], m["text"]) for m in visitor.messages()] == [
        (number, "bot", words) for number, words in enumerate(conversations.welcome_texts(live.service.resources), start=1)
    ]
    assert state == {"type": "state", "state": "bot", "urgent": False, "helper": None}


def test_ping_is_answered_before_and_after_hello(live: Live) -> None:
    visitor = live.visitor(greet=False)
    visitor.send({"type": "ping"})
    visitor.wait("pong")
    visitor.hello()
    visitor.send({"type": "ping"})
    visitor.wait("pong")


@pytest.mark.parametrize("after", [0, 3, 5, 6, 7, 100])
def test_resume_brings_exactly_the_missing_lines(live: Live, after: int) -> None:
    visitor = live.visitor()
    visitor.say(WORRY)
    visitor.wait("message", seq=6)
    visitor.say("en nog iets")
    visitor.wait("message", seq=8)
    visitor.close()
    again = live.visitor(greet=False)
    welcome = again.hello(visitor.token, after=after)
    again.drain()
    assert (welcome["token"], welcome["resumed"], welcome["last_seq"]) == (None, True, 8)
    assert [m["seq"] for m in again.messages()] == list(range(after + 1, 9))
    assert {m["seq"]: m for m in again.messages()} == {m["seq"]: m for m in visitor.messages() if m["seq"] > after}


def test_own_messages_come_back_with_their_client_id_and_nobody_elses_do(live: Live) -> None:
    visitor = live.visitor()
    client_id = visitor.write(CRISIS)
    visitor.wait("message", sender="bot", seq=7)
    assert [(m["sender"], m["client_id"]) for m in visitor.messages() if m["seq"] > 4] == [
        ("visitor", client_id), ("system", None), ("bot", None),
    ]  # fmt: skip


def test_acknowledged_message_is_in_the_database_that_everybody_sees(live: Live) -> None:
    visitor = live.visitor()
    outside = Database(live.settings.database())
    for number in range(8):
        client_id = visitor.write(f"bericht {number}")
        seq = visitor.wait("ack", client_id=client_id)["seq"]
        found = outside.read_now(lambda s, c=client_id: s.scalar(select(Message.seq).where(Message.client_id == c)))  # type: ignore[misc]
        assert found == seq
    outside.close()


@pytest.mark.fault
def test_acknowledged_message_survives_a_kill(settings: Any, bot: FakeBot) -> None:
    ours = settings.model_copy(update={"bot_url": bot.url})
    bot.hold()
    with served(ours) as place:
        visitor = Visitor(place)
        sent = [visitor.write(f"bericht {number} {WORRY}") for number in range(5)]
        acknowledged = [visitor.wait("ack", client_id=client_id)["seq"] for client_id in sent]
        place.process.kill()
        place.process.wait()
    bot.release()
    with served(ours) as place:
        again = Visitor(place, greet=False)
        again.hello(visitor.token, after=4)
        for client_id in sent:
            again.write("bericht, noch einmal", client_id=client_id)
        assert [again.wait("ack", client_id=client_id)["seq"] for client_id in sent] == acknowledged
        assert [m["client_id"] for m in again.messages() if m["sender"] == "visitor"] == sent


def test_resend_after_a_lost_connection_is_stored_once(live: Live) -> None:
    visitor = live.visitor()
    client_id = visitor.write(WORRY)
    visitor.close()  # before the acknowledgement was read
    again = live.visitor(greet=False)
    again.hello(visitor.token, after=4)
    assert again.say(WORRY, client_id=client_id) == 5
    again.drain()
    assert [m["seq"] for m in again.messages() if m["sender"] == "visitor"] == [5]


def test_forged_token_is_refused_and_the_socket_goes_on(live: Live) -> None:
    known = live.visitor()
    for token in ("x" * 43, known.token[:-1] + ("A" if known.token[-1] != "A" else "B"), "", " ", "' OR 1=1 --", "é" * 40):
        visitor = live.visitor(greet=False)
        visitor.send({"type": "hello", "token": token})
        error = visitor.wait("error")
        assert (error["code"], error["fatal"]) == ("unknown_token", False)
        assert error["text"] == live.service.resources.texts.say("fout.unknown_token")
        assert visitor.hello()["resumed"] is False
        assert [m["seq"] for m in visitor.messages() if m["sender"] == "visitor"] == []


def test_token_reaches_its_own_conversation_only(live: Live) -> None:
    first, second = live.visitor(), live.visitor()
    first.say("geheim van de eerste")
    second.say("geheim van de tweede")
    thief = live.visitor(greet=False)
    thief.hello(second.token)
    thief.drain()
    heard = " ".join(m["text"] for m in [*thief.messages(), *second.drain()] if m["type"] == "message")
    assert ("tweede" in heard, "eerste" in heard) == (True, False)


def test_token_of_an_erased_conversation_is_unknown(start: Start, clock: MovedClock) -> None:
    live = start(clock=clock)
    visitor = live.visitor()
    visitor.say(WORRY)
    visitor.wait("message", sender="bot", seq=6)
    clock.move(minutes=46)
    visitor.wait("state", state="closed")
    clock.move(days=31)
    end = time.monotonic() + 10
    while live.conversation(visitor.token).erased_at is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    again = live.visitor(greet=False)
    again.send({"type": "hello", "token": visitor.token})
    assert again.wait("error")["code"] == "unknown_token"
    # and danger written into the socket that is still open is answered with the numbers all the same
    visitor.write(CRISIS)
    assert "112" in visitor.wait("refused")["emergency"]
    assert visitor.wait("error")["code"] == "unknown_token"


def test_say_before_hello_is_refused_and_danger_gets_the_numbers(live: Live) -> None:
    visitor = live.visitor(greet=False)
    client_id = visitor.write(WORRY)
    refused = visitor.wait("refused")
    assert (refused["client_id"], refused["code"], refused["emergency"]) == (client_id, "no_conversation", None)
    visitor.write(CRISIS)
    assert "112" in visitor.wait("refused")["emergency"]
    assert live.database.read_now(lambda s: s.scalars(select(Conversation)).all()) == []


def test_two_sockets_on_one_conversation_see_the_same_lines(live: Live) -> None:
    first = live.visitor()
    second = live.visitor(greet=False)
    second.hello(first.token)
    first.say("van de eerste")
    second.say("van de tweede")
    first.say(CRISIS)
    for visitor in (first, second):
        visitor.drain(1.0)
    assert first.messages() == second.messages()
    assert [m["seq"] for m in first.messages()] == list(range(1, len(first.messages()) + 1))
    assert first.frames[-1]["type"] in ("message", "state", "working")


def test_message_typed_in_fragments_over_a_reconnect_is_read_together(live: Live) -> None:
    visitor = live.visitor()
    visitor.say("ik wil")
    visitor.close()
    again = live.visitor(greet=False)
    again.hello(visitor.token, after=4)
    again.write("dood")
    assert "112" in again.wait("message", kind="emergency")["text"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://nachtlicht.example.evil.example"])
def test_foreign_origin_is_refused(live: Live, origin: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        live.visitor(origin=origin)
    assert caught.value.response.status_code == 403


def test_own_origin_is_welcome_and_a_public_origin_is_the_only_one(start: Start) -> None:
    live = start()
    assert live.visitor(origin=f"http://{live.address}").token != ""
    public = start(public_origin="https://chat.example.nl")
    assert public.visitor(origin="https://chat.example.nl").token != ""
    with pytest.raises(InvalidStatus):
        public.visitor(origin=f"http://{public.address}")


def test_very_long_conversation_comes_back_whole(live: Live, line: Line) -> None:
    visitor = live.visitor()
    talk = live.conversation(visitor.token).id
    resources = live.service.resources

    def command(session: Any) -> None:
        row = conversations.lock(session, talk)
        for number in range(1_200):
            append(session, resources.keys, row, Body(text=f"regel {number}"), sender="bot", kind="text", now=resources.clock.now())

    live.database.write_now(command)
    again = live.visitor(greet=False)
    again.hello(visitor.token)
    again.wait("message", seq=1_204)
    assert [m["seq"] for m in again.messages()] == list(range(1, 1_205))


def test_socket_whose_news_have_stopped_does_not_look_alive(live: Live) -> None:
    visitor, person = live.visitor(), live.person()
    visitor.say(CRISIS)
    visitor.wait("message", kind="emergency")
    talk = live.conversation(visitor.token).id
    lease = person.claim(talk)
    visitor.wait("state", state="human")
    visitor.drain()
    _rename(live, "messages", "away")
    person.post(talk, "typing", lease=lease)  # wakes the sender, which cannot read now
    time.sleep(0.5)
    _rename(live, "away", "messages")
    person.line(talk, lease, "Ik ben er.")
    try:
        visitor.wait("message", sender="helper", within=3)
    except ConnectionClosed:
        again = live.visitor(greet=False)
        again.hello(visitor.token, after=4)
        again.wait("message", sender="helper")


def _rename(live: Live, old: str, new: str) -> None:
    database = Database(live.settings.database())
    database.write_now(lambda s: s.execute(text(f"ALTER TABLE {old} RENAME TO {new}")))
    database.close()


def test_danger_gets_the_numbers_though_the_database_fails_and_is_stored_when_it_is_back(live: Live) -> None:
    visitor = live.visitor()
    visitor.drain()
    _rename(live, "messages", "away")
    quiet = visitor.write(WORRY)
    assert visitor.wait("refused", client_id=quiet)["emergency"] is None
    client_id = visitor.write(CRISIS)
    refused = visitor.wait("refused", client_id=client_id)
    assert ("112" in refused["emergency"], refused["code"], refused["retry_after"] > 0) == (True, "internal", True)
    _rename(live, "away", "messages")
    assert visitor.say(CRISIS, client_id=client_id) == 5
    assert visitor.say(WORRY, client_id=quiet) > 5


def test_a_return_code_opens_the_talk_on_another_device_with_a_token_of_its_own(live: Live) -> None:
    first = live.visitor()
    first.say("Hoe praat ik met mijn dochter over haar cijfers?")
    first.say("code")
    code = first.wait_for(lambda f: f["type"] == "message" and f["sender"] == "system")["code"]
    other = live.visitor(greet=False)
    other.send({"type": "hello", "after": 0, "code": code.lower()})
    welcome = other.wait("welcome")
    other.drain()
    assert welcome["resumed"]
    assert welcome["token"] not in (None, first.token)
    assert [m["text"] for m in other.messages() if m["sender"] == "visitor"] == ["Hoe praat ik met mijn dochter over haar cijfers?", "code"]
    other.close()
    again = live.visitor(greet=False)
    assert again.hello(welcome["token"])["resumed"]


def test_a_wrong_code_is_refused_and_the_fifth_ends_the_connection(live: Live) -> None:
    visitor = live.visitor(greet=False)
    for _ in range(5):
        visitor.send({"type": "hello", "after": 0, "code": "AAAA-BBBB-CCCC-D"})
    with pytest.raises(ConnectionClosed):
        visitor.wait("welcome")
    assert {f["code"] for f in visitor.frames} == {"unknown_code"}


def test_guessing_codes_is_slowed_for_all_connections_together(live: Live) -> None:
    codes = []
    for _ in range(CODES_AT_ONCE // 4 + 2):
        visitor = live.visitor(greet=False)
        for _ in range(4):
            visitor.send({"type": "hello", "after": 0, "code": "AAAA-BBBB-CCCC-D"})
            codes.append(visitor.wait("error")["code"])
        visitor.close()
    assert codes[:CODES_AT_ONCE] == ["unknown_code"] * CODES_AT_ONCE
    assert "too_many_codes" in codes[CODES_AT_ONCE:]
