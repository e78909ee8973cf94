"""Events: what was offered, asked, taken and refused is counted; no word of a visitor is in them."""

import json

from sqlalchemy import select

from handoff.models import Event, Message
from tests.handoff.line import CRISIS, WORRY, Line
from tests.live import Live

ODD = "kwartelstaart"
REFERRALS = {"move": "offer_referrals", "theme": "angst", "sub": "paniek", "perspective": "zelf", "now": False}
ASKED = {"move": "say", "keys": ["vraag.doel"], "kind": "question", "choices": [], "values": {}}


def happened(line: Line, talk: str) -> list[tuple[str, str, str]]:
    return [(row.kind, row.subject, row.value) for row in line.rows(Event, conversation_id=talk)]


def test_what_the_bot_says_asks_and_offers_is_counted_with_each_place(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    note = {"move": "note", "kind": "refused", "subject": "vraag.verwijzing", "value": ""}
    line.answers(talk, moves=[REFERRALS, ASKED, note])
    rows = happened(line, talk)
    places = [subject for kind, subject, _ in rows if kind == "shown" and subject.startswith("place:")]
    assert 1 <= len(places) <= 3
    assert ("asked", "vraag.doel", "question") in rows
    assert ("refused", "vraag.verwijzing", "") in rows


def test_danger_is_counted_with_who_read_it_and_so_is_a_tapped_button(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    line.says(talk, "Ja", choice="ja")
    rows = happened(line, talk)
    assert ("escalated", "triage", "3") in rows
    assert ("shown", "nood", "emergency") in rows
    assert ("tapped", "choice:ja", "") in rows


def test_a_command_that_fails_counts_nothing(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    before = happened(line, talk)
    try:
        line.answers(talk, moves=[ASKED, {"move": "say", "keys": ["bestaat.niet"], "kind": "text", "choices": [], "values": {}}])
    except KeyError:
        pass
    assert happened(line, talk) == before


def test_no_event_holds_a_word_of_the_visitor(line: Line) -> None:
    talk = line.open()
    line.says(talk, f"{WORRY} {ODD}")
    line.answers(talk, moves=[REFERRALS, ASKED])
    line.says(talk, f"{CRISIS} {ODD}")
    assert ODD not in json.dumps(happened(line, talk))


def test_a_tapped_place_is_counted_and_what_is_none_is_refused(live: Live) -> None:
    visitor = live.visitor()
    visitor.say(WORRY)
    visitor.send({"type": "tap", "seq": 3, "place": "113", "way": "call"})
    visitor.send({"type": "tap", "seq": 99, "place": "nl-113", "way": "site"})
    visitor.send({"type": "tap", "seq": 3, "place": ODD, "way": "site"})
    assert visitor.wait("error")["code"] == "bad_frame"
    last = live.service.database.read_now(lambda s: s.scalar(select(Message.seq).order_by(Message.seq.desc()).limit(1)))
    rows = live.service.database.read_now(lambda s: s.scalars(select(Event).where(Event.kind == "tapped")).all())
    assert [(row.subject, row.value) for row in rows] == [("place:nl-113", "call"), ("place:nl-113", "site")]
    assert [row.seq <= (last or 0) for row in rows] == [True, True]
