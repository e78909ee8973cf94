"""The same conversation after a reload, a closed laptop, a broken cable and a killed service: no word lost, doubled or moved."""

from collections.abc import Callable

import pytest

from tests.journeys.cable import Cable
from tests.journeys.house import House, until
from tests.journeys.phone import Line, Phone, wait

pytestmark = pytest.mark.journey

FIRST, SECOND, THIRD = "ik slaap slecht van de stress op mijn werk", "mijn baas vraagt steeds meer", "en thuis ben ik ook de hele dag bezig"


def said(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.who, line.text) for line in lines]


def after_reload(visitor: Phone, *, own: int) -> list[tuple[str, str]]:
    """Return the whole conversation as the service has it, read by a fresh page of the same tab."""
    visitor.page.reload()
    wait(visitor.page, lambda: len(visitor.words) == own, what=f"{own} messages after a reload")
    visitor.answer()
    return said(visitor.lines)


def test_reload_brings_the_same_conversation(house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.say(FIRST)
    visitor.page.locator("#say").fill("half getypt")
    before = said(visitor.lines)
    assert after_reload(visitor, own=1) == before
    assert visitor.page.locator("#say").input_value() == "half getypt"
    visitor.say(SECOND)
    assert visitor.words == [FIRST, SECOND]


def test_closed_laptop_sends_what_was_typed_meanwhile(house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.say(FIRST)
    visitor.page.context.set_offline(True)
    visitor.write(SECOND)
    visitor.write(THIRD)
    visitor.page.wait_for_timeout(500)
    assert [line.status for line in visitor.lines if line.who == "visitor"] == ["sent", "sending", "sending"]
    visitor.page.context.set_offline(False)
    visitor.wait_status(THIRD, "sent")
    visitor.answer()
    shown = said(visitor.lines)
    assert after_reload(visitor, own=3) == shown
    assert visitor.words == [FIRST, SECOND, THIRD]


def test_lost_acknowledgement_doubles_nothing(house: House, phone: Callable[..., Phone]):
    with Cable(house.addresses.service) as cable:
        visitor = phone(house, url=cable.url)
        visitor.say(FIRST)
        stored = house.count("SELECT count(*) FROM messages WHERE sender = 'visitor'")
        cable.lose_answers()
        visitor.write(SECOND)
        until(lambda: house.count("SELECT count(*) FROM messages WHERE sender = 'visitor'") == stored + 1, what="the message is stored")
        assert visitor.status(SECOND) == "sending", "stored, but the visitor cannot know it"
        cable.cut()
        visitor.wait_status(SECOND, "sent")
        visitor.answer()
        shown = said(visitor.lines)
        assert after_reload(visitor, own=2) == shown
        assert visitor.words == [FIRST, SECOND]
        assert house.count("SELECT count(*) FROM messages WHERE sender = 'visitor'") == stored + 1


def test_killed_service_costs_time_and_no_words(house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.say(FIRST)
    visitor.write(SECOND)
    visitor.wait_status(SECOND, "sent")
    house.kill("service")  # with a message in the bot's hands
    visitor.write(THIRD)
    visitor.shoot("03-service-gone")
    visitor.wait_status(THIRD, "sent", seconds=20)
    visitor.answer()
    shown = said(visitor.lines)
    assert after_reload(visitor, own=3) == shown
    assert visitor.words == [FIRST, SECOND, THIRD]
    places = [number for number, (who, _) in enumerate(shown) if who == "visitor"]
    assert {"bot"} == {shown[number + 1][0] for number in (places[0], places[-1])}, "the first and the last message were answered"
