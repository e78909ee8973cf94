"""A crisis that nobody takes rings further, the visitor hears the truth, and nobody is promised what was not tested."""

from datetime import timedelta

import pytest

from handoff import ladder, queue
from handoff.errors import BadPlan, NotFound
from handoff.ladder import Reach
from handoff.models import Alert, Deadline, Escalation
from handoff.steps import ladder_from
from tests.conftest import MovedClock
from tests.handoff.line import CRISIS, WORRY, Line

TWO = "werkplek 2\noproep dienst 5\noproep achterwacht 10"


@pytest.fixture
def settings(settings):  # type: ignore[no-untyped-def]
    return settings.model_copy(update={"oncall": "dienst=json://127.0.0.1:9 achterwacht=json://127.0.0.1:9"})


def rung(line: Line) -> list[tuple[str, str]]:
    """Return means and channel of every alarm of a crisis, oldest first."""
    return [(row.means, row.channel) for row in line.rows(Alert) if row.conversation_id]


def ring_on(line: Line, clock: MovedClock, minutes: float) -> None:
    clock.move(minutes=minutes)
    line.tick()


def notices(line: Line, talk: str) -> list[str]:
    texts = line.resources.texts
    keys = {words: key for key in ("ladder.niemand", "ladder.gezien") for words in texts.variants(key).je}
    return [keys[said.text] for said in line.said(talk) if said.text in keys]


def test_nobody_answers_and_every_rung_rings_in_its_time(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    line.plans(anna, "ladder", stappen=TWO)
    line.arrives(anna)
    talk = line.open()
    line.says(talk, CRISIS)
    assert rung(line) == [("werkplek", "")]
    ring_on(line, clock, 1.9)
    assert len(rung(line)) == 1
    ring_on(line, clock, 0.1)
    assert rung(line)[1:] == [("oproep", "dienst")]
    ring_on(line, clock, 5)
    assert rung(line)[2:] == [("oproep", "achterwacht")]
    assert notices(line, talk) == []
    ring_on(line, clock, 10)
    assert notices(line, talk) == ["ladder.niemand"]
    for _ in range(10):  # it goes round: whoever comes back later is rung again, and the truth is not repeated
        ring_on(line, clock, 10)
    assert len(rung(line)) > 5
    assert notices(line, talk) == ["ladder.niemand"]
    assert [(row.state, row.urgency) for row in [line.row(talk)]] == [("waiting", 3)]


def test_rungs_that_reach_nobody_are_passed_over_at_once(line: Line) -> None:
    anna = line.user()
    line.plans(anna, "ladder", stappen="werkplek 2\noproep weg 5\noproep dienst 5")
    talk = line.open()
    line.says(talk, CRISIS)
    assert rung(line) == [("oproep", "dienst")], "no workplace is open, and a channel without address rings nowhere"


def test_with_no_way_to_anybody_the_emergency_text_says_so_and_it_is_tried_again(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    line.plans(anna, "ladder", stappen="werkplek 2")
    talk = line.open()
    line.says(talk, CRISIS)
    (emergency,) = [said.text for said in line.said(talk) if said.kind == "emergency"]
    assert emergency.endswith(line.resources.texts.say("nood.mens_dicht"))
    assert (rung(line), notices(line, talk)) == ([], [])
    line.arrives(anna)
    clock.move(minutes=10)
    line.arrives(anna)
    line.tick()
    assert rung(line) == [("werkplek", "")]


def test_a_seen_alarm_waits_for_whoever_saw_it_and_then_rings_on(line: Line, clock: MovedClock) -> None:
    anna, bram = line.user(), line.user("bram")
    line.plans(anna, "ladder", stappen=TWO, gezien="3")
    line.arrives(anna)
    talk = line.open()
    line.says(talk, CRISIS)
    clock.move(minutes=1)
    line.write(lambda s: ladder.acknowledge(s, line.resources, talk, anna))
    line.write(lambda s: ladder.acknowledge(s, line.resources, talk, bram))  # one is enough
    assert notices(line, talk) == ["ladder.gezien"]
    assert [row.acknowledged_by for row in line.rows(Alert)] == [anna.id]
    ring_on(line, clock, 2.9)
    assert len(rung(line)) == 1
    ring_on(line, clock, 0.1)
    assert rung(line)[1:] == [("oproep", "dienst")], "seen is not taken"


def test_a_claim_ends_the_ringing(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    line.arrives(anna)
    talk = line.open()
    line.says(talk, CRISIS)
    line.claim(talk, anna)
    assert "ladder" not in [row.kind for row in line.rows(Deadline)]
    with pytest.raises(NotFound):
        line.write(lambda s: ladder.acknowledge(s, line.resources, talk, anna))


def test_a_broken_promise_begins_one_rung_higher(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    line.plans(anna, "ladder", stappen=TWO)
    line.arrives(anna)
    talk = line.open()
    line.says(talk, CRISIS)
    lease = line.claim(talk, anna)
    line.arrives(anna)
    line.gives_back(talk, anna, lease)
    assert rung(line) == [("werkplek", ""), ("oproep", "dienst")]
    assert [(row.step, row.seen_at is None) for row in line.rows(Escalation)] == [(0, False), (1, True)]


def test_talks_without_danger_ring_nobody(line: Line) -> None:
    anna = line.user()
    line.arrives(anna)
    talk = line.open()
    line.says(talk, WORRY)
    line.answers(talk, moves=[{"move": "call_human", "reason": "asked"}])
    assert (line.row(talk).state, rung(line)) == ("waiting", [])


def test_what_is_true_about_people_rests_on_a_tested_alarm(line: Line, clock: MovedClock) -> None:
    anna = line.user()

    def now() -> Reach:
        return line.read(lambda s: ladder.reach(s, line.resources, clock.now()))

    assert now() is Reach.NOBODY
    line.arrives(anna)
    assert now() is Reach.UNTESTED
    line.tested(anna)
    assert now() is Reach.HERE
    clock.move(minutes=5)
    assert now() is Reach.CALLED
    clock.move(hours=23, minutes=54)
    assert now() is Reach.CALLED
    clock.move(minutes=1)
    assert now() is Reach.NOBODY, "24 hours after the last acknowledged test"


@pytest.mark.parametrize(("tested", "present"), [(False, True), (False, False)])
def test_without_a_tested_alarm_no_emergency_text_speaks_of_people_who_are_called(line: Line, tested: bool, present: bool) -> None:
    anna = line.user()
    if present:
        line.arrives(anna)
    promised = [words for key in ("nood.mens", "nood.mens_oproep") for words in line.resources.texts.variants(key).je]
    for words in (CRISIS, "mijn man slaat me", "ik hoor stemmen die zeggen dat ik moet springen", "mijn kind ademt niet meer"):
        talk = line.open()
        line.says(talk, words)
        assert [said.text for said in line.said(talk) if any(said.text.endswith(one) for one in promised)] == []


def test_daily_test_is_sent_once_at_its_time_to_whoever_is_on_call(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    line.plans(anna, "ladder", stappen=TWO, proef="3.05")  # the clock stands at 3.00 in Amsterdam

    def due() -> bool:
        return line.write(lambda s: ladder.test_if_due(s, line.resources, clock.now()))

    assert not due()
    clock.move(minutes=5)
    assert [due(), due()] == [True, False]
    (alert,) = line.rows(Alert)
    assert (alert.means, alert.channel, alert.conversation_id, alert.sent_at) == ("oproep", "achterwacht", None, None)
    line.write(lambda s: ladder.acknowledge_test(s, line.resources, alert.id, anna))
    with pytest.raises(NotFound):
        line.write(lambda s: ladder.acknowledge_test(s, line.resources, alert.id, anna))
    assert line.read(lambda s: ladder.trusted(s, clock.now()))
    clock.move(hours=24)
    assert due()
    assert not line.read(lambda s: ladder.trusted(s, clock.now() + timedelta(seconds=1)))


def test_rows_of_a_real_alarm_prove_nothing(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    line.arrives(anna)
    talk = line.open()
    line.says(talk, CRISIS)
    line.write(lambda s: ladder.acknowledge(s, line.resources, talk, anna))
    (alert,) = line.rows(Alert)
    with pytest.raises(NotFound):
        line.write(lambda s: ladder.acknowledge_test(s, line.resources, alert.id, anna))
    assert not line.read(lambda s: ladder.trusted(s, clock.now()))


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"stappen": ""}, "stappen"),
        ({"stappen": "sirene 3"}, "werkplek 2 of oproep"),
        ({"stappen": "oproep 3"}, "naam van het kanaal"),
        ({"stappen": "werkplek 0"}, "1 tot 60"),
        ({"stappen": "\n".join(["werkplek 1"] * 11)}, "10 regels"),
        ({"herhaal": "soms"}, "herhaal"),
        ({"gezien": "90"}, "gezien"),
        ({"proef": "25.00"}, "proef"),
    ],
)
def test_a_ladder_that_cannot_be_read_is_refused_with_the_reason(line: Line, typed: dict[str, str], word: str) -> None:
    with pytest.raises(BadPlan, match=word):
        ladder_from(typed)
    anna = line.user()
    with pytest.raises(BadPlan):
        line.plans(anna, "ladder", **typed)
    assert line.read(lambda s: ladder.plans.ladder(s)) == ladder_from({})


def test_workplace_is_told_each_time_it_is_rung(line: Line, clock: MovedClock) -> None:
    anna = line.user()
    line.plans(anna, "ladder", stappen="werkplek 2\nwerkplek 3", herhaal="4")

    def rung_so_far() -> list[int]:
        return [item.rings for item in line.read(lambda s: queue.waiting(s, anna))]

    line.arrives(anna)
    line.says(line.open(), CRISIS)
    assert rung_so_far() == [1]
    for minutes, expected in ((2, [2]), (3, [2]), (4, [3])):  # the second rung; the truth is told; the next round
        clock.move(minutes=minutes)
        line.arrives(anna)
        line.tick()
        assert rung_so_far() == expected
