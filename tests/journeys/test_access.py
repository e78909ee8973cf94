"""For everyone: nothing that axe finds in any state of any page, dark and light, and everything by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import violations
from tests.journeys.browsers import LAPTOP, Browsers
from tests.journeys.desk import Desk
from tests.journeys.house import PASSWORD, House
from tests.journeys.phone import Phone
from tests.journeys.scripts import THEMES, tell

pytestmark = pytest.mark.journey

DANGER = "ik wil niet meer leven"
MOST_TABS = 40


def test_visitor_page_has_no_barrier_in_any_state(house: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    anna, visitor = desk(house), phone(house)
    known = anna.ids
    found = violations(visitor.page, "start")
    visitor.page.locator("#help").click()
    found += violations(visitor.page, "numbers")
    visitor.page.locator("#emergency-close").click()
    visitor.say("hallo")
    found += violations(visitor.page, "talk")
    tell(visitor, "angst")
    found += violations(visitor.page, "choices")
    visitor.choose("Waar ik terechtkan")
    found += violations(visitor.page, "referrals")
    visitor.say(DANGER)
    found += violations(visitor.page, "emergency")
    visitor.page.emulate_media(color_scheme="light")
    visitor.shoot("12-emergency-light")
    anna.take_and_open(anna.new_row(known).id)
    visitor.wait_state("human")
    anna.write("Ik ben er.")
    visitor.wait_line(lambda line: line.who == "helper", what="the helper's line")
    found += violations(visitor.page, "human")
    anna.leave("close")
    visitor.wait_state("closed")
    found += violations(visitor.page, "closed")
    assert found == []


def test_workplace_has_no_barrier_in_any_state(start: Callable[..., House], phone: Callable[..., Phone], browsers: Browsers):
    house = start(bot_wake_seconds=0, bot_timeout=0.5)
    house.add_users("anna")
    anna = Desk(browsers.open(LAPTOP), house.url)
    anna.log_in("anna", "een verkeerd wachtwoord")
    expect(anna.page.get_by_role("alert")).to_be_visible()
    found = violations(anna.page, "login")
    anna.log_in("anna").ready()
    found += violations(anna.page, "empty")
    anna.shoot("12-empty")
    for words in (DANGER, "mijn man slaat mij elke dag", "ik slaap slecht"):
        phone(house).write(words)
    anna.page.locator("#queue > li").nth(2).wait_for()
    found += violations(anna.page, "queue")
    anna.page.emulate_media(color_scheme="light")
    anna.shoot("12-queue-light")
    anna.take_and_open(anna.rows[0].id)
    found += violations(anna.page, "open talk")
    anna.page.locator("#give-back").click()
    found += violations(anna.page, "dialog")
    anna.shoot("12-dialog")
    assert found == []


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def test_visitor_writes_chooses_and_leaves_by_keyboard(house: House, browsers: Browsers):
    visitor = Phone(browsers.open(LAPTOP), house.url).open()
    page = visitor.page
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_be_focused()
    for text in THEMES["angst"][0]:
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        visitor.wait_status(text, "sent")
        visitor.answer()
        expect(page.locator("#say")).to_be_focused()
        if visitor.choices:
            break
    label = visitor.choices[0]
    tab_to(page, ".choices button", "Shift+Tab")
    visitor.shoot("12-focus-on-a-choice")
    while page.evaluate("document.activeElement.textContent") != label:
        tab_to(page, ".choices button", "Shift+Tab")
    page.keyboard.press("Enter")
    visitor.wait_status(label, "sent")
    tab_to(page, "#leave", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("https://www.weer.nl/", timeout=2_000)


def test_counsellor_logs_in_takes_and_writes_by_keyboard(house: House, phone: Callable[..., Phone], browsers: Browsers):
    visitor = phone(house)
    visitor.say(DANGER)
    page = browsers.open(LAPTOP)
    page.goto(f"{house.url}/werkplek")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("bas")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    bas = Desk(page, house.url).ready()
    tab_to(page, "#queue .row-open")
    last = bas.rows[-1].id
    for _ in bas.rows[1:]:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.locator(f"#queue > li[data-id='{last}'] .row-take")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#talk")).to_have_attribute("data-mode", "mine")
    expect(page.locator("#talk-title")).to_be_focused()
    tab_to(page, "#words")
    page.keyboard.type("Ik ben er.")
    page.keyboard.press("Enter")
    bas.wait_said("own", "Ik ben er.")
    expect(page.locator("#words")).to_be_focused()
