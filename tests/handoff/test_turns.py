"""The bot's turns: in order, one at a time, never two answers, never silence, silent once a person has the conversation."""

import pytest

from handoff import conversations, turns
from handoff.models import BotTurn, Conversation, Reading
from tests.fake_bot import LISTEN, parse
from tests.handoff.line import CRISIS, WORRY, Line

FAREWELL = [{"move": "say", "keys": ["bot.afscheid"]}, {"move": "close"}]


def outcomes(line: Line) -> list[str | None]:
    return [turn.outcome for turn in line.rows(BotTurn)]


def test_turns_are_taken_in_order_and_one_at_a_time(line: Line) -> None:
    talk = line.open()
    for text in ("een", "twee", "drie"):
        line.says(talk, text)
    asked = []
    for _ in range(3):
        due = line.hold(talk)
        assert due is not None
        asked.append(due.turn.text)
        assert line.hold(talk) is None  # the next one waits until this one is answered
        line.store(due)
    assert (asked, line.hold(talk)) == (["een", "twee", "drie"], None)


def test_conversations_do_not_wait_for_each_other(line: Line) -> None:
    first, second = line.open(), line.open()
    line.says(first, WORRY)
    line.says(second, WORRY)
    assert line.hold(first) is not None
    assert line.hold(second) is not None


def test_turn_carries_what_the_bot_needs_and_nothing_that_names_the_visitor(line: Line) -> None:
    talk = line.open()
    seq = line.says(talk, CRISIS, choice="verder")
    line.answers(talk, state={"v": 1, "phase": "goal"})
    line.says(talk, "ja", choice="ja")
    due = line.hold(talk)
    assert due is not None
    assert (due.turn.text, due.turn.state) == ("ja", {"v": 1, "phase": "goal"})
    assert due.turn.context == {
        "state": "waiting", "urgency": 3, "message_urgency": 0, "choice": "ja", "went_on": True, "doubt": False, "people": 0,
        "open": None, "reader": "", "language": "", "weights": line.resources.triage.weights,
        "earlier": {}, "policy": "kind", "remembered": False, "seq": seq + 3,
    }  # fmt: skip


def test_held_turn_is_free_again_after_its_time(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    lost = line.hold(talk)
    line.resources.clock.move(seconds=turns.HOLD.total_seconds() - 1)  # type: ignore[attr-defined]
    assert line.hold(talk) is None
    line.resources.clock.move(seconds=1)  # type: ignore[attr-defined]
    found = line.hold(talk)
    assert lost is not None
    assert found is not None
    assert found.id == lost.id
    assert (line.store(found), line.store(lost)) == ("answered", "silent")  # the one who was slow says nothing twice
    assert line.kinds(talk) == [("visitor", "text"), ("bot", "text")]
    assert line.count(Reading, source="rasa") == 1


def test_late_answer_is_dropped_when_a_person_has_claimed(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    due = line.hold(talk)
    line.claim(talk, line.user())
    before = line.said(talk)
    assert due is not None
    assert line.store(due, parse=parse(theme="suicide")) == "silent"
    line.write(lambda s: turns.store_failure(s, line.resources, due))
    line.write(lambda s: turns.tell_waking(s, line.resources, due))
    assert line.said(talk) == before
    assert line.row(talk).state == "human"
    assert line.row(talk).theme == "suicide"  # what was read in the message is still worth knowing


def test_answer_speaks_again_after_the_person_gave_the_talk_back(line: Line) -> None:
    talk, user = line.open(), line.user()
    line.says(talk, CRISIS)
    line.gives_back(talk, user, line.claim(talk, user))
    line.says(talk, "ben je er nog")
    assert line.answers(talk) == "answered"


def test_failure_says_so_with_numbers_and_calls_a_person(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    line.fails(talk)
    row, said = line.row(talk), line.said(talk)[-1]
    assert (row.state, row.wait_reason, outcomes(line)) == ("waiting", "bot_failed", ["failed"])
    assert (said.sender, said.kind, said.text) == ("system", "notice", line.resources.texts.say("bot.storing"))
    assert ("112" in said.text, "113" in said.text, "1813" in said.text) == (True, True, True)


def test_every_message_in_a_wait_is_answered_though_the_bot_is_dead(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    line.fails(talk)
    for _ in range(6):
        line.says(talk, "ben je er nog")
        line.fails(talk)
    said = [one.text for one in line.said(talk) if one.kind == "notice"]
    company = line.resources.texts.variants("wacht.blijf").je
    assert said[0] == line.resources.texts.say("bot.storing")
    assert said[1:] == list(company[:6])  # never silence, never the same words twice
    assert (line.row(talk).state, line.row(talk).wait_reason) == ("waiting", "crisis")


def test_waking_bot_is_told_once_and_the_message_waits(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    for _ in range(3):
        due = line.hold(talk)
        assert due is not None
        line.write(lambda s, d=due: turns.tell_waking(s, line.resources, d))  # type: ignore[misc]
    assert line.kinds(talk) == [("visitor", "text"), ("system", "notice")]
    assert line.said(talk)[-1].text == line.resources.texts.say("bot.wakker_worden")
    assert line.answers(talk) == "answered"


def test_unanswered_turns_are_found_longest_waiting_first(line: Line) -> None:
    talks = [line.open() for _ in range(3)]
    for talk in (talks[1], talks[0], talks[1], talks[2]):
        line.says(talk, WORRY)
    line.answers(talks[1])
    assert line.read(turns.open_conversations) == [talks[0], talks[1], talks[2]]


def test_answer_keeps_theme_perspective_and_state(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    whole = {**parse(theme="stress"), "perspective": {"name": "naaste", "sure": True}}
    whole["theme"]["sub"] = "werk"
    line.answers(talk, parse=whole, state={"v": 1, "perspective": "naaste"})
    row = line.row(talk)
    memory = line.read(lambda s: conversations.recall(s.get_one(Conversation, talk), line.resources))
    assert (row.theme, row.sub, row.perspective) == ("stress", "werk", "naaste")
    assert (memory.bot, memory.profile.perspective) == ({"v": 1, "perspective": "naaste"}, "naaste")


def test_unsure_theme_and_no_question_leave_what_was_known(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    line.answers(talk, parse=parse(theme="stress"))
    line.says(talk, "dank je")
    line.answers(talk, parse=parse(theme="geen"))
    line.says(talk, "hm")
    line.answers(talk, parse={**parse(), "theme": {"name": "angst", "sure": False}})
    assert line.row(talk).theme == "stress"


@pytest.mark.parametrize("missing", ["theme", "perspective", "urgency", "intent"])
def test_parse_may_lack_a_part_as_the_channel_shows_it(line: Line, missing: str) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    assert line.answers(talk, parse={**parse(), missing: None}) == "answered"


def test_call_for_a_person_queues_the_conversation(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    line.answers(talk, moves=[{"move": "call_human", "reason": "asked"}, *LISTEN])
    row = line.row(talk)
    assert (row.state, row.wait_reason, row.waiting_since) == ("waiting", "human_asked", line.resources.clock.now())


def test_farewell_closes_and_a_wait_for_a_person_is_not_closed_by_it(line: Line) -> None:
    talk, crisis = line.open(), line.open()
    line.says(talk, "dag")
    line.answers(talk, moves=FAREWELL)
    assert (line.row(talk).state, line.kinds(talk)) == ("closed", [("visitor", "text"), ("bot", "text")])
    line.says(crisis, CRISIS)
    line.answers(crisis, moves=FAREWELL)
    assert line.row(crisis).state == "waiting"


def test_message_sent_before_the_farewell_arrived_is_answered_too(line: Line) -> None:
    talk = line.open()
    line.says(talk, "dag")
    line.says(talk, "of nee, wacht, er is nog iets")
    line.answers(talk, moves=FAREWELL)
    due = line.hold(talk)
    assert due is not None
    assert due.turn.text == "of nee, wacht, er is nog iets"
    line.store(due)
    assert outcomes(line) == ["answered", "answered"]
    assert [said.sender for said in line.said(talk)][-1] == "bot"


def test_referrals_are_offered_three_in_all_and_none_twice(line: Line) -> None:
    talk = line.open()
    offer = [{"move": "offer_referrals", "theme": "angst", "sub": None, "perspective": None}]
    for _ in range(3):
        line.says(talk, "waar kan ik heen")
        line.answers(talk, moves=offer)
    memory = line.read(lambda s: conversations.recall(s.get_one(Conversation, talk), line.resources))
    assert (len(memory.referred), len(set(memory.referred))) == (3, 3)
    assert [kind for sender, kind in line.kinds(talk) if sender == "bot"] == ["referrals", "text", "text"]


def test_what_the_whole_dialogue_is_about_goes_before_a_reading_of_its_last_message(line: Line) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    line.answers(talk, state={"v": 1, "theme": "gezin", "sub": "zorgen_kind", "perspective": "naaste"}, parse=parse(theme="gezin"))
    line.says(talk, "oke dat ga ik doen")
    line.answers(talk, state={"v": 1, "theme": "gezin", "sub": "zorgen_kind", "perspective": "naaste"}, parse=parse(theme="stress"))
    row = line.row(talk)
    assert (row.theme, row.sub, row.perspective) == ("gezin", "zorgen_kind", "naaste")


@pytest.mark.parametrize(("other", "confidence", "known"), [("rouw", 0.3, "rouw"), ("rouw", 0.1, None), ("geen", 0.4, None)])
def test_what_a_message_is_also_about_is_kept_where_it_is_likely_enough(
    line: Line, other: str, confidence: float, known: str | None
) -> None:
    talk = line.open()
    line.says(talk, WORRY)
    read = parse(theme="stress")
    read["theme"]["ranking"] = [{"name": "stress", "confidence": 0.5}, {"name": other, "confidence": confidence}]
    line.answers(talk, parse=read)
    assert line.row(talk).second_theme == known
