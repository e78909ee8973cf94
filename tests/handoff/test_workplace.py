"""What a counsellor does: see the queue live, claim, read with the signals marked, write, give back, close."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import select, text
from websockets.exceptions import ConnectionClosed

from handoff import workplace
from handoff.db import Database
from handoff.models import Audit, Message, Outbox
from tests.conftest import MovedClock
from tests.fake_bot import FakeBot
from tests.handoff.line import CRISIS, WORRY
from tests.live import Live, Person, Visitor, next_frame

Start = Callable[..., Live]


def in_danger(live: Live, words: str = CRISIS) -> tuple[Visitor, str]:
    """Return a visitor in danger and the id of the conversation."""
    visitor = live.visitor()
    visitor.say(words)
    visitor.wait("message", kind="emergency")
    return visitor, live.conversation(visitor.token).id


def audits(live: Live) -> list[tuple[str, str]]:
    return live.database.read_now(lambda s: [(row.action, row.subject) for row in s.scalars(select(Audit).order_by(Audit.id))])


def test_claim_wins_once_and_the_second_is_told(live: Live) -> None:
    _, talk = in_danger(live)
    anna, bram = live.person("anna"), live.person("bram")
    assert anna.claim(talk) == 1
    late = bram.post(talk, "claim")
    assert (late.status_code, late.json()["code"]) == (409, "already_claimed")
    assert [card["id"] for card in anna.http.get("/api/mine").json()["items"]] == [talk]
    assert bram.http.get("/api/mine").json()["items"] == []


def test_visitor_sees_first_name_and_role_of_who_took_over(live: Live) -> None:
    visitor, talk = in_danger(live)
    person = live.person("anna", role="trainee")
    lease = person.claim(talk)
    state = visitor.wait("state", state="human")
    assert state["helper"] == {"name": "Anna", "role": "medewerker in opleiding"}
    person.line(talk, lease, "  Ik lees met je mee.  ")
    line = visitor.wait("message", sender="helper")
    assert (line["text"], line["helper"]) == ("Ik lees met je mee.", {"name": "Anna", "role": "medewerker in opleiding"})


def test_transcript_is_for_the_owner_only(live: Live) -> None:
    _, talk = in_danger(live)
    anna, bram, chief = live.person("anna"), live.person("bram"), live.person("chief", role="administrator")
    assert anna.transcript(talk).status_code == 404  # it waits: nobody has it
    lease = anna.claim(talk)
    assert anna.transcript(talk).status_code == 200
    for other in (bram, chief):
        response = other.transcript(talk)
        assert (response.status_code, response.json()) == (404, {"code": "not_found", "message": "not_found"})
    assert Person(live).transcript(talk).status_code == 401
    assert anna.transcript("bestaat-niet").status_code == 404
    anna.post(talk, "give-back", lease=lease)
    assert anna.transcript(talk).status_code == 404


@pytest.mark.parametrize(
    "words",
    [
        "ik wil dood",
        "😢😢 ééh ik wil dood en ik weet het niet",
        "hallo. ik wil niet meer leven. dag",
        "i k  w i l  z e l f m o o r d",
        "👩‍👩‍👧 ik wil dóód",
    ],
)
def test_marks_are_the_words_in_the_text(live: Live, words: str) -> None:
    visitor = live.visitor()
    visitor.say(words)
    visitor.wait("message", kind="emergency")
    talk, person = live.conversation(visitor.token).id, live.person()
    person.claim(talk)
    reading = live.service.resources.triage.read(words)
    (line,) = [line for line in person.transcript(talk).json()["lines"] if line["sender"] == "visitor"]
    expected = [(e.rule, e.level, e.words) for e in reading.screen.evidence if e.end > e.start]
    assert [(m["rule"], m["level"], line["text"][m["start"] : m["end"]]) for m in line["marks"]] == expected
    assert (line["urgency"], len(expected) > 0) == (reading.level, True)


def test_marks_of_a_long_message_stand_in_the_part_that_holds_the_words(live: Live) -> None:
    visitor = live.visitor()
    plain = "vandaag heb ik brood gekocht en soep gekookt. "
    whole = plain * 130 + CRISIS
    visitor.say(whole)
    visitor.wait("message", kind="emergency")
    talk, person = live.conversation(visitor.token).id, live.person()
    person.claim(talk)
    lines = [line for line in person.transcript(talk).json()["lines"] if line["sender"] == "visitor"]
    expected = [e.words for e in live.service.resources.triage.read(whole).screen.evidence if e.end > e.start]
    assert len(lines) == 2
    assert [line["text"][m["start"] : m["end"]] for line in lines for m in line["marks"]] == expected
    assert lines[0]["marks"] == []


def test_reading_a_transcript_is_audited_and_cannot_be_read_around_it(live: Live) -> None:
    _, talk = in_danger(live)
    person = live.person()
    person.claim(talk)
    assert ("transcript read", talk) not in audits(live)
    for after in (-1, -10):
        assert person.transcript(talk, after=after).status_code == 422
    person.transcript(talk)
    assert audits(live).count(("transcript read", talk)) == 1
    later = person.transcript(talk, after=6).json()["lines"]
    assert (min(line["seq"] for line in later), audits(live).count(("transcript read", talk))) == (7, 1)


def test_line_is_stored_once_for_each_client_id(live: Live) -> None:
    visitor, talk = in_danger(live)
    person = live.person()
    lease = person.claim(talk)
    first = person.line(talk, lease, "Vertel maar.", "line-id-0001")
    again = person.line(talk, lease, "Vertel maar.", "line-id-0001")
    assert (first.status_code, first.json()) == (200, again.json())
    visitor.wait("message", sender="helper")
    assert [f for f in visitor.drain() if f["type"] == "message" and f["sender"] == "helper"] == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"text": "   "}, 422, "empty"),
        ({"text": "x" * 20_001}, 422, "bad_frame"),
        ({"text": 3}, 422, "bad_frame"),
        ({"client_id": "kort"}, 422, "bad_frame"),
        ({"lease": 99}, 409, "lease_lost"),
        ({"lease": "een"}, 422, "bad_frame"),
        ({"more": 1}, 422, "bad_frame"),
    ],
)
def test_bad_line_is_refused_with_a_code_and_repeats_nothing(live: Live, change: dict[str, Any], status: int, code: str) -> None:
    _, talk = in_danger(live)
    person = live.person()
    lease = person.claim(talk)
    response = person.post(talk, "lines", **{"lease": lease, "client_id": "line-id-0001", "text": "hallo", **change})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert len(response.text) < 120
    stored = live.database.read_now(lambda s: s.scalars(select(Message).where(Message.sender == "helper")).all())
    assert stored == []


def test_researcher_sees_no_conversation(live: Live) -> None:
    _, talk = in_danger(live)
    researcher = live.person("rosa", role="researcher")
    assert (researcher.post(talk, "claim").status_code, researcher.transcript(talk).status_code) == (404, 404)


def test_typing_is_shown_while_a_person_holds_the_conversation_and_never_else(live: Live) -> None:
    visitor, talk = in_danger(live)
    anna, bram = live.person("anna"), live.person("bram")
    assert anna.post(talk, "typing", lease=0).status_code == 409
    lease = anna.claim(talk)
    visitor.wait("state", state="human")
    assert anna.post(talk, "typing", lease=lease).status_code == 204
    assert visitor.wait("typing", within=2) == {"type": "typing"}
    assert (bram.post(talk, "typing", lease=lease).status_code, anna.post(talk, "typing", lease=lease + 1).status_code) == (409, 409)
    anna.post(talk, "typing", lease=lease)
    anna.post(talk, "give-back", lease=lease)
    visitor.wait("state", state="waiting")
    assert anna.post(talk, "typing", lease=lease).status_code == 409
    assert [f["type"] for f in visitor.drain() if f["type"] == "typing"] == []
    _comes_back_to_no_typing(live, visitor)
    bram.claim(talk)
    _comes_back_to_no_typing(live, visitor)  # what somebody else typed a moment ago is not what this person types


def _comes_back_to_no_typing(live: Live, visitor: Visitor) -> None:
    again = live.visitor(greet=False)
    again.hello(visitor.token)
    again.wait("state")
    assert [frame["type"] for frame in again.drain() if frame["type"] == "typing"] == []


def test_give_back_and_close_are_told_to_the_visitor(live: Live) -> None:
    visitor, talk = in_danger(live)
    person, texts = live.person(), live.service.resources.texts
    lease = person.claim(talk)
    assert person.post(talk, "give-back", lease=lease).status_code == 204
    visitor.wait("message", text=texts.say("mens.teruggegeven"))
    visitor.wait("state", state="waiting")
    lease = person.claim(talk)
    assert person.post(talk, "close", lease=lease).status_code == 204
    visitor.wait("message", text=texts.say("mens.gesloten"))
    assert visitor.wait("state", state="closed")["urgent"] is True
    assert person.post(talk, "close", lease=lease).status_code == 409
    visitor.say("toch nog iets")
    assert visitor.wait("state")["state"] == "waiting"  # its urgency stands: a person takes it up again


def test_bot_is_not_asked_while_a_person_holds_the_conversation(live: Live, bot: FakeBot) -> None:
    visitor, talk = in_danger(live)
    visitor.wait("message", sender="bot", seq=7)
    person = live.person()
    person.claim(talk)
    asked = len(bot.turns)
    visitor.say("ben jij een mens?")
    visitor.drain(1.0)
    assert (len(bot.turns), visitor.messages()[-1]["text"]) == (asked, "ben jij een mens?")


def test_queue_is_live_within_a_second_of_every_change(live: Live) -> None:
    person = live.person()
    with person.workplace() as socket:
        assert next_frame(socket, "queue")["items"] == []
        visitor, talk = in_danger(live)
        first = next_frame(socket, "queue", 1.0, lambda f: f["waiting"] == 1)
        item = first["items"][0]
        assert (item["id"], item["place"], item["urgency"] >= 3, item["why"]) == (talk, 1, True, "signaal van gevaar")
        assert "suicidaliteit" in item["kinds"]
        lease = person.claim(talk)
        next_frame(socket, "queue", 1.0, lambda f: f["waiting"] == 0)
        person.post(talk, "give-back", lease=lease)
        next_frame(socket, "queue", 1.0, lambda f: f["waiting"] == 1)
        lease = person.claim(talk)
        next_frame(socket, "queue", 1.0, lambda f: f["waiting"] == 0)
        person.post(talk, "close", lease=lease)
        next_frame(socket, "conversation", 1.0, lambda f: f["state"] == "closed")
        visitor.say(CRISIS)
        next_frame(socket, "queue", 1.0, lambda f: f["waiting"] == 1)


def test_news_of_a_conversation_say_whose_it_is_and_no_word_of_it(live: Live) -> None:
    visitor, talk = in_danger(live)
    anna, bram = live.person("anna"), live.person("bram")
    with anna.workplace() as hers, bram.workplace() as his:
        next_frame(hers, "queue")
        next_frame(his, "queue")
        anna.claim(talk)
        visitor.say("geheime woorden")
        for socket, mine in ((hers, True), (his, False)):
            frame = next_frame(socket, "conversation", 2.0, lambda f: f["state"] == "human")
            assert frame == {"type": "conversation", "id": talk, "state": "human", "mine": mine}


def test_what_the_visitor_writes_reaches_the_owner(live: Live) -> None:
    visitor, talk = in_danger(live)
    person = live.person()
    person.claim(talk)
    last = person.transcript(talk).json()["card"]["last_seq"]
    with person.workplace() as socket:
        next_frame(socket, "queue")
        visitor.say("nog een woord")
        next_frame(socket, "conversation", 1.0)
    lines = person.transcript(talk, after=last).json()["lines"]
    assert [(line["sender"], line["text"]) for line in lines] == [("visitor", "nog een woord")]


def test_open_workplace_keeps_the_lease_and_a_closed_one_loses_it(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workplace, "RENEW_SECONDS", 0.2)
    live = start(lease_seconds=1.5)
    visitor, talk = in_danger(live)
    person = live.person()
    with person.workplace() as socket:
        next_frame(socket, "queue")
        person.claim(talk)
        time.sleep(3.5)
        assert live.conversation(visitor.token).state == "human"
    visitor.wait("message", text=live.service.resources.texts.say("mens.weg"))
    assert visitor.wait("state", state="waiting")["helper"] is None


def people_seen(socket: Any, people: int) -> None:
    """Return when the workplace has been told of so many people."""
    while next_frame(socket, "queue", 3.0)["people"] != people:
        pass


def test_who_comes_and_goes_is_seen_in_every_open_workplace(live: Live) -> None:
    with live.person().workplace() as first:
        people_seen(first, 1)
        with live.person("bas").workplace():
            people_seen(first, 2)
        people_seen(first, 1)


def test_broken_promise_is_told_and_the_conversation_waits_again(start: Start, clock: MovedClock) -> None:
    live = start(clock=clock, lease_seconds=10_000.0)
    visitor, talk = in_danger(live)
    person = live.person()
    lease = person.claim(talk)
    visitor.wait("state", state="human")
    clock.move(seconds=181)
    visitor.wait("message", text=live.service.resources.texts.say("mens.belofte"))
    visitor.wait("state", state="waiting")
    assert person.line(talk, lease, "te laat").status_code == 409


def test_words_about_people_are_true(start: Start) -> None:
    live = start()
    texts = live.service.resources.texts
    alone, _ = in_danger(live)
    assert alone.messages()[-1]["text"].endswith(texts.say("nood.mens_dicht"))
    with live.person().workplace() as socket:
        next_frame(socket, "queue")
        end = time.monotonic() + 5
        while not _people(live):
            assert time.monotonic() < end
            time.sleep(0.05)
        helped, _ = in_danger(live)
        emergency = next(m for m in helped.messages() if m["kind"] == "emergency")
        assert emergency["text"].endswith(texts.say("nood.mens_misschien")), "no alarm was tested in a day"
        _test_alarm(live)
        helped, _ = in_danger(live)
        emergency = next(m for m in helped.messages() if m["kind"] == "emergency")
        assert emergency["text"].endswith(texts.say("nood.mens"))


def _test_alarm(live: Live) -> None:
    from handoff import ladder
    from handoff.models import User

    def command(session: Any) -> None:
        user = session.scalars(select(User)).first()
        ladder.test_now(session, live.service.resources, user)
        ladder.acknowledge_test(session, live.service.resources, ladder.last_test(session).id, user)  # type: ignore[union-attr]

    live.database.write_now(command)


def _people(live: Live) -> int:
    from handoff import presence

    return live.database.read_now(lambda s: presence.people(s, live.now()))


def test_workplace_whose_news_have_stopped_does_not_look_alive(live: Live) -> None:
    person = live.person()
    with ExitStack() as doors:
        socket = doors.enter_context(person.workplace())
        next_frame(socket, "queue")
        outside = Database(live.settings.database())
        outside.write_now(lambda s: s.execute(text("ALTER TABLE conversations RENAME TO away")))
        outside.write_now(lambda s: s.add(Outbox(topic="queue", conversation_id=None, created_at=live.now())))
        time.sleep(1.2)
        outside.write_now(lambda s: s.execute(text("ALTER TABLE away RENAME TO conversations")))
        outside.close()
        in_danger(live)
        try:
            next_frame(socket, "queue", 3.0, lambda f: f["waiting"] == 1)
        except ConnectionClosed:
            again = doors.enter_context(person.workplace())
            assert next_frame(again, "queue")["waiting"] == 1


def test_presence_that_fails_once_does_not_lose_the_owner_their_conversations(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workplace, "RENEW_SECONDS", 0.2)
    live = start(lease_seconds=3.0)
    visitor, talk = in_danger(live)
    person = live.person()
    with ExitStack() as doors:
        socket = doors.enter_context(person.workplace())
        next_frame(socket, "queue")
        person.claim(talk)
        outside = Database(live.settings.database())
        outside.write_now(lambda s: s.execute(text("ALTER TABLE presence RENAME TO away")))
        time.sleep(0.8)
        outside.write_now(lambda s: s.execute(text("ALTER TABLE away RENAME TO presence")))
        outside.close()
        try:
            next_frame(socket, "never", 1.0)
        except ConnectionClosed:
            doors.enter_context(person.workplace())  # as the page does
        except AssertionError:
            pass
        time.sleep(3.5)
        assert live.conversation(visitor.token).state == "human"


def test_pings_of_the_page_are_answered_whatever_they_say(live: Live) -> None:
    with live.person().workplace() as socket:
        for frame in ("{}", "geen json", '{"type":"ping"}', b"\x00\xff"):
            socket.send(frame)
            next_frame(socket, "pong")


def test_worry_is_not_in_the_queue(live: Live) -> None:
    visitor, person = live.visitor(), live.person()
    visitor.say("hallo")
    talk = live.conversation(visitor.token).id
    assert person.post(talk, "claim").status_code == 409
    assert WORRY != CRISIS
