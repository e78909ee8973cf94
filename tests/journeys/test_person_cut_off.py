"""A counsellor's connection breaks while they write: the line waits in the tab, and the visitor reads it once."""

from collections.abc import Callable

import pytest

from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.journeys.phone import Phone

pytestmark = pytest.mark.journey

LINE = "Ik ben er voor je."


@pytest.mark.parametrize("fault", ["no connection", "a service that stands still"])
def test_line_of_a_person_waits_in_the_tab_and_is_sent_once(
    fault: str, house: House, phone: Callable[..., Phone], desk: Callable[..., Desk]
):
    anna, visitor = desk(house), phone(house)
    known = anna.ids
    visitor.write("ik wil niet meer leven")
    anna.take_and_open(anna.new_row(known).id)
    visitor.wait_state("human")
    breaks, mends = {
        "no connection": (lambda: anna.page.context.set_offline(True), lambda: anna.page.context.set_offline(False)),
        "a service that stands still": (lambda: house.stand_still("service"), lambda: house.go_on("service")),
    }[fault]
    breaks()
    try:
        anna.page.locator("#words").fill(LINE)
        anna.page.locator("#send").click()
        anna.page.wait_for_timeout(1_500)
        assert LINE not in [line.text for line in visitor.lines]
    finally:
        mends()
    visitor.wait_line(lambda line: (line.who, line.text) == ("helper", LINE), what="the line")
    anna.wait_said("own", LINE)
    visitor.page.wait_for_timeout(500)
    assert [line.text for line in visitor.lines].count(LINE) == 1
    anna.leave("close")
