"""A message left on one phone, answered by a counsellor, read and answered back on another device with the code."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import violations
from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.journeys.phone import Phone, wait

pytestmark = pytest.mark.journey

CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]\b")
LETTER = "Mijn zoon van veertien wil niet meer met mij praten sinds de verhuizing. Hoe pak ik dat aan?"
ANSWER = "Dank je voor je bericht. Begin klein: vraag wat hij mist van het oude huis."
BACK = "Dat ga ik proberen, dank je wel."


def test_a_left_message_is_answered_and_read_elsewhere(house: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    visitor, anna = phone(house), desk(house)
    known = anna.ids
    visitor.write("kan ik hier een bericht achterlaten")
    visitor.wait_state("left_message")
    code = visitor.page.locator(".message .code").inner_text()
    assert CODE.fullmatch(code)
    visitor.write(LETTER)
    visitor.wait_line(lambda line: line.text.startswith("Je bericht is bewaard."), what="the promise")
    visitor.shoot("12-left-message")
    assert violations(visitor.page, "a message left") == []
    row = anna.new_row(known)
    assert "liet een bericht achter" in row.why
    assert "antwoord vóór" in row.why
    visitor.page.close()

    anna.take_and_open(row.id)
    anna.shoot("12-desk-left-message")
    assert code not in anna.page.content()
    anna.write(ANSWER)
    assert violations(anna.page, "a message answered") == []
    anna.leave("answered")
    wait(anna.page, lambda: row.id not in anna.ids, what="the answered message leaves the queue")

    other = phone(house)
    box = other.page.locator("#returning")
    box.locator("summary").click()
    other.page.locator("#code").fill("aaaa-aaaa-aaaa-a")
    other.page.get_by_role("button", name="Open mijn gesprek").click()
    expect(other.page.locator("#code-fault")).to_contain_text("Bij deze code hoort geen gesprek")
    other.shoot("12-wrong-code")
    assert violations(other.page, "a wrong code") == []
    other.page.locator("#code").fill(code.lower())
    other.page.get_by_role("button", name="Open mijn gesprek").click()
    other.wait_line(lambda line: line.text == ANSWER, what="the answer")
    expect(box).to_be_hidden()
    other.shoot("12-answer-read")
    assert other.words == ["kan ik hier een bericht achterlaten", LETTER]
    other.write(BACK)
    again = anna.row(row.id)
    assert "eerder van jou" in again.why
    other.page.reload()
    other.wait_line(lambda line: line.text == BACK, what="the thread after a reload")
