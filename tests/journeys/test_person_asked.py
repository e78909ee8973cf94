"""A visitor who wants a person gets into the queue at any moment, and reads the truth about who is there."""

from collections.abc import Callable

import pytest

from tests.journeys.desk import Desk
from tests.journeys.house import House, until
from tests.journeys.phone import Phone
from tests.journeys.scripts import tell

pytestmark = pytest.mark.journey

OWN_WORDS = (
    "ik wil een echt mens spreken",
    "kan ik met een medewerker praten in plaats van een robot",
    "geef me iemand van vlees en bloed",
)


@pytest.mark.parametrize("words", OWN_WORDS)
def test_person_is_asked_for_in_own_words_at_the_start(words: str, house: House, phone: Callable[..., Phone]):
    until(house.nobody_is_here, what="no counsellor has the workplace open")
    visitor = phone(house)
    answer = visitor.say(words)
    visitor.shoot("08-nobody-is-here")
    assert visitor.state == "waiting"
    assert any(said in answer[-1].text for said in ("niemand", "geen medewerker", "gesloten", "afwezig")), answer[-1].text


def test_person_is_asked_for_in_the_middle_of_a_question(house: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    anna, visitor = desk(house), phone(house)
    known = anna.ids
    tell(visitor, "angst")
    answer = visitor.say("nee laat maar, ik wil gewoon een mens spreken")
    visitor.shoot("08-somebody-is-here")
    row = anna.new_row(known)
    assert (row.why, visitor.state) == ("vroeg om een mens", "waiting")
    assert not any(said in answer[-1].text for said in ("niemand", "geen medewerker")), "somebody is here"


def test_button_asks_for_a_person(house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.page.locator("#human").click()
    visitor.wait_state("waiting", seconds=15)
    assert visitor.words == ["Ik wil een mens spreken"]
