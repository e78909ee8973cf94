"""Half an hour of waiting in danger with nobody there: every message is answered, and no text comes twice."""

from collections import Counter

import pytest

from actions.company import keep_company
from actions.state import Dialogue, load, read_turn
from handoff.estimate import STEPS, estimate, place_of
from handoff.hours import DAYS
from handoff.models import BotTurn
from tests.conftest import MovedClock
from tests.fake_bot import parse
from tests.handoff.line import CRISIS, WORRY, Line

WORDS = ("ben je er nog", "het is zo stil hier", "ja", "ik weet het niet", "hoe lang nog", "ok", "ik zit op de bank", "hallo?")


def company(line: Line, talk: str, text: str, choice: str | None = None) -> None:
    """The visitor writes, and the bot's own code keeps company, with the service's words."""
    line.says(talk, text, choice=choice)
    due = line.hold(talk)
    assert due is not None
    dialogue: Dialogue = load(due.turn.state)
    moves = keep_company(dialogue, read_turn(parse(), due.turn.context, due.turn.text))
    line.store(due, moves=moves, state=dialogue.dump())


@pytest.mark.parametrize("urgency", [3, 4])
def test_half_an_hour_in_danger_with_nobody_there(line: Line, clock: MovedClock, urgency: int) -> None:
    talk = line.open()
    company(line, talk, CRISIS if urgency == 3 else "ik heb net een overdosis genomen")
    for minute in range(30):
        clock.move(minutes=1)
        line.tick()
        company(line, talk, WORDS[minute % len(WORDS)])
    assert line.row(talk).state == "waiting"
    assert [turn.outcome for turn in line.rows(BotTurn)] == ["answered"] * 31
    said = [one.text for one in line.said(talk) if one.sender != "visitor"]
    assert [text for text, times in Counter(said).items() if times > 1] == []
    assert len([one for one in line.said(talk) if one.sender == "bot"]) >= 4 + 31


def test_the_same_wait_repeats_itself_where_texts_have_one_variant(line: Line, clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handoff.memory.Memory.turn", lambda *_: 0)
    talk = line.open()
    company(line, talk, CRISIS)
    for text in WORDS:
        company(line, talk, text)
    said = [one.text for one in line.said(talk) if one.sender == "bot"]
    assert len(set(said)) < len(said), "what the test above looks for can be found"


def waited(line: Line, clock: MovedClock, minutes: float, words: str = CRISIS) -> None:
    """Somebody waited so long, and was then taken by a person."""
    talk = line.open()
    line.says(talk, words)
    if words != CRISIS:
        line.answers(talk, moves=[{"move": "call_human", "reason": "asked"}])
    clock.move(minutes=minutes)
    anna = line.users[0] if line.users else line.user()
    line.closes(talk, anna, line.claim(talk, anna))


def test_place_and_estimate_are_told_with_what_they_rest_on(line: Line, clock: MovedClock) -> None:
    for minutes in (1, 3, 4, 8, 30):
        waited(line, clock, minutes)
    first, second = line.open(), line.open()
    line.says(first, CRISIS)
    clock.move(seconds=5)
    line.says(second, CRISIS)
    row = line.row(second)
    usual = line.read(lambda s: estimate(s, row, clock.now()))
    assert usual is not None
    assert (usual.words, usual.talks, line.read(lambda s: place_of(s, row))) == ("5 minuten", 5, 2)
    for text in ["hallo"] * 8:
        company(line, second, text)
    told = [one.text for one in line.said(second) if "plek 2" in one.text and "5 minuten" in one.text and "5 gesprekken" in one.text]
    assert told != []


def test_too_few_waits_give_no_estimate_and_ordinary_waits_say_nothing_of_danger(line: Line, clock: MovedClock) -> None:
    for minutes in (1, 3, 4, 8):
        waited(line, clock, minutes)
    for minutes in (60, 70, 80, 90, 100):
        waited(line, clock, minutes, WORRY)
    talk = line.open()
    line.says(talk, CRISIS)
    row = line.row(talk)
    assert line.read(lambda s: estimate(s, row, clock.now())) is None
    for text in ["hallo"] * 8:
        company(line, talk, text)
    assert not any("plek" in one.text and "rij" in one.text for one in line.said(talk))
    assert [words for _, words in STEPS] == ["2 minuten", "5 minuten", "10 minuten", "een kwartier", "een half uur", "een uur"]


def test_a_crisis_is_not_told_of_closing_time_as_if_it_would_be_sent_away(line: Line, clock: MovedClock) -> None:
    line.plans(line.user("chef"), "hours", **dict.fromkeys(DAYS, "19.00-3.10"), feestdagen="gewoon")
    talk = line.open()
    company(line, talk, CRISIS)
    clock.move(minutes=9)
    company(line, talk, "hallo")
    assert not any("sluit" in one.text for one in line.said(talk))
