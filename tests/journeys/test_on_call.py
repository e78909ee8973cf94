"""A scripted night: three visitors, one person on call with a phone, nobody at a desk."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import violations
from tests.journeys.browsers import PHONE, Browsers
from tests.journeys.desk import Desk
from tests.journeys.house import House, until
from tests.journeys.phone import Phone
from tests.pager import Pager

pytestmark = pytest.mark.journey

HOURS = "9.00-17.00"
ALARM_TO_LINE = 60.0  # seconds, with typing
LINE = "Ik ben Anna, ik ben er nu. Ben je op dit moment veilig?"


@pytest.fixture
def pager() -> Iterator[Pager]:
    pager = Pager()
    yield pager
    pager.stop()


def test_a_night_with_one_person_on_call(
    start: Callable[..., House], phone: Callable[..., Phone], browsers: Browsers, pager: Pager, capsys: pytest.CaptureFixture[str]
):
    house = start(bot=True, oncall=pager.channel, at="2027-01-04T03:00+01:00")
    house.add_users("anna", role="supervisor")
    house.wait_for_bot()
    anna = Desk(browsers.open(PHONE), house.url)
    shut_now_and_tested(anna, house, pager)

    lonely, desperate, beaten = phone(house), phone(house), phone(house)
    lonely.say("ik wil graag met een mens praten")
    assert any("Mensen van de lijn zijn er weer" in line.text for line in lonely.lines), "closed hours are told under the welcome"
    assert set(lonely.choices) == {"Laat een bericht achter", "Hulp die nu open is", "Verder met de chatbot"}
    lonely.shoot("20-closed-hours")
    lonely.choose("Hulp die nu open is")
    assert lonely.lines[-1].places, "help that is open day and night"

    begun = time.monotonic()
    desperate.say("ik wil niet meer leven")
    emergency = desperate.emergency().text
    assert "dienst" in emergency, "it says that somebody on call is rung, and no more"
    until(lambda: len(pager.rang) == 2, what="the phone rings")
    rang = time.monotonic()
    beaten.say("mijn man slaat me en ik ben bang dat hij wakker wordt")
    assert not any("leven" in str(call) or "slaat" in str(call) for call in pager.rang)

    anna.log_in("anna").ready()
    anna.shoot("20-phone-queue")
    first, second = anna.rows
    assert {first.level, second.level} == {3}
    anna.take_and_open(first.id)
    anna.write(LINE)
    desperate.wait_line(lambda line: (line.who, line.text) == ("helper", LINE), what="the first line of a person")
    came = time.monotonic()
    anna.shoot("20-phone-talk")
    assert came - rang < ALARM_TO_LINE
    with capsys.disabled():
        print(f"\nfrom danger to the phone that rings {rang - begun:.1f} s, from there to the first line {came - rang:.1f} s")
    beaten.shoot("20-still-waiting")
    anna.page.locator("#back").click()
    anna.take_and_open(second.id)
    beaten.wait_state("human")
    lonely.say("ik blijf nog even met jou schrijven")
    assert lonely.lines[-1].who == "bot"


def shut_now_and_tested(anna: Desk, house: House, pager: Pager) -> None:
    """The line is closed, a phone is on call, and today's test alarm was received on it. Both pages are without barriers."""
    page = anna.page
    anna.log_in("anna").ready()
    page.goto(f"{house.url}/werkplek/rooster")
    found = violations(page, "planning")
    for day in ("ma", "di", "wo", "do", "vr", "za", "zo"):
        page.locator(f"#{day}").fill(HOURS)
    page.get_by_role("button", name="Bewaar openingstijden").click()
    expect(page.locator("#ma")).to_have_value(HOURS)
    anna.shoot("20-planning")
    page.goto(f"{house.url}/werkplek/vannacht")
    expect(page.get_by_role("status")).to_contain_text("geen proefoproep ontvangen")
    found += violations(page, "tonight")
    page.get_by_role("button", name="Stuur nu een proefoproep").click()
    until(lambda: pager.rang, what="the test alarm rings")
    page.reload()
    page.get_by_role("button", name="Ontvangen").click()
    expect(page.get_by_text("ontvangen door Anna")).to_be_visible()
    anna.shoot("20-tonight")
    page.goto(f"{house.url}/werkplek/protocol")
    found += violations(page, "protocol")
    assert found == []
    page.goto("about:blank")
    page.context.clear_cookies()  # at three in the morning one logs in first
    until(house.nobody_is_here, what="nobody has the workplace open")
