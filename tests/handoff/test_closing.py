"""Opening hours as visitors meet them: the welcome, the last quarter of an hour, closing time, and talks that go on."""

import pytest

from handoff import closing
from handoff.hours import DAYS
from handoff.models import Transition
from tests.conftest import MovedClock
from tests.handoff.line import CRISIS, WORRY, Line

ASKED = [{"move": "call_human", "reason": "asked"}]


@pytest.fixture
def open_till_three(line: Line):  # type: ignore[no-untyped-def]
    """Open from 19.00 to 3.20 at night; the clock stands at 3.00 in Amsterdam."""
    line.plans(line.user("chef"), "hours", **dict.fromkeys(DAYS, "19.00-3.20"), feestdagen="gewoon")


def look(line: Line, clock: MovedClock) -> None:
    """Do what the timekeeper does about the hour."""
    for talk in line.read(lambda s: closing.waiting_without_danger(s, line.resources, clock.now())):
        line.write(lambda s, talk=talk: closing.tell(s, line.resources, talk))  # type: ignore[misc]


def waits(line: Line) -> str:
    talk = line.open()
    line.says(talk, WORRY)
    line.answers(talk, moves=ASKED)
    return talk


def test_who_waits_is_told_early_and_gets_a_choice_at_closing_time(line: Line, clock: MovedClock, open_till_three: None) -> None:
    talk = waits(line)
    before = line.row(talk).last_seq
    look(line, clock)
    assert line.said(talk, before) == []
    clock.move(minutes=6)
    look(line, clock)
    look(line, clock)
    (warning,) = line.said(talk, before)
    assert "vannacht om 3.20 uur" in warning.text
    clock.move(minutes=14)
    look(line, clock)
    assert line.row(talk).state == "bot"
    last = line.said(talk)[-1]
    assert (last.sender, last.kind) == ("bot", "question")
    assert "vanavond om 19.00 uur" in last.text
    assert [(row.event, row.actor) for row in line.rows(Transition)][-1] == ("line_closed", "clock")


def test_nobody_in_danger_is_sent_away_at_closing_time(line: Line, clock: MovedClock, open_till_three: None) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    clock.move(minutes=30)
    look(line, clock)
    assert (line.row(talk).state, line.said(talk)[-1].kind) == ("waiting", "emergency")
    late = waits(line)
    line.raises(late, level=3, kinds=("geweld",))
    line.write(lambda s: closing.tell(s, line.resources, late))
    assert line.row(late).state == "waiting"


def test_a_running_talk_is_finished_after_closing(line: Line, clock: MovedClock, open_till_three: None) -> None:
    talk, anna = waits(line), line.user()
    lease = line.claim(talk, anna)
    clock.move(minutes=21)
    look(line, clock)
    line.helps(talk, anna, lease)
    assert line.row(talk).state == "human"


def test_while_somebody_is_still_there_nobody_is_sent_away(line: Line, clock: MovedClock, open_till_three: None) -> None:
    talk, anna = waits(line), line.user()
    clock.move(minutes=21)
    line.arrives(anna)
    look(line, clock)
    assert line.row(talk).state == "waiting"


def test_welcome_in_closed_hours_says_when_people_are_there(line: Line, clock: MovedClock, open_till_three: None) -> None:
    assert not any("weer" in said.text for said in line.said(line.open())[4:])
    clock.move(hours=1)
    told = line.said(line.open())[4:]
    assert [("vanavond om 19.00 uur" in said.text, "chatbot" in said.text) for said in told] == [(True, True)]


def test_without_hours_nothing_is_said_of_them(line: Line, clock: MovedClock) -> None:
    talk = waits(line)
    clock.move(hours=8)
    look(line, clock)
    assert line.row(talk).state == "waiting"
    assert len(line.said(line.open())) == 4
