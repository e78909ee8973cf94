"""Left messages: written now, answered later, read with a code; danger in one takes the one path."""

import re
from datetime import UTC, datetime

import pytest

from handoff import closing, left_messages, queue, reading_room, ways_back
from handoff.conversations import by_token
from handoff.errors import AlreadyClaimed, NotAnswered, NotFound, UnknownCode, UnknownToken
from handoff.hours import DAYS
from handoff.models import Alert, Claim, Deadline, Escalation
from handoff.models_return import LeftRound, WayBack
from handoff.queue import waiting
from handoff.transcript import body_of, lines_after
from handoff.working_day import answer_by
from tests.conftest import MovedClock
from tests.handoff.line import CRISIS, WORRY, Line

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]\b")
LETTER = "Hoe praat ik met mijn dochter over haar cijfers?"


def leaves(line: Line, text: str = LETTER) -> str:
    """A visitor leaves a message; return the conversation."""
    talk = line.open()
    line.says(talk, "Laat een bericht achter", choice="bericht")
    line.says(talk, text)
    return talk


def answered(line: Line, talk: str, user: object, text: str = "Begin met vragen wat zij ervan vindt.") -> None:
    lease = line.claim(talk, user)  # type: ignore[arg-type]
    line.helps(talk, user, lease, text)  # type: ignore[arg-type]
    line.write(lambda s: left_messages.answer(s, line.resources, talk, user, lease=lease))  # type: ignore[arg-type]


def codes_in(line: Line, talk: str) -> list[str]:
    rows = line.read(lambda s: lines_after(s, talk, 0))
    return [body.code for body in (body_of(line.resources.keys, row) for row in rows) if body.code]


def code_in(line: Line, talk: str) -> str:
    return codes_in(line, talk)[-1]


def enter(line: Line, code: str) -> str:
    return line.write(lambda s: ways_back.enter(s, line.resources, code, line.resources.clock.now()))[0].id


def test_a_message_is_kept_with_a_promise_and_a_code_and_the_bot_is_silent(line: Line) -> None:
    talk = leaves(line)
    (round_,) = line.rows(LeftRound)
    assert (line.row(talk).state, round_.number, round_.ended_at) == ("left_message", 1, None)
    assert line.hold(talk) is None or line.answers(talk) == "silent"
    (code,) = codes_in(line, talk)
    assert CODE.fullmatch(code)
    assert line.said(talk)[-1].text.startswith("Je bericht is bewaard.")


def test_more_words_before_the_answer_belong_to_the_same_round(line: Line) -> None:
    talk = leaves(line)
    last = line.row(talk).last_seq
    line.says(talk, "Ze is veertien, dat vergat ik.")
    assert line.count(LeftRound) == 1
    assert [said.sender for said in line.said(talk, last)] == ["visitor"]


def test_the_code_leads_back_from_any_device_however_it_is_typed(line: Line) -> None:
    talk = leaves(line)
    code = code_in(line, talk)
    likely = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert [enter(line, typed) for typed in (code, code.replace("-", ""), likely)] == [talk] * 3
    assert line.count(WayBack, kind="token") == 3


def test_a_counsellor_is_not_shown_the_code(line: Line) -> None:
    anna = line.user()
    talk = leaves(line)
    line.claim(talk, anna)
    read = line.write(lambda s: reading_room.transcript(s, line.resources, talk, anna, 0))
    assert code_in(line, talk) not in read.model_dump_json()


def test_a_new_code_ends_the_one_before_and_a_wrong_one_leads_nowhere(line: Line) -> None:
    talk = leaves(line)
    first = code_in(line, talk)
    line.says(talk, "Code.")
    second = code_in(line, talk)
    assert enter(line, second) == talk
    for typed in (first, "", "AAAA-AAAA-AAAA-A", second + "X", second[:-1]):
        with pytest.raises(UnknownCode):
            enter(line, typed)


def test_a_code_has_65_random_bits_and_is_stored_as_a_hash_only(line: Line) -> None:
    talk = leaves(line)
    code = code_in(line, talk).replace("-", "")
    assert len(code) * 5 == 65
    (row,) = line.rows(WayBack)
    assert code.encode() not in row.secret_hash
    assert row.secret_hash == line.resources.keys.keyed_hash(code)


def test_the_answer_waits_for_the_visitor_and_five_rounds_are_the_most(line: Line) -> None:
    anna = line.user()
    talk = leaves(line)
    for number in range(1, 6):
        answered(line, talk, anna)
        assert (line.row(talk).state, line.count(LeftRound, outcome="answered")) == ("left_message", number)
        assert line.read(lambda s: waiting(s, anna)) == []
        with pytest.raises(NotFound):
            line.claim(talk, anna)
        line.says(talk, f"En nog iets anders, vraag {number}.")
    assert line.count(LeftRound) == 5
    assert "reeks berichten is vol" in line.said(talk)[-1].text


def test_answered_is_refused_where_nothing_was_written(line: Line) -> None:
    anna = line.user()
    talk = leaves(line)
    lease = line.claim(talk, anna)
    with pytest.raises(NotAnswered):
        line.write(lambda s: left_messages.answer(s, line.resources, talk, anna, lease=lease))
    assert line.row(talk).state == "human"


def test_whoever_waits_now_comes_before_left_messages_and_the_first_due_before_the_others(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    first = leaves(line)
    clock.move(minutes=26 * 60)
    second = leaves(line)
    live = line.open()
    line.says(live, WORRY)
    line.answers(live, moves=[{"move": "call_human", "reason": "asked"}])
    rows = line.read(lambda s: waiting(s, anna))
    assert [row.id for row in rows] == [live, first, second]
    assert [row.answer_by is None for row in rows] == [True, False, False]


def test_two_people_cannot_answer_the_same_message(line: Line) -> None:
    anna, bram = line.user(), line.user("bram")
    talk = leaves(line)
    line.claim(talk, anna)
    with pytest.raises(AlreadyClaimed):
        line.claim(talk, bram)


def test_danger_in_a_left_message_takes_the_one_path(line: Line) -> None:
    talk = leaves(line, CRISIS)
    assert (line.row(talk).state, line.row(talk).urgency >= 3, line.count(Escalation)) == ("waiting", True, 1)
    assert ("system", "emergency") in line.kinds(talk)


def test_in_danger_nobody_is_put_off_with_a_message(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    line.says(talk, "Laat een bericht achter", choice="bericht")
    assert (line.row(talk).state, line.count(LeftRound), line.count(WayBack)) == ("waiting", 0, 0)
    assert line.said(talk)[-1].text.startswith("Op een bericht zou je te lang wachten.")


def test_no_promise_of_minutes_runs_and_the_wait_counts_in_no_estimate(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    talk = leaves(line)
    line.claim(talk, anna)
    clock.move(seconds=line.resources.settings.promise_seconds + 1)
    line.write(lambda s: queue.keep_lease(s, line.resources, anna.id))
    line.tick()
    assert line.row(talk).state == "human"
    assert [claim.waited_seconds for claim in line.rows(Claim)] == [None]


def test_a_helper_who_vanishes_leaves_the_message_where_it_was(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    talk = leaves(line)
    line.claim(talk, anna)
    clock.move(seconds=line.resources.settings.lease_seconds + 1)
    line.tick()
    assert (line.row(talk).state, line.row(talk).owner_id) == ("left_message", None)
    assert [row.id for row in line.read(lambda s: waiting(s, anna))] == [talk]


def test_a_helper_who_vanishes_in_danger_leaves_a_crisis_that_rings(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    talk = leaves(line)
    line.claim(talk, anna)
    line.says(talk, CRISIS)
    clock.move(seconds=line.resources.settings.lease_seconds + 1)
    line.tick()
    assert (line.row(talk).state, line.count(Escalation, seen_at=None)) == ("waiting", 1)


def test_staff_are_reminded_before_the_promise_and_the_visitor_is_told_once_when_it_is_broken(line: Line, clock: MovedClock) -> None:
    talk = leaves(line)
    (round_,) = line.rows(LeftRound)
    clock.move(seconds=(round_.answer_by - clock.now()).total_seconds() - 3 * 3600)
    line.tick()
    assert [row.reminded_at for row in line.rows(LeftRound)] == [clock.now()]
    last = line.row(talk).last_seq
    for _ in range(3):
        clock.move(hours=3)
        line.tick()
    (late,) = line.said(talk, last)
    assert late.text.startswith("Je antwoord is er nog niet")


def test_an_answer_nobody_comes_back_to_ends_after_the_days_that_were_told(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    talk = leaves(line)
    answered(line, talk, anna)
    clock.move(minutes=line.resources.settings.retention_days * 24 * 60)
    line.tick()
    assert line.row(talk).state == "closed"


def test_an_erased_talk_has_no_way_back(line: Line, clock: MovedClock) -> None:
    talk, token = line.open_with_token()
    line.says(talk, "Laat een bericht achter", choice="bericht")
    code = code_in(line, talk)
    for _ in range(2):
        clock.move(minutes=line.resources.settings.retention_days * 24 * 60 + 1)
        line.tick()
    assert line.row(talk).erased_at is not None
    assert line.rows(WayBack) == []
    with pytest.raises(UnknownCode):
        enter(line, code)
    with pytest.raises(UnknownToken):
        line.read(lambda s: by_token(s, line.resources, token))


def test_a_person_asked_for_in_a_left_message_comes_only_when_somebody_is_there(line: Line) -> None:
    anna = line.user()
    line.plans(anna, "hours", **dict.fromkeys(DAYS, "9.00-10.00"), feestdagen="gewoon")
    talk = leaves(line)
    line.says(talk, "Ik wil een mens spreken", choice="mens")
    assert line.row(talk).state == "left_message"
    assert line.said(talk)[-1].text.startswith("Nu is er niemand van de lijn.")
    line.arrives(anna)
    line.says(talk, "Ik wil een mens spreken", choice="mens")
    assert line.row(talk).state == "waiting"


def test_at_closing_time_a_message_that_waited_live_waits_for_its_answer_again(line: Line, clock: MovedClock) -> None:
    line.plans(line.user(), "hours", **dict.fromkeys(DAYS, "19.00-3.20"), feestdagen="gewoon")
    talk = leaves(line)
    line.says(talk, "Ik wil een mens spreken", choice="mens")
    assert line.row(talk).state == "waiting"
    clock.move(minutes=30)
    for one in line.read(lambda s: closing.waiting_without_danger(s, line.resources, clock.now())):
        line.write(lambda s, one=one: closing.tell(s, line.resources, one))  # type: ignore[misc]
    assert line.row(talk).state == "left_message"


def test_a_code_is_offered_at_the_first_sign_of_violence_and_given_when_asked(line: Line) -> None:
    talk = line.open()
    line.says(talk, "mijn man slaat me elke week")
    offered = [said for said in line.said(talk) if "Met een code kom je later terug" in said.text]
    assert len(offered) == 1
    assert line.count(WayBack) == 0
    line.says(talk, "code")
    assert enter(line, code_in(line, talk)) == talk


def test_an_alert_about_a_left_message_rings_nobody_at_night(line: Line) -> None:
    leaves(line)
    assert line.count(Alert) == 0


@pytest.mark.parametrize(
    ("left", "due"),
    [
        ("2026-11-23T02:30", "2026-11-23T16:00"),  # Monday at half past three at night: that day at 17.00
        ("2026-11-23T08:00", "2026-11-24T16:00"),  # Monday at 9.00: Tuesday
        ("2026-11-23T22:00", "2026-11-24T16:00"),
        ("2026-11-27T20:00", "2026-11-30T16:00"),  # Friday evening: Monday
        ("2026-11-28T12:00", "2026-11-30T16:00"),  # Saturday
        ("2026-12-24T20:00", "2026-12-28T16:00"),  # Christmas Eve, Thursday: Christmas and the weekend are no working days
        ("2026-12-31T20:00", "2027-01-04T16:00"),  # over the year's end
        ("2026-07-06T20:00", "2026-07-07T15:00"),  # summer time
    ],
)
def test_an_answer_is_promised_within_a_working_day(left: str, due: str) -> None:
    moment = datetime.fromisoformat(left).replace(tzinfo=UTC)
    assert answer_by(moment, country="NL", zone="Europe/Amsterdam") == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_helper_owes_an_answer_to_words_that_ask_for_a_code_too(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    talk = line.open()
    line.says(talk, WORRY)
    line.answers(talk, moves=[{"move": "call_human", "reason": "asked"}])
    lease = line.claim(talk, anna)
    line.helps(talk, anna, lease)
    line.says(talk, "code")
    assert line.count(Deadline, kind="promise") == 1
