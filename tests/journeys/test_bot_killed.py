"""Rasa and the action server may die between any two turns: the bot says the same as it would have said."""

import time
from collections.abc import Callable

import pytest
from launch.line import answers

from tests.journeys.house import House, until
from tests.journeys.phone import Phone

pytestmark = pytest.mark.journey

LIMIT = 5.0  # seconds after which a turn of the bot counts as failed
SCRIPT = (
    "mijn relatie loopt vast, mijn man en ik praten alleen nog over de kinderen",
    "het gaat om mijzelf, we praten langs elkaar heen",
    "geef me een tip",
    "nee",
    "ja",
)


def all_say(visitors: list[Phone], text: str) -> None:
    """Everyone says the same at the same time; return when all have their answer."""
    for visitor in visitors:
        visitor.write(text)
    for visitor in visitors:
        visitor.wait_status(text, "sent")
        visitor.answer()


def heard(visitor: Phone) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(line.who, line.text, line.choices, line.places) for line in visitor.lines]


def test_killed_bot_says_the_same_after_any_turn(house: House, phone: Callable[..., Phone]):
    without = phone(house)
    # one visitor for every gap between two turns: the first has said one thing when the bot dies, the second two ...
    visitors = [phone(house) for _ in SCRIPT[1:]]
    for number, text in enumerate(SCRIPT):
        all_say([without, *visitors[number:]], text)
    house.kill("rasa", "actions")
    house.wait_for_bot()
    for number, text in enumerate(SCRIPT):
        if begun := visitors[:number]:
            all_say(begun, text)
    expected = heard(without)
    assert len([line for line in expected if line[0] == "visitor"]) == len(SCRIPT)
    assert [heard(visitor) for visitor in visitors] == [expected] * len(visitors)


@pytest.mark.parametrize("process", ["actions", "rasa"])
def test_hung_bot_is_told_in_plain_words_and_a_person_is_called(process: str, house: House, phone: Callable[..., Phone]):
    worried, desperate = phone(house), phone(house)
    worried.say(SCRIPT[0])
    house.stand_still(process)
    try:
        begun = time.monotonic()
        worried.write(SCRIPT[1])
        desperate.write("ik wil niet meer leven")
        assert desperate.emergency(seconds=2).kind == "emergency", "danger waits for no bot"
        notice = worried.wait_line(lambda line: line.who == "system", seconds=LIMIT + 3, what="plain words with the numbers")
        assert time.monotonic() - begun < LIMIT + 3
        assert "112" in notice.text
        worried.wait_state("waiting")
        worried.shoot(f"09-hung-{process}")
    finally:
        house.go_on(process)
    worried.say("ben je er weer")
    assert worried.lines[-1].who == "bot"
    assert worried.words == [SCRIPT[0], SCRIPT[1], "ben je er weer"]


@pytest.mark.parametrize("process", ["actions", "rasa"])
def test_bot_killed_with_a_message_in_its_hands_is_told_once_and_comes_back(process: str, house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.say(SCRIPT[0])
    house.stand_still(process)  # so that it surely has the message, and no answer, when it dies
    visitor.write(SCRIPT[1])
    visitor.wait_status(SCRIPT[1], "sent")
    visitor.page.wait_for_timeout(500)
    house.kill(process)
    notice = visitor.wait_line(lambda line: line.who == "system", seconds=LIMIT + 1, what="plain words with the numbers")
    assert "112" in notice.text
    visitor.wait_state("waiting")
    house.wait_for_bot()
    until(lambda: answers(f"http://127.0.0.1:{house.addresses.actions}/health"), what="the action server is back")
    assert [line.who for line in visitor.say("ben je er weer")] == ["bot"]
    assert [line.who for line in visitor.lines].count("system") == 1
    assert visitor.words == [SCRIPT[0], SCRIPT[1], "ben je er weer"]
