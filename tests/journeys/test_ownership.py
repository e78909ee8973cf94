"""One visitor, one owner: two who take at once, and one who vanishes."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.journeys.phone import Phone, wait

pytestmark = pytest.mark.journey

DANGER = "ik wil niet meer leven"
LEASE = 6  # seconds; a page renews it every twelve, so whoever is to keep a talk writes in time
PRESS = "([id, at]) => setTimeout(() => document.querySelector(`#queue > li[data-id='${id}'] .row-take`).click(), at - Date.now())"


@pytest.fixture(scope="module")
def small(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The service alone with two counsellors and short leases; its bot counts as dead."""
    with House(tmp_path_factory.mktemp("small"), bot=False, bot_wake_seconds=0, bot_timeout=0.5, lease_seconds=LEASE) as house:
        house.add_users("anna", "bas")
        yield house


def test_two_who_take_at_once_are_one_owner_and_one_who_knows(small: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    anna, bas, visitor = desk(small), desk(small, "bas"), phone(small)
    known = anna.ids
    visitor.write(DANGER)
    row = anna.new_row(known)
    bas.row(row.id)
    at = time.time() * 1000 + 500
    for who in (anna, bas):  # both pages press in the same moment, before news of the other can arrive
        who.page.evaluate(PRESS, [row.id, at])
    wait(anna.page, lambda: "mine" in (talk(anna), talk(bas)), what="one of them has it")
    winner, loser = (anna, bas) if talk(anna) == "mine" else (bas, anna)
    wait(loser.page, lambda: loser.row(row.id).note, what="the other is told")
    loser.shoot("06-a-colleague-was-first")
    assert (loser.row(row.id).note, talk(loser)) == ("Een collega was je voor.", "none")
    winner.write("Ik ben er.")
    visitor.wait_line(lambda line: (line.who, line.text) == ("helper", "Ik ben er."), what="the owner's line")
    assert small.count("SELECT count(*) FROM claims WHERE ended_at IS NULL") == 1
    winner.leave("close")


def talk(desk: Desk) -> str:
    return str(desk.page.locator("#talk").get_attribute("data-mode"))


def test_vanished_helper_loses_the_talk_and_the_visitor_is_told(small: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    anna, bas = desk(small), desk(small, "bas")
    first, second = phone(small), phone(small)
    known = bas.ids
    first.write(DANGER)
    mine = bas.new_row(known)
    second.write(DANGER)
    other = bas.new_row(known | {mine.id})
    anna.take(mine.id)
    first.wait_state("human")
    anna.page.context.close()
    first.wait_state("waiting", seconds=LEASE + 4)
    expect(first.page.locator("#thread > .message").last).to_be_in_viewport()
    first.shoot("07-helper-vanished")
    assert (first.lines[-1].who, "medewerker" in first.lines[-1].text) == ("system", True)
    wait(bas.page, lambda: [row.id for row in bas.rows if row.id not in known] == [mine.id, other.id], what="it waits at its old place")
    expect(bas.page.locator("#people")).to_have_text("1 aanwezig")
    bas.take_and_open(mine.id)
    first.wait_state("human")
