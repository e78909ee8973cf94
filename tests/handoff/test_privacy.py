"""No word, name or login in any log: a whole journey with everything that can go wrong forced on the way."""

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed, InvalidStatus

from handoff.db import Database
from tests.fake_bot import FakeBot
from tests.live import Live, Person, Visitor, served

Start = Callable[..., Live]

WORD = "Bergamotkwarts"  # what the visitor writes
NAME = "Zilvermos"  # what the visitor is called
LOGIN = "kaneelvink"  # who helps
TYPED = "Wolkenfluit"  # typed as a name or password by mistake
LINE = "Lantaarnlied"  # what the helper writes
MARKS = (WORD, NAME, LOGIN, LOGIN.capitalize(), TYPED, LINE)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that any logger says at any level, as a handler on the root prints it, tracebacks and all."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    # the test's own browsers log their requests; the service's calls to the bot stay in
    handler.addFilter(lambda record: record.name != "httpx" or "/webhooks/" in record.getMessage())
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def live(start: Start) -> Live:
    return start(bot_timeout=1.0)


def out_of(stream: io.StringIO, capfd: pytest.CaptureFixture[str]) -> str:
    """Return all that was logged or printed."""
    printed = capfd.readouterr()
    return stream.getvalue() + printed.out + printed.err


def broken(live: Live, table: str, do: Callable[[], Any]) -> None:
    """Do something while a table is away, so that the database answers with an error that carries its statement."""
    database = Database(live.settings.database())
    database.write_now(lambda s: s.execute(text(f"ALTER TABLE {table} RENAME TO away")))
    with suppress(ConnectionClosed, AssertionError):
        do()
    database.write_now(lambda s: s.execute(text(f"ALTER TABLE away RENAME TO {table}")))
    database.close()


def test_capture_sees_what_a_careless_line_would_log(logged: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(f"bad input: {WORD}")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    logging.getLogger("handoff").warning("visitor said %s", WORD)
    assert out_of(logged, capfd).count(WORD) == 2


def test_no_word_or_name_of_a_whole_journey_is_logged(
    live: Live, bot: FakeBot, logged: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor = live.visitor()
    visitor.say(f"ik heet {NAME} en ik denk aan {WORD}")
    visitor.wait("message", sender="bot", seq=6)
    visitor.say(f"ik wil dood, zegt {NAME}, {WORD}", choice="verder")
    visitor.wait("message", kind="emergency")
    talk = live.conversation(visitor.token).id
    person = live.person(LOGIN)
    with person.workplace():
        lease = person.claim(talk)
        person.line(talk, lease, f"{LINE}, ik ben er")
        person.transcript(talk)
        visitor.wait("message", sender="helper")
        person.post(talk, "give-back", lease=lease)
    _bot_errors(live, bot, visitor)
    _bad_frames(live, visitor)
    _bad_requests(live, person, talk)
    _database_errors(live, person, talk)
    _wrong_logins(live)
    time.sleep(1.5)
    live.stop()
    said = out_of(logged, capfd)
    assert [line for line in said.splitlines() if any(mark in line for mark in (*MARKS, visitor.token, person.cookie))] == []
    assert "/webhooks/nachtlicht/turn" in said
    assert "no answer of the bot" in said  # the faults did happen, and were logged
    assert "OperationalError" in said or "ProgrammingError" in said


def _bot_errors(live: Live, bot: FakeBot, visitor: Any) -> None:
    """The bot fails in every way, and repeats the words in what it answers."""
    for status, raw in ((500, None), (200, f"<html>{WORD}</html>".encode()), (200, json.dumps([WORD]).encode())):
        bot.status, bot.raw = status, raw
        visitor.say(f"en {WORD} weer")
        visitor.wait_for(lambda f: f["type"] == "message" and f["sender"] == "system")
    bot.status, bot.raw = 200, None
    for answer in (
        {"moves": [{"move": "say", "keys": [WORD]}], "parse": {}, "state": {}},
        {"moves": [{"move": "say", "keys": ["bot.luister"], "kind": WORD}], "parse": {}, "state": {}},
        {"moves": [{"move": "crisis", "level": WORD, "kinds": []}], "parse": {}, "state": {}},
        {"moves": [{"move": "say", "keys": ["bot.luister"], "choices": [{"label": "knop.ja", "value": WORD}]}], "parse": {}, "state": {}},
    ):
        bot.answers = lambda _body, answer=answer: answer  # type: ignore[misc]
        visitor.say(f"en nog eens {WORD}")
        with suppress(AssertionError):
            visitor.wait_for(lambda f: f["type"] == "message" and f["sender"] in ("system", "bot"), 3)
    bot.answers = None


def _bad_frames(live: Live, visitor: Any) -> None:
    for raw in (WORD, f'{{"type": "{WORD}"}}', json.dumps({"type": "say", "client_id": WORD, "text": [WORD]}), b"\xff" + WORD.encode()):
        visitor.socket.send(raw)
        visitor.wait("error")
    stranger = live.visitor(greet=False)
    stranger.send({"type": "hello", "token": WORD})
    stranger.wait("error")
    with suppress(InvalidStatus):
        live.visitor(origin=f"https://{WORD}.example")


def _bad_requests(live: Live, person: Person, talk: str) -> None:
    person.post(talk, "lines", lease=WORD, client_id=WORD, text=[LINE])
    person.http.post(f"/api/conversations/{talk}/lines", content=f'{{"text": "{LINE}'.encode())
    person.http.get(f"/api/conversations/{WORD}", params={"after": WORD})
    person.http.get(f"/{WORD}?naam={NAME}", headers={"referer": f"https://{WORD}.example", "user-agent": NAME})
    person.http.post(f"/api/conversations/{talk}/claim", headers={"origin": f"https://{WORD}.example"})


def _database_errors(live: Live, person: Person, talk: str) -> None:
    visitor = live.visitor()
    visitor.say("hallo")
    visitor.drain()
    broken(live, "messages", lambda: (visitor.write(f"{WORD} van {NAME}"), visitor.drain(1.0)))
    broken(live, "conversations", lambda: live.visitor())
    broken(live, "claims", lambda: person.post(talk, "claim"))
    lease = person.claim(talk)
    broken(live, "messages", lambda: person.line(talk, lease, LINE))
    broken(live, "users", lambda: Person(live).log_in(TYPED, TYPED))
    broken(live, "login_attempts", lambda: Person(live).log_in(TYPED, TYPED))


def _wrong_logins(live: Live) -> None:
    for _ in range(7):
        Person(live).log_in(TYPED, TYPED)
    Person(live).log_in(LOGIN, TYPED)
    Person(live).http.post("/werkplek/inloggen", data={"login": TYPED * 50, "password": TYPED})


def test_service_as_it_is_run_prints_no_word_and_no_address(settings: Any, bot: FakeBot, capfd: pytest.CaptureFixture[str]) -> None:
    with served(settings.model_copy(update={"bot_url": bot.url})) as place:
        visitor = Visitor(place)
        visitor.say(f"ik wil dood, zegt {NAME}")
        visitor.socket.send(WORD)
        visitor.wait("error")
        client = httpx.Client(base_url=f"http://{place.address}", trust_env=False)
        codes = [client.get(f"/{WORD}?naam={NAME}").status_code, client.post("/werkplek/inloggen", data={"login": TYPED}).status_code]
        client.close()
    said = out_of(io.StringIO(), capfd)
    assert codes == [404, 403]
    assert [line for line in said.splitlines() if any(mark in line for mark in (*MARKS, "127.0.0.1", visitor.token))] == []


def test_error_answers_repeat_nothing_that_was_sent(live: Live) -> None:
    person = live.person(LOGIN)
    answers = [
        person.post("abc", "lines", lease=WORD, client_id=WORD, text=[LINE]),
        person.post(WORD, "claim"),
        person.http.get(f"/api/conversations/{WORD}"),
        person.http.get(f"/{WORD}"),
        person.http.post("/api/conversations/abc/lines", content=f'{{"text": "{LINE}'.encode()),
    ]
    assert [answer.status_code for answer in answers] == [422, 409, 404, 404, 422]
    assert [mark for answer in answers for mark in MARKS if mark in answer.text] == []


def test_audit_holds_keys_and_numbers_and_never_a_word(live: Live) -> None:
    visitor = live.visitor()
    visitor.say(f"ik wil dood, {WORD}")
    visitor.wait("message", kind="emergency")
    person, talk = live.person(LOGIN), live.conversation(visitor.token).id
    lease = person.claim(talk)
    person.line(talk, lease, LINE)
    person.transcript(talk)
    rows = live.database.read_now(lambda s: [tuple(row) for row in s.execute(text("SELECT * FROM audit")).all()])
    assert len(rows) == 4
    assert [mark for mark in MARKS if mark in repr(rows)] == []
