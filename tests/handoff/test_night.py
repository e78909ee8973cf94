"""The night over HTTP: on-call channels that really ring, the page of the night, planning, seen alarms, a lowered urgency."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from handoff.models import Alert, Audit, Deadline, UrgencyChange
from handoff.settings import Settings
from tests.handoff.line import CRISIS, Line
from tests.live import Live, Person, Visitor, next_frame
from tests.pager import Pager

Start = Callable[..., Live]
NIGHT = datetime(2027, 1, 4, 3, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))  # at 17.00 the day's test alarm would ring by itself


@pytest.fixture
def pager() -> Iterator[Pager]:
    pager = Pager()
    yield pager
    pager.stop()


@pytest.fixture
def live(start: Start) -> Live:
    return start(at=NIGHT)


def wait(condition: Callable[[], Any], what: str, seconds: float = 8.0) -> Any:
    import time

    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return value


def in_danger(live: Live, words: str = CRISIS) -> tuple[Visitor, str]:
    visitor = live.visitor()
    visitor.say(words)
    visitor.wait("message", kind="emergency")
    return visitor, live.conversation(visitor.token).id


def rows(live: Live, model: Any) -> list[Any]:
    return live.database.read_now(lambda s: list(s.scalars(select(model).order_by(model.id))))


def page(person: Person, path: str) -> Any:
    return person.http.get(f"/werkplek/{path}", follow_redirects=False)


def post(person: Person, path: str, **data: str) -> Any:
    return person.http.post(f"/werkplek/{path}", data=data, follow_redirects=False)


def test_a_crisis_with_nobody_there_rings_the_phone_of_who_is_on_call_without_a_word_of_it(start: Start, pager: Pager) -> None:
    live = start(at=NIGHT, oncall=pager.channel, public_origin="https://chat.example.nl")
    visitor = live.visitor()
    visitor.say("ik heet Wilhelmina en ik wil dood")
    (rang,) = wait(lambda: pager.rang, "the phone rings")
    assert rang["message"] == "Nachtlicht: er wacht iemand op een mens. https://chat.example.nl/werkplek"
    assert "Wilhelmina" not in json.dumps(rang)
    (alert,) = wait(lambda: [row for row in rows(live, Alert) if row.sent_at], "it is kept that it was sent")
    assert (alert.means, alert.failed_at) == ("oproep", None)


def test_a_channel_that_cannot_be_reached_makes_the_ladder_climb_at_once(start: Start, pager: Pager) -> None:
    pager.status = 503
    live = start(at=NIGHT, oncall=f"{pager.channel} tweede={pager.channel.partition('=')[2]}")
    chief = live.person("chef", role="supervisor")
    answer = post(chief, "rooster/ladder", stappen="oproep dienst 30\noproep tweede 30", herhaal="10", gezien="3", proef="17.00")
    assert answer.status_code == 303
    in_danger(live)
    wait(lambda: len(rows(live, Alert)) >= 2, "the second rung rings long before thirty minutes")
    assert [row.channel for row in rows(live, Alert)][:2] == ["dienst", "tweede"]
    assert rows(live, Alert)[0].failed_at is not None


def test_test_alarm_is_sent_received_and_shown(start: Start, pager: Pager) -> None:
    live = start(at=NIGHT, oncall=pager.channel)
    person = live.person()
    with person.workplace() as socket:
        frame = next_frame(socket, "queue")
        assert (frame["tested"], frame["test"]) == (False, None)
        assert "geen proefoproep ontvangen" in page(person, "vannacht").text
        assert post(person, "vannacht/proef", alert_id="0").status_code == 303
        wait(lambda: pager.rang, "the phone rings")
        assert "proefoproep" in pager.rang[0]["message"]
        while not (frame := next_frame(socket, "queue"))["test"]:
            pass
        assert person.http.post(f"/api/alarms/{frame['test']['id']}/received", headers={"X-Nachtlicht": "1"}).status_code == 204
        while not (frame := next_frame(socket, "queue"))["tested"]:
            pass
        assert frame["test"] is None
    shown = page(person, "vannacht").text
    assert "ontvangen door Anna" in shown
    assert "geen proefoproep ontvangen" not in shown
    assert person.http.post("/api/alarms/999/received", headers={"X-Nachtlicht": "1"}).status_code == 404


def test_page_of_the_night_tells_what_is_true(live: Live) -> None:
    person = live.person()
    in_danger(live)
    shown = page(person, "vannacht").text
    for words in (
        "geen openingstijden ingevuld",
        "niemand heeft de werkplek open",
        "geen adres voor dienst",
        "1 wacht, 1 met gevaar",
        "nog nooit verstuurd",
    ):
        assert words in shown
    assert CRISIS not in shown


def test_planning_is_for_supervisors_and_says_what_it_cannot_read(live: Live) -> None:
    anna, chief = live.person(), live.person("chef", role="supervisor")
    assert page(anna, "rooster").status_code == 404
    assert post(anna, "rooster/uren", ma="9.00-17.00").status_code == 404
    wrong = post(chief, "rooster/uren", ma="negen tot vijf", di="9.00-17.00")
    assert (wrong.status_code, "maandag: schrijf tijden" in wrong.text, "negen tot vijf" in wrong.text) == (422, True, True)
    assert post(chief, "rooster/uren", ma="9.00-17.00", feestdagen="gesloten", land="NL").status_code == 303
    assert 'value="9.00-17.00"' in page(chief, "rooster").text
    assert [(row.action, row.subject) for row in rows(live, Audit) if "changed" in row.action] == [("hours changed", "hours")]
    evil = chief.http.post("/werkplek/rooster/uren", data={"ma": "9-17"}, headers={"Origin": "https://evil.example"})
    assert evil.status_code == 403


@pytest.mark.parametrize("path", ["vannacht", "rooster", "protocol"])
def test_pages_of_the_night_ask_for_a_login(live: Live, path: str) -> None:
    answer = page(Person(live), path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/werkplek/inloggen")


def test_seen_alarm_is_told_to_the_visitor_and_to_colleagues(live: Live) -> None:
    visitor, talk = in_danger(live)
    anna, bram = live.person("anna"), live.person("bram")
    with bram.workplace() as socket:
        assert [item["seen"] for item in next_frame(socket, "queue")["items"]] == [False]
        assert anna.post(talk, "seen").status_code == 204
        visitor.wait("message", text=live.service.resources.texts.say("ladder.gezien"))
        while not next_frame(socket, "queue")["items"][0]["seen"]:
            pass
    assert anna.claim(talk) == 1
    assert anna.post(talk, "seen").status_code == 404
    assert [row.kind for row in rows(live, Deadline) if row.kind == "ladder"] == []


def test_urgency_is_lowered_by_the_owner_with_a_reason_and_new_danger_raises_it(live: Live) -> None:
    visitor, talk = in_danger(live)
    anna, trainee = live.person("anna"), live.person("tess", role="trainee")
    lease = anna.claim(talk)
    for level, reason, status in ((1, "  ", 422), (3, "omdat", 409), (4, "omdat", 422)):
        answer = anna.post(talk, "urgency", lease=lease, level=level, reason=reason)
        assert answer.status_code == status, (level, reason)
    assert trainee.post(talk, "urgency", lease=lease, level=1, reason="omdat").status_code == 404
    assert anna.post(talk, "urgency", lease=lease + 1, level=1, reason="omdat").status_code == 409
    assert anna.post(talk, "urgency", lease=lease, level=1, reason="het ging over een film").status_code == 204
    assert live.conversation(visitor.token).urgency == 1
    (change,) = rows(live, UrgencyChange)
    reason = live.service.resources.keys.open(talk, change.reason_sealed)
    assert (change.kind, change.before, change.after, reason) == ("lowered", 3, 1, "het ging over een film")
    assert b"film" not in change.reason_sealed
    visitor.say("mijn man slaat me nu")
    wait(lambda: live.conversation(visitor.token).urgency >= 3, "new danger counts again")


def test_going_on_is_kept_for_review_and_changes_no_level(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    line.says(talk, "het gaat, ik wil verder", choice="verder")
    (change,) = line.rows(UrgencyChange)
    assert (change.kind, change.before, change.after, change.user_id) == ("went_on", 3, 3, None)
    assert (line.row(talk).state, line.row(talk).urgency) == ("waiting", 3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("hij slaat me, ik kan niet praten want hij hoort me", True),
        ("mijn man slaat me en ik moet stil zijn", True),
        ("hij slaat me en ik mag geen geluid maken", True),
        ("mijn man slaat me elke avond", False),
    ],
)
def test_who_cannot_speak_gets_help_that_needs_no_voice(line: Line, words: str, said: bool) -> None:
    talk = line.open()
    line.says(talk, words)
    line.says(talk, words)
    silent = line.resources.texts.variants("nood.stil").je
    assert len([one for one in line.said(talk) if one.text in silent]) == int(said)


def test_nobody_can_be_sent_without_a_place_is_said_once_where_life_is_in_danger_now(line: Line) -> None:
    place = line.resources.texts.variants("nood.plaats").je + line.resources.texts.variants("nood.plaats.naaste").je
    for words, times in (("ik heb net een overdosis genomen", 1), ("mijn zus heeft net een overdosis genomen", 1), (CRISIS, 0)):
        talk = line.open()
        line.says(talk, words)
        line.says(talk, words)
        assert len([one for one in line.said(talk) if one.text in place]) == times, words


def test_channels_are_read_at_the_start_and_never_repeat_a_secret() -> None:
    assert Settings(oncall="a=json://x b=json://y a=json://z").oncall_channels() == {"a": ["json://x", "json://z"], "b": ["json://y"]}
    with pytest.raises(ValueError, match="pairs like") as caught:
        Settings(oncall="geheim-adres").oncall_channels()
    assert "geheim" not in str(caught.value)
