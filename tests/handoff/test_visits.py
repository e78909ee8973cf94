"""Repeat visits: remembered by choice only, counted by theme, forgotten when asked; never where there was danger."""

import pytest

from handoff import conversations, reading_room, visits
from handoff.models import Conversation
from handoff.models_return import Device, Visit
from handoff.resources import Resources
from handoff.transcript import body_of, lines_after
from tests.conftest import MovedClock
from tests.handoff.line import CRISIS, WORRY, Line


def visit(line: Line, device: str | None = None, theme: str = "stress") -> str:
    talk = line.write(lambda s: conversations.open_conversation(s, line.resources, device=device))[0].id
    line.says(talk, WORRY)
    line.answers(talk, state={"v": 1, "theme": theme})
    return talk


def remembered(line: Line, talk: str) -> str:
    """The visitor taps *onthoud*; return the token that the page keeps."""
    line.says(talk, "Onthoud op dit toestel dat ik hier was", choice="onthoud")
    rows = line.read(lambda s: lines_after(s, talk, 0))
    return next(body.device for body in (body_of(line.resources.keys, row) for row in rows) if body.device)


def before(line: Line, talk: str) -> dict[str, int]:
    return line.read(lambda s: visits.earlier(s, s.get_one(Conversation, talk), line.resources.clock.now(), days=30))


def test_nobody_is_remembered_without_asking_for_it(line: Line) -> None:
    visit(line)
    assert line.rows(Device) == []


def test_earlier_talks_count_by_theme_within_the_days(line: Line, clock: MovedClock) -> None:
    token = remembered(line, visit(line))
    visit(line, token)
    visit(line, token, theme="rouw")
    now = visit(line, token)
    assert before(line, now) == {"stress": 2, "rouw": 1}
    clock.move(days=31)
    assert before(line, visit(line, token)) == {}


def test_a_talk_with_danger_never_counts(line: Line) -> None:
    first = visit(line)
    token = remembered(line, first)
    line.says(first, CRISIS)
    assert before(line, visit(line, token)) == {}


def test_only_a_hash_is_kept_and_no_counsellor_sees_the_token(line: Line) -> None:
    talk = visit(line)
    token = remembered(line, talk)
    (device,) = line.rows(Device)
    assert device.token_hash == line.resources.keys.keyed_hash(token)
    anna = line.user()
    line.says(talk, "ik wil een mens", choice="mens")
    line.answers(talk, moves=[{"move": "call_human", "reason": "asked"}])
    line.claim(talk, anna)
    assert token not in line.write(lambda s: reading_room.transcript(s, line.resources, talk, anna, 0)).model_dump_json()


def test_forgetting_takes_the_device_and_every_visit(line: Line) -> None:
    token = remembered(line, visit(line))
    last = visit(line, token)
    line.says(last, "Vergeet dat ik hier was", choice="vergeet")
    assert (line.rows(Device), line.rows(Visit)) == ([], [])
    assert before(line, visit(line, token)) == {}


def test_a_device_that_is_not_seen_for_long_is_forgotten(line: Line, clock: MovedClock) -> None:
    remembered(line, visit(line))
    clock.move(days=91)
    line.write(lambda s: visits.forget_unseen(s, clock.now()))
    assert (line.rows(Device), line.rows(Visit)) == ([], [])


def test_asking_to_be_remembered_opens_no_closed_talk(line: Line) -> None:
    talk = visit(line)
    line.says(talk, "dag")
    line.answers(talk, moves=[{"move": "say", "keys": ["bot.afscheid"], "kind": "text"}, {"move": "close"}])
    remembered(line, talk)
    assert (line.row(talk).state, line.hold(talk)) == ("closed", None)


@pytest.mark.parametrize(("policy", "offered"), [("off", None), ("kind", False), ("strict", False)])
def test_the_bot_is_told_the_policy_and_what_came_before(
    line: Line, resources: Resources, monkeypatch: pytest.MonkeyPatch, policy: str, offered: bool | None
) -> None:
    monkeypatch.setattr(resources.settings, "repeat_policy", policy)
    talk = line.open()
    line.says(talk, WORRY)
    due = line.hold(talk)
    assert due is not None
    assert (due.turn.context["policy"], due.turn.context["remembered"], due.turn.context["earlier"]) == (policy, offered, {})
