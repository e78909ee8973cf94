"""A visitor on a phone: what is read and sent before the first word, when a message counts as sent, and a talk to its end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import PHONE, Browsers
from tests.journeys.house import House
from tests.journeys.phone import Phone

pytestmark = pytest.mark.journey

UNSENT_SECONDS = 14  # the page waits ten
PANIC = "hoi, ik heb steeds paniekaanvallen in de trein"
GOALS = ("Een stap voor nu", "Waar ik terechtkan", "Een mens spreken", "Eerst mijn verhaal")
STORED = "() => [sessionStorage.length, localStorage.length, document.cookie]"


def test_page_tells_what_matters_and_asks_nothing(house: House, browsers: Browsers):
    page = browsers.open(PHONE)
    requests: list[str] = []
    sockets: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("websocket", lambda socket: sockets.append(socket.url))
    phone = Phone(page, house.url).open()
    page.wait_for_load_state("networkidle")
    phone.shoot("01-start")
    welcome = [line.text for line in phone.lines]
    assert ["chatbot" in welcome[0], "geen mens" in welcome[0], "naam is niet nodig" in welcome[1]] == [True, True, True]
    assert [line.links for line in phone.lines] == [(), (), (), ()], "the numbers of the welcome stand beside it, as links"
    assert [number in welcome[2] for number in ("112", "113", "1813")] == [True, True, True]
    assert {url.removeprefix(house.url).split("/")[1] for url in requests} == {"", "static"}
    assert (sockets, page.context.cookies(), page.evaluate(STORED)) == ([], [], [0, 0, ""])


def test_message_is_sent_only_when_the_server_says_so(house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.say("hallo")
    house.stand_still("service")
    try:
        visitor.write(PANIC)
        visitor.wait_status(PANIC, "sending")
        visitor.page.wait_for_timeout(1_000)
        assert visitor.status(PANIC) == "sending"
        visitor.shoot("01-not-sent-yet")
        numbers = visitor.page.locator("#emergency")
        expect(numbers).to_be_visible(timeout=UNSENT_SECONDS * 1_000)
        expect(numbers).to_contain_text("113")
        visitor.shoot("01-numbers-by-itself")
    finally:
        house.go_on("service")
    visitor.wait_status(PANIC, "sent")
    assert visitor.words == ["hallo", PANIC]


def test_visitor_in_panic_is_heard_helped_and_sent_on(house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    heard = visitor.say(PANIC)
    visitor.shoot("01-heard")
    assert [line.who for line in heard] == ["bot"] * len(heard)
    assert "aanval" in heard[0].text or "angst" in heard[0].text.lower()
    visitor.say("al een paar maanden, het wordt steeds erger")
    while "Een stap voor nu" not in visitor.choices:
        visitor.choose("Om mezelf" if "Om mezelf" in visitor.choices else "Nee")
    assert visitor.choices == GOALS
    visitor.shoot("01-goal")
    tip = visitor.choose("Een stap voor nu")
    assert [line.kind for line in tip] == ["self_help", "question"]
    visitor.shoot("01-tip")
    visitor.choose("Ja")
    offered = visitor.choose("Ja")
    places = offered[0].places
    assert offered[0].kind == "referrals"
    assert 1 <= len(places) <= 3
    assert all(visitor.page.locator(".card").nth(number).locator("a").count() for number in range(len(places)))
    visitor.shoot("01-referrals")
    goodbye = visitor.choose("Nee")
    visitor.shoot("01-goodbye")
    assert [(line.who, line.kind) for line in goodbye] == [("bot", "text")] * 2
    assert "het ging over angst" in goodbye[0].text
    assert visitor.state == "closed"
