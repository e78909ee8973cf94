"""Danger, with Rasa and the action server dead: the emergency text first, the queue at once, and an answer to everything after it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import Desk
from tests.journeys.house import House, until
from tests.journeys.phone import Phone

pytestmark = pytest.mark.journey

DESPAIR = "ik wil niet meer leven"
FROM_THE_QUEUE = 1_000  # milliseconds from sending to the counsellor's screen
DEAD_BOT = {"bot_wake_seconds": 0, "bot_timeout": 1.5}  # a bot that is no longer waited for
# who writes what, the numbers that have to stand there as links, words of the text that is meant for them
OTHERS = {
    "flemish": ("allee ik woon in gent en ik wil ni meer leven", ("tel:112", "tel:1813"), "leven nu heel zwaar"),
    "child": ("ik ben 11 en ik wil dood", ("tel:112", "tel:113"), "een volwassene die je vertrouwt"),
    "violence": ("mijn man slaat mij elke dag, hij slaat me nu weer", ("tel:112", "tel:08002000"), "veilig"),
    "relative": ("mijn dochter zegt dat ze dood wil", ("tel:112", "tel:113"), "bang om iemands leven"),
}


@pytest.fixture(scope="module")
def alone(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The service alone, with one counsellor."""
    with House(tmp_path_factory.mktemp("alone"), bot=False, **DEAD_BOT) as house:
        house.add_users("anna")
        yield house


def test_despair_shows_help_first_and_reaches_the_queue_within_a_second(
    alone: House, phone: Callable[..., Phone], desk: Callable[..., Desk]
):
    anna, visitor = desk(alone), phone(alone)
    visitor.write(DESPAIR)
    anna.page.locator("#queue > li").wait_for(timeout=FROM_THE_QUEUE)
    row = anna.rows[0]
    assert (row.level >= 3, row.place, row.subject, row.why) == (True, 1, "suïcidaliteit", "signaal van gevaar")
    answer = visitor.answer()
    anna.shoot("04-queue")
    visitor.shoot("04-emergency")
    assert [line.kind for line in answer] == ["emergency", "notice"]
    assert {"tel:112", "tel:113", "tel:1813"} <= set(answer[0].links)
    assert "mens van deze lijn" in answer[0].text or "medewerkers" in answer[0].text, "somebody is logged in, and it says so"
    for number in range(3):
        later = visitor.say(f"ben je er nog {number}")
        assert [line.who for line in later] != [], "nobody writes into silence"
    visitor.shoot("04-company")
    assert visitor.state == "waiting"


def test_despair_with_nobody_logged_in_promises_nobody(alone: House, phone: Callable[..., Phone]):
    until(alone.nobody_is_here, what="no counsellor has the workplace open")
    visitor = phone(alone)
    visitor.write(DESPAIR)
    text = visitor.emergency().text
    assert any(words in text for words in ("geen medewerker ingelogd", "niemand van de lijn", "niemand aanwezig"))


def test_relative_who_is_known_as_one_reads_their_own_text(house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    visitor.say("mijn dochter van 19 is depressief, ik ben haar moeder en ik weet niet wat ik moet doen")
    visitor.write("ze zegt dat ze dood wil")
    shown = visitor.emergency()
    visitor.shoot("04-known-relative")
    assert "bang om iemands leven" in shown.text
    assert {"tel:112", "tel:113", "tel:1813"} <= set(shown.links)


@pytest.mark.parametrize("who", OTHERS)
def test_emergency_text_is_meant_for_who_writes(who: str, alone: House, phone: Callable[..., Phone]):
    text, numbers, words = OTHERS[who]
    visitor = phone(alone)
    visitor.write(text)
    shown = visitor.emergency()
    visitor.shoot(f"04-{who}")
    assert words in shown.text
    assert set(numbers) <= set(shown.links)
    assert ("tel:113" in shown.links) == (who != "flemish" and who != "violence")


def test_cry_in_another_language_is_answered_in_it_beside_dutch(alone: House, phone: Callable[..., Phone]):
    visitor = phone(alone)
    visitor.write("زوجي يضربني كل ليلة")
    own = visitor.page.locator(".kind-emergency .text[lang=ar]")
    own.wait_for(timeout=5_000)
    assert (own.get_attribute("dir"), own.evaluate("node => getComputedStyle(node).direction")) == ("rtl", "rtl")
    assert own.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))") == ["tel:112", "tel:113", "tel:1813"]
    assert visitor.page.locator(".kind-emergency .text:not([lang])").count() == 1
    visitor.page.locator(".kind-emergency .text:not([lang])").wait_for()
    expect(own).to_be_in_viewport(ratio=1)  # it is read first, and the Dutch one does not push it away
    visitor.shoot("04-arabic")
