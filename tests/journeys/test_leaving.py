"""Leaving at once, and what stands on the page without a script and without a service."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import PHONE, Browsers
from tests.journeys.house import House
from tests.journeys.phone import Phone, wait

pytestmark = pytest.mark.journey

SECRET = "mijn man mag dit niet lezen"
NUMBERS = ["tel:113", "tel:112", "tel:1813", "tel:112"]
UNSENT = 10  # seconds after which the page shows the numbers by itself


@pytest.mark.parametrize("way", ["link", "escape"])
def test_leaving_forgets_everything_on_the_device(way: str, house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.say(SECRET)
    page = visitor.page
    if way == "link":
        page.locator("#leave").click()
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    page.wait_for_url("https://www.weer.nl/", timeout=2_000)
    page.go_back()
    assert SECRET not in page.content()
    page.goto(f"{house.url}/static/icon.svg")
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]
    visitor.open()
    assert [line.who for line in visitor.lines] == ["bot"] * 4
    assert SECRET not in page.content()


def test_page_without_a_script_shows_the_numbers(house: House, browsers: Browsers):
    page = browsers.open(PHONE, java_script_enabled=False)
    page.goto(f"{house.url}/")
    Phone(page, house.url).shoot("09-without-script")
    links = page.locator("#emergency .panel a.call")
    for number in range(len(NUMBERS)):
        expect(links.nth(number)).to_be_visible()
    assert [link.get_attribute("href") for link in links.all()] == NUMBERS
    expect(page.locator("#composer")).to_be_hidden()


def test_stopped_service_shows_the_numbers_by_itself(start: Callable[..., House], phone: Callable[..., Phone]):
    house = start(bot_wake_seconds=0)
    visitor = phone(house)
    house.stop()
    visitor.write("is daar iemand")
    panel = visitor.page.locator("#emergency")
    wait(visitor.page, lambda: panel.get_attribute("data-mode") == "open", UNSENT + 3, what="the numbers show by themselves")
    visitor.shoot("09-service-stopped")
    expect(visitor.page.locator("#emergency-why")).to_contain_text("Ik kan je bericht nu niet versturen")
    expect(visitor.page.locator("#emergency .panel a.call").first).to_be_in_viewport()
    assert visitor.status("is daar iemand") == "sending"
