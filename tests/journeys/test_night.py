"""``./nachtlicht run`` from the start to Ctrl-C: who writes while the bot loads, and what is found in logs and files afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import LAPTOP, Browsers
from tests.journeys.commands import Home, Night
from tests.journeys.desk import Desk
from tests.journeys.house import PASSWORD
from tests.journeys.phone import Phone, wait

pytestmark = pytest.mark.journey

WORRY = "ik maak me zorgen over mijn werk, ik slaap er slecht van"
# nobody else writes these words
STORY = "ik heet Wilhelmina Kwartelstaart en ik woon op de Ganzenveerlaan in Tietjerksteradeel"
DANGER = "ik wil niet meer leven sinds de zwaluwenkoekoek stierf"
FROM_HELPER = "Ik lees over de kievitsbloemen."
WRONG_PASSWORD = "parelmoervlinder in de tuin"
WORDS = ("Wilhelmina", "Kwartelstaart", "Ganzenveerlaan", "Tietjerksteradeel", "zwaluwenkoekoek", "kievitsbloemen", "parelmoervlinder")
MALFORMED = """(words) => new Promise((done) => {
  const socket = new WebSocket(`ws://${location.host}/ws/visitor`);
  const frames = [`{"type":"say","client_id":"x","text":"${words}"`, JSON.stringify({ type: words }), words];
  socket.onopen = () => frames.forEach((frame) => socket.send(frame));
  let answers = 0;
  socket.onmessage = () => { answers += 1; if (answers === frames.length) done(answers); };
})"""
BAD_BODY = """(words) => fetch('/api/conversations/abc/lines', {
  method: 'POST', headers: { 'X-Nachtlicht': '1', 'Content-Type': 'application/json' }, body: JSON.stringify({ text: 1, [words]: words }),
}).then((answer) => answer.status)"""


@pytest.fixture(scope="module")
def night(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """One night of the real command; the first journey of this file uses it before the bot is awake."""
    with Night(Home(tmp_path_factory.mktemp("night") / "home")) as night:
        yield night


def test_bot_that_loads_says_so_and_answers_later(night: Night, phone: Callable[..., Phone]):
    worried, desperate = phone(night), phone(night)
    worried.write(WORRY)
    desperate.write("ik wil dood")
    assert desperate.emergency().kind == "emergency"
    waking = worried.wait_line(lambda line: line.who == "system", what="the bot says that it wakes up")
    worried.shoot("11-waking")
    assert "the bot is awake" not in night.printed, "all this happened before the bot was there"
    worried.write("ben je er al")
    night.wait_for_bot()
    for visitor in (worried, desperate):
        wait(visitor.page, lambda visitor=visitor: visitor.lines[-1].who == "bot", 20, what="an answer")  # type: ignore[misc]
    worried.answer()
    worried.shoot("11-awake")
    assert worried.words == [WORRY, "ben je er al"]
    assert [line.text for line in worried.lines if line.who == "system"] == [waking.text], "it is said once"
    assert worried.lines[-1].who == "bot"


def test_no_word_of_anyone_is_found_in_a_log_or_a_file(night: Night, phone: Callable[..., Phone], browsers: Browsers):
    made = night.home.run("user", "add", "anna", "--name", "Anna", "--password-stdin", words=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    night.wait_for_bot()
    visitor = phone(night)
    visitor.say(STORY)
    visitor.say(DANGER)
    token = str(visitor.page.evaluate("sessionStorage.getItem('nachtlicht')"))
    assert visitor.page.evaluate(MALFORMED, STORY) == 3
    anna = Desk(browsers.open(LAPTOP), night.url)
    anna.log_in("anna", WRONG_PASSWORD)
    expect(anna.page.get_by_role("alert")).to_be_visible()
    anna.log_in("anna").ready()
    assert anna.page.evaluate(BAD_BODY, STORY) == 422
    anna.take_and_open(wait(anna.page, lambda: anna.rows, what="the queue")[-1].id)
    anna.write(FROM_HELPER)
    visitor.wait_line(lambda line: line.text == FROM_HELPER, what="the helper's line")
    anna.leave("close")
    visitor.page.locator("#leave").click()
    assert night.stop() == 0

    printed = night.printed
    assert "nachtlicht: stopping" in printed
    assert [word for word in (*WORDS, token, PASSWORD) if word.lower() in printed.lower()] == []
    assert [(path.name, word) for path in files(night.home.data) for word in (*WORDS, token) if has(path, word)] == []
    assert {"nachtlicht.db", "keys.db", "master.key"} <= {path.name for path in files(night.home.data)}


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def has(path: Path, word: str) -> bool:
    return word.lower().encode() in path.read_bytes().lower()
