"""The one path of danger: urgency up, escalation open, emergency text before any bot, a person wanted."""

import pytest

from handoff.models import BotTurn, Conversation, Escalation, Message, Outbox, Transition
from handoff.states import State
from tests.fake_bot import LISTEN, parse
from tests.handoff.line import CRISIS, WORRY, Line

VIOLENCE = "mijn man slaat me"
ACUTE = "ik heb net een overdosis pillen genomen"


def emergencies(line: Line, talk: str) -> list[str]:
    return [said.text for said in line.said(talk) if said.kind == "emergency"]


def test_danger_puts_everything_in_place_in_one_step(line: Line) -> None:
    talk = line.open()
    seq = line.says(talk, CRISIS)
    row, now = line.row(talk), line.resources.clock.now()
    assert (row.state, row.urgency, row.crisis_kinds, row.waiting_since, row.wait_reason) == ("waiting", 3, "suicidaliteit", now, "crisis")
    assert [(e.level, e.kinds, e.source, e.seen_at) for e in line.rows(Escalation)] == [(3, "suicidaliteit", "triage", None)]
    assert line.kinds(talk) == [("visitor", "text"), ("system", "emergency")]
    assert [(t.event, t.actor, t.reason) for t in line.rows(Transition)] == [("crisis", "triage", "level 3")]
    assert line.rows(Message, conversation_id=talk, seq=seq)[0].urgency == 3
    assert [note.topic for note in line.rows(Outbox)] == ["conversation", "queue", "turn"]
    assert [(turn.seq, turn.done_at) for turn in line.rows(BotTurn)] == [(seq, None)]  # the bot keeps company afterwards


def test_message_and_emergency_text_are_stored_together_or_not_at_all(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = line.open()
    monkeypatch.setattr("handoff.conversations.emergency_text", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        line.says(talk, CRISIS)
    assert (line.kinds(talk), line.row(talk).urgency, line.rows(Escalation)) == ([], 0, [])


def test_same_danger_again_writes_no_second_emergency_text(line: Line) -> None:
    talk = line.open()
    for text in (CRISIS, CRISIS, "ik wil niet meer leven", CRISIS):
        line.says(talk, text)
    assert len(emergencies(line, talk)) == 1
    assert len(line.rows(Escalation)) == 1


def test_higher_level_writes_a_new_emergency_text(line: Line) -> None:
    talk = line.open()
    line.raises(talk, level=3, kinds=("suicidaliteit",))
    line.raises(talk, level=4, kinds=("suicidaliteit",))
    line.raises(talk, level=4, kinds=("suicidaliteit",))
    line.raises(talk, level=3, kinds=("suicidaliteit",))
    texts = emergencies(line, talk)
    assert (len(texts), texts[0] != texts[1], line.row(talk).urgency) == (2, True, 4)
    assert [(e.level, e.seen_at) for e in line.rows(Escalation)] == [(4, None)]


def test_new_kind_of_danger_writes_a_new_emergency_text_and_both_kinds_are_kept(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    line.says(talk, VIOLENCE)
    texts = emergencies(line, talk)
    veilig_thuis = line.resources.directory.entries["nl-veilig-thuis"].phone[0]
    assert [veilig_thuis in text for text in texts] == [False, True]
    assert line.row(talk).crisis_kinds == "geweld,suicidaliteit"
    assert [set(e.kinds.split(",")) for e in line.rows(Escalation)] == [{"geweld", "suicidaliteit"}]


def test_danger_without_a_known_kind_gets_the_general_text_once(line: Line) -> None:
    talk = line.open()
    line.raises(talk, level=3, kinds=())
    line.raises(talk, level=3, kinds=())
    assert len(emergencies(line, talk)) == 1
    assert "112" in emergencies(line, talk)[0]


@pytest.mark.parametrize("level", [3, 4])
def test_reading_of_rasa_takes_the_same_path(line: Line, level: int) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    assert line.answers(talk, parse=parse(level=level, kinds=("geweld",))) == "answered"
    row = line.row(talk)
    assert (row.state, row.urgency, row.crisis_kinds) == ("waiting", level, "geweld")
    assert [(e.level, e.source) for e in line.rows(Escalation)] == [(level, "rasa")]
    # the emergency text comes before what the bot has to say
    # one notice: at 3 a code to come back with, at 4 that nobody can be sent without a place
    assert line.kinds(talk) == [("visitor", "text"), ("system", "emergency"), ("system", "notice"), ("bot", "text")]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_reading_of_rasa_below_a_crisis_opens_nothing(line: Line, level: int) -> None:
    talk = line.open()
    line.says(talk, "hallo")
    line.answers(talk, parse=parse(level=level, kinds=("geweld",)))
    assert (line.row(talk).state, line.rows(Escalation), emergencies(line, talk)) == ("bot", [], [])


def test_answer_that_is_a_sign_of_danger_takes_the_same_path(line: Line) -> None:
    talk = line.open()
    line.says(talk, "ja")
    line.answers(talk, moves=[{"move": "crisis", "level": 3, "kinds": ["suicidaliteit"]}, *LISTEN])
    row = line.row(talk)
    assert (row.state, row.urgency, [e.source for e in line.rows(Escalation)]) == ("waiting", 3, ["answer"])
    assert line.kinds(talk) == [("visitor", "text"), ("system", "emergency"), ("bot", "text")]


def test_danger_while_a_person_holds_the_conversation_leaves_it_with_them(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY, choice="mens")
    line.answers(talk, moves=[{"move": "call_human", "reason": "asked"}, *LISTEN])
    user = line.user()
    line.claim(talk, user)
    line.says(talk, CRISIS)
    row = line.row(talk)
    assert (row.state, row.owner_id, row.urgency) == (State.HUMAN, user.id, 3)
    assert len(emergencies(line, talk)) == 1
    assert [e.seen_at for e in line.rows(Escalation)] == [None]
    assert line.hold(talk) is None


def test_danger_in_a_message_whose_answer_came_too_late_still_takes_the_path(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    due = line.hold(talk)
    line.raises(talk, level=3, kinds=("geweld",))
    user = line.user()
    line.claim(talk, user)
    assert due is not None
    assert line.store(due, parse=parse(level=4, kinds=("suicidaliteit",))) == "silent"
    row = line.row(talk)
    assert (row.state, row.urgency, row.crisis_kinds) == ("human", 4, "geweld,suicidaliteit")
    assert [said.sender for said in line.said(talk, after=4)] == ["visitor", *["system"] * 4]  # two texts, a code offered, a hand-over


def test_claim_closes_the_escalation_and_new_danger_opens_another(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    user = line.user()
    lease = line.claim(talk, user)
    line.says(talk, VIOLENCE)
    line.gives_back(talk, user, lease)
    line.claim(talk, user)
    now = line.resources.clock.now()
    assert [(e.kinds, e.seen_at, e.seen_by) for e in line.rows(Escalation)] == [
        ("suicidaliteit", now, user.id),
        ("geweld", now, user.id),
    ]


def test_every_crisis_kind_of_the_content_fits_in_its_column(line: Line) -> None:
    talk = line.open()
    kinds = ("medisch", "intoxicatie", "suicidaliteit", "zelfbeschadiging", "seksueel_geweld", "kind_onveilig", "geweld",
             "gevaar_voor_ander", "psychose")  # fmt: skip
    for kind in kinds:
        line.raises(talk, level=4, kinds=(kind,))
    assert line.row(talk).crisis_kinds.split(",") == sorted(kinds)
    assert len(emergencies(line, talk)) == len(kinds)
    assert line.count(Conversation) == 1


def test_acute_words_are_read_as_level_four(line: Line) -> None:
    talk = line.open()
    line.says(talk, ACUTE)
    assert (line.row(talk).urgency, "112" in emergencies(line, talk)[0]) == (4, True)
