"""A counsellor from the first account to the end of a talk; the bot is silent from the moment a person has it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import LAPTOP, Browsers
from tests.journeys.desk import Desk
from tests.journeys.house import PASSWORD, House
from tests.journeys.phone import Phone

pytestmark = pytest.mark.journey

DANGER = "ik wil niet meer leven, al weken niet"


def test_account_made_while_the_line_runs_opens_the_workplace(house: House, browsers: Browsers):
    house.add_users("cato", role="supervisor")
    desk = Desk(browsers.open(LAPTOP), house.url)
    desk.log_in("cato", "een verkeerd wachtwoord")
    expect(desk.page.get_by_role("alert")).to_have_text("Naam of wachtwoord klopt niet.")
    assert desk.page.locator("#login").input_value() == "cato"
    desk.shoot("05-wrong-password")
    desk.page.locator("#password").fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    desk.ready()
    assert desk.page.url == f"{house.url}/werkplek"
    assert desk.page.locator(".me-name").text_content() == "Cato"
    cookie = desk.page.context.cookies()[0]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_talk_goes_from_bot_to_person_and_back_and_ends(house: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    anna, visitor = desk(house), phone(house)
    known = anna.ids
    visitor.say(DANGER)
    row = anna.new_row(known)
    assert (row.level, row.why.split(" · ")[-1]) == (3, "signaal van gevaar")
    assert anna.page.locator("#queue-count").text_content() == str(len(known) + 1)

    anna.take_and_open(row.id)
    visitor.wait_state("human")
    anna.shoot("05-taken")
    visitor.shoot("05-a-person-is-here")
    assert visitor.page.locator("#state").text_content() == "Anna, medewerker"
    marked = next(line for line in anna.lines if line["text"] == DANGER)
    assert "niet meer leven" in " ".join(marked["marks"])

    bot_lines = [line for line in visitor.lines if line.who == "bot"]
    for text in ("hallo anna", "ik ben zo bang dat ik in paniek raak"):
        visitor.write(text)
        visitor.wait_status(text, "sent")
        anna.wait_said("visitor", text)
    anna.write("Ik ben er, en ik lees met je mee.")
    visitor.wait_line(lambda line: (line.who, line.text) == ("helper", "Ik ben er, en ik lees met je mee."), what="the helper's line")
    assert [line for line in visitor.lines if line.who == "bot"] == bot_lines, "the bot is silent"
    visitor.shoot("05-talk")
    anna.shoot("05-talk")

    anna.leave("give-back")
    visitor.wait_state("waiting")
    told = visitor.lines[-1]
    assert (told.who, "chatbot" in told.text) == ("system", True)
    assert anna.row(row.id).why.split(" · ")[-2:] == ["eerder van jou", "teruggegeven"]
    assert [line.who for line in visitor.say("ben ik nu weer alleen")] == ["bot"]

    anna.take_and_open(row.id)
    visitor.wait_state("human")
    anna.write("Daar ben ik weer.")
    anna.leave("close")
    visitor.wait_state("closed")
    expect(visitor.page.locator("#thread > .message").last).to_be_in_viewport(ratio=1)
    visitor.shoot("05-closed")
    assert visitor.lines[-1].who == "system"
    assert visitor.say("ik wil nog iets zeggen")[-1].who == "bot"
    assert visitor.state in ("bot", "waiting")


def test_row_that_is_opened_offers_to_take_it(house: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    anna, visitor = desk(house), phone(house)
    known = anna.ids
    visitor.say(DANGER)
    row = anna.new_row(known)
    anna.page.locator(f"#queue > li[data-id='{row.id}'] .row-open").click()
    expect(anna.page.locator("#talk-title")).to_have_text("Wachtend gesprek")
    expect(anna.page.locator("#talk-notice")).to_be_empty()
    anna.shoot("05-looked-at")
    assert DANGER not in anna.page.locator("#talk").inner_text(), "words are read by who takes the talk"
    anna.page.locator("#take").click()
    anna.wait_said("visitor", DANGER)
    anna.leave("close")


def test_typing_is_seen_only_while_a_person_has_the_talk(house: House, phone: Callable[..., Phone], desk: Callable[..., Desk]):
    anna, visitor = desk(house), phone(house)
    known = anna.ids
    visitor.say(DANGER)
    anna.take_and_open(anna.new_row(known).id)
    visitor.wait_state("human")
    anna.page.locator("#words").press_sequentially("even")
    expect(visitor.page.locator("#activity")).to_have_text("Anna typt")
    anna.write("Ik ben er.")
    expect(visitor.page.locator(".from-helper")).to_be_in_viewport()  # under a long emergency text, and without a touch
    visitor.shoot("05-first-words")
    anna.page.locator("#words").press_sequentially("en")
    anna.page.locator("#words").fill("")
    anna.leave("close")
    visitor.wait_state("closed")
    expect(visitor.page.locator("#activity")).to_have_text("")
