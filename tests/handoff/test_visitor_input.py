"""Bad input: whatever is sent is read by triage first and answered clearly; nothing is lost, nothing breaks the talk."""

import json
import time
import uuid

import pytest
from websockets.exceptions import ConnectionClosed

from handoff.messages_in import readable
from handoff.wire import MAX_FRAME, MAX_STORED
from tests.handoff.line import CRISIS, WORRY
from tests.live import Live, Visitor

PLAIN = "vandaag heb ik brood gekocht en soep gekookt. "
MALFORMED = {
    "no JSON": "hallo",
    "half JSON": '{"type": "say", "client_id": "abcdefgh", "text": "hal',
    "empty": "",
    "a list": "[]",
    "a number": "3",
    "null": "null",
    "no type": '{"text": "hallo"}',
    "unknown type": '{"type": "shout", "text": "hallo"}',
    "extra field": '{"type": "say", "client_id": "abcdefgh", "text": "hallo", "urgency": 0}',
    "text is a number": '{"type": "say", "client_id": "abcdefgh", "text": 3}',
    "text is missing": '{"type": "say", "client_id": "abcdefgh"}',
    "text is null": '{"type": "say", "client_id": "abcdefgh", "text": null}',
    "text is a list": '{"type": "say", "client_id": "abcdefgh", "text": ["hallo"]}',
    "short client id": '{"type": "say", "client_id": "a", "text": "hallo"}',
    "long client id": json.dumps({"type": "say", "client_id": "a" * 65, "text": "hallo"}),
    "odd client id": '{"type": "say", "client_id": "abcdefgh#1", "text": "hallo"}',
    "odd choice": '{"type": "say", "client_id": "abcdefgh", "text": "ja", "choice": "DROP TABLE"}',
    "negative after": '{"type": "hello", "after": -1}',
    "after in words": '{"type": "hello", "after": "alles"}',
    "long token": json.dumps({"type": "hello", "token": "a" * 101}),
    "deep": "[" * 5_000,
    "ping with more": '{"type": "ping", "text": "hallo"}',
}


@pytest.fixture
def live(shared_live: Live) -> Live:
    return shared_live


def lives(visitor: Visitor) -> bool:
    visitor.send({"type": "ping"})
    return visitor.wait("pong") == {"type": "pong"}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_frame_is_answered_and_the_talk_goes_on(live: Live, what: str) -> None:
    visitor = live.visitor()
    visitor.socket.send(MALFORMED[what])
    error = visitor.wait("error")
    assert (error["code"], error["fatal"], error["text"]) == ("bad_frame", False, live.service.resources.texts.say("fout.bad_frame"))
    assert lives(visitor)
    assert visitor.say(WORRY) == 5


DANGEROUS = {
    "half JSON": '{"type": "say", "client_id": "abcdefgh", "text": "ik wil dood',
    "unknown type": '{"type": "shout", "text": "ik wil dood"}',
    "no JSON": "ik wil dood",
    "extra field": '{"type": "say", "client_id": "abcdefgh", "text": "ik wil dood", "mood": 1}',
    "too large": json.dumps({"type": "say", "client_id": "abcdefgh", "text": "x " * MAX_FRAME + "ik wil dood"}),
}


@pytest.mark.parametrize("what", DANGEROUS)
def test_danger_in_a_malformed_frame_gets_the_numbers(live: Live, what: str) -> None:
    visitor = live.visitor()
    visitor.socket.send(DANGEROUS[what])
    refused = visitor.wait("refused")
    assert (refused["code"], "112" in refused["emergency"], refused["client_id"]) == ("bad_frame", True, None)
    assert lives(visitor)


def test_binary_frame_is_read_like_any_other(live: Live) -> None:
    visitor = live.visitor()
    visitor.socket.send(b"\xff\xfe\x00")
    assert visitor.wait("error")["code"] == "bad_frame"
    visitor.socket.send(b"ik wil dood")
    assert "112" in visitor.wait("refused")["emergency"]
    assert lives(visitor)


def test_frame_of_a_megabyte_closes_the_socket_and_nothing_else(live: Live) -> None:
    visitor, other = live.visitor(), live.visitor()
    visitor.say(WORRY)
    with pytest.raises(ConnectionClosed) as caught:  # noqa: PT012 - whichever of the two notices the end
        visitor.write("x" * 1_000_000)
        visitor.drain(5)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1009
    again = live.visitor(greet=False)
    again.hello(visitor.token, after=4)
    assert again.say("ik ben er weer") > 5
    assert lives(other)


@pytest.mark.parametrize(
    "words", ["", " ", "\n\t \r\n", "\u200b\u200d", "\x00\x01\x1b", "\u00a0 \u2003", "\u200e\u200f", "\ufeff", "\u00ad"]
)
def test_message_of_nothing_is_refused_in_plain_words(live: Live, words: str) -> None:
    visitor = live.visitor()
    client_id = visitor.write(words)
    refused = visitor.wait("refused")
    assert refused == {
        "type": "refused", "client_id": client_id, "code": "empty", "emergency": None, "retry_after": None,
        "text": live.service.resources.texts.say("fout.empty"),
    }  # fmt: skip
    assert live.conversation(visitor.token).last_seq == 4


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("😢", "😢"),
        ("👩‍👩‍👧 ❤️‍🩹", "👩‍👩‍👧 ❤️‍🩹"),
        ("/restart", "/restart"),
        ("/ik wil iets zeggen", "/ik wil iets zeggen"),
        ("  hallo  \r\nnog een regel\r", "hallo  \nnog een regel"),
        ("hal\x00lo\x07", "hallo"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE messages; --", "'; DROP TABLE messages; --"),
        ("مرحبا", "مرحبا"),
        ("{naam} {tel:nl-113}", "{naam} {tel:nl-113}"),
        ("e\u0301e\u0301n", "e\u0301e\u0301n"),
    ],
)
def test_words_are_stored_as_they_were_typed_but_for_what_cannot_be_seen(live: Live, sent: str, stored: str) -> None:
    visitor = live.visitor()
    assert visitor.say(sent) == 5
    assert visitor.wait("message", sender="visitor")["text"] == stored


def test_half_an_emoji_costs_no_message(live: Live) -> None:
    visitor = live.visitor()
    visitor.socket.send('{"type": "say", "client_id": "half-emoji-1", "text": "het gaat niet \\ud83d"}')
    assert visitor.wait("ack")["client_id"] == "half-emoji-1"
    assert visitor.wait("message", sender="visitor")["text"] == "het gaat niet"


def fill(length: int, end: str = "") -> str:
    """Return an everyday text of exactly so many characters, with these words at its end."""
    body = PLAIN * (length // len(PLAIN) + 1)
    return body[: length - len(end) - 1] + (" " if end else ".") + end


@pytest.mark.parametrize(("length", "parts"), [(4_000, 1), (4_001, 2), (MAX_STORED, 5)])
@pytest.mark.parametrize("end", ["", CRISIS])
def test_long_message_is_stored_in_parts_and_danger_at_its_end_is_seen(live: Live, length: int, parts: int, end: str) -> None:
    visitor = live.visitor()
    sent = fill(length, end)
    assert len(sent) == length
    assert visitor.say(sent) == 5
    visitor.drain()
    stored = [m for m in visitor.messages() if m["sender"] == "visitor"]
    assert ([m["seq"] for m in stored], "".join(m["text"] for m in stored)) == (list(range(5, 5 + parts)), sent)
    assert [m["kind"] for m in visitor.messages() if m["kind"] == "emergency"] == (["emergency"] if end else [])


def test_message_that_is_too_long_is_refused_and_takes_no_number(live: Live) -> None:
    visitor = live.visitor()
    client_id = visitor.write(fill(MAX_STORED + 1))
    refused = visitor.wait("refused")
    assert (refused["client_id"], refused["code"], refused["emergency"]) == (client_id, "too_long", None)
    assert refused["text"] == live.service.resources.texts.say("fout.too_long")
    assert live.conversation(visitor.token).last_seq == 4


@pytest.mark.parametrize("length", [MAX_STORED + 1, 60_000])
def test_danger_in_a_message_that_is_too_long_is_kept_and_the_visitor_is_told(live: Live, length: int) -> None:
    visitor = live.visitor()
    visitor.write(fill(length, CRISIS))
    visitor.wait("ack")
    visitor.drain()
    kinds = [(m["sender"], m["kind"]) for m in visitor.messages() if m["seq"] > 4]
    assert kinds[:7] == [("visitor", "text")] * 5 + [("system", "notice"), ("system", "emergency")]
    assert sum(len(m["text"]) for m in visitor.messages() if m["sender"] == "visitor") == MAX_STORED
    notices = [m["text"] for m in visitor.messages() if m["kind"] == "notice"]
    assert notices[0] == live.service.resources.texts.say("fout.afgekapt")


@pytest.mark.parametrize("length", [10_000, MAX_STORED])
def test_danger_in_the_middle_of_a_long_message_is_seen(live: Live, length: int) -> None:
    visitor = live.visitor()
    visitor.write(f"{fill(length // 2)} {CRISIS}. {fill(length // 2 - 20)}")
    visitor.wait("message", kind="emergency", within=2)


def test_thirty_messages_in_a_second_lose_and_double_nothing(live: Live) -> None:
    visitor = live.visitor()
    words = {uuid.uuid4().hex: f"bericht {number}" for number in range(30)}
    danger = list(words)[25]
    words[danger] = CRISIS
    begun = time.monotonic()
    for client_id, text in words.items():
        visitor.write(text, client_id=client_id)
    answers = {f["client_id"]: f for f in (visitor.wait_for(lambda f: f["type"] in ("ack", "refused")) for _ in words)}
    assert time.monotonic() - begun < 5
    assert set(answers) == set(words)
    refused = {client_id for client_id, frame in answers.items() if frame["type"] == "refused"}
    assert len(refused) >= 10
    assert answers[danger]["type"] == "ack"
    assert {answers[client_id]["code"] for client_id in refused} == {"too_fast"}
    assert all(0 < answers[client_id]["retry_after"] < 30 for client_id in refused)
    for client_id in [one for one in words if one in refused]:
        _send_until_stored(visitor, client_id, words[client_id])
    visitor.drain(1.0)
    stored = [m for m in visitor.messages() if m["sender"] == "visitor"]
    assert sorted(m["client_id"] for m in stored) == sorted(words)
    assert {m["client_id"]: m["text"] for m in stored} == words
    numbers = [m["seq"] for m in visitor.messages()]
    assert numbers == list(range(1, len(numbers) + 1))


def _send_until_stored(visitor: Visitor, client_id: str, text: str) -> None:
    while True:
        visitor.write(text, client_id=client_id)
        frame = visitor.wait_for(lambda f: f["type"] in ("ack", "refused") and f["client_id"] == client_id)
        if frame["type"] == "ack":
            return
        time.sleep(frame["retry_after"])


def test_pace_is_per_socket_and_pings_cost_nothing(live: Live) -> None:
    fast, calm = live.visitor(), live.visitor()
    for _ in range(20):
        fast.write("snel")
    for _ in range(40):
        calm.send({"type": "ping"})
    assert calm.say("rustig") == 5


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\u2028b", "a\u2028b"),
        ("\ud800x", "x"),
        ("x\udfff", "x"),
        ("tab\there", "tab\there"),
        ("\r\n\r\n", ""),
        ("🏴\U000e0067\U000e007f", "🏴\U000e0067\U000e007f"),
    ],
)
def test_readable_keeps_words_and_drops_what_cannot_be_stored(typed: str, kept: str) -> None:
    assert readable(typed) == kept
    readable(kept).encode()


def test_text_and_choice_reach_the_bot_as_typed(live: Live) -> None:
    visitor = live.visitor()
    visitor.say("/restart als eerste", choice="doel:tips")
    visitor.wait("message", sender="bot", seq=6)
    assert [turn["context"]["choice"] for turn in live.bot.turns if turn["text"] == "/restart als eerste"] == ["doel:tips"]
