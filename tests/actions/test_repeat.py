"""Who comes back: asked once whether it is the same again; handles for a next step; a new question counts as new."""

import pytest

from actions.decide import decide
from actions.state import Dialogue
from tests.actions.saying import keys, turn


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"earlier": {"angst": 2}, "policy": "kind"}, True),
        ({"earlier": {"angst": 2}, "policy": "strict"}, True),
        ({"earlier": {"angst": 1}, "policy": "kind"}, False),
        ({"earlier": {"rouw": 5}, "policy": "kind"}, False),  # a new question counts as new
        ({"earlier": {"angst": 5}, "policy": "off"}, False),
        ({"earlier": {"angst": 5}, "policy": "strict", "urgency": 3, "went_on": True}, False),  # never in danger
    ],
)
def test_a_repeat_question_is_asked_about_once(changes, asked):
    dialogue = Dialogue()
    assert ("vraag.zelfde" in keys(decide(dialogue, turn(**changes)))) is asked
    assert "vraag.zelfde" not in keys(decide(dialogue, turn(text="het is weer zo druk", **changes)))


def test_the_same_again_gets_handles_and_something_new_goes_on():
    for policy, first in (("kind", "herhaal.vriendelijk"), ("strict", "herhaal.streng")):
        dialogue = Dialogue()
        decide(dialogue, turn(earlier={"angst": 3}, policy=policy))
        assert keys(decide(dialogue, turn(text="ja", words=1, theme=None, earlier={"angst": 3}, policy=policy)))[0] == first
    dialogue = Dialogue()
    decide(dialogue, turn(earlier={"angst": 3}, policy="strict"))
    assert keys(decide(dialogue, turn(choice="nee", text="Iets nieuws", words=2, theme=None, earlier={"angst": 3}, policy="strict"))) == [
        "vraag.sinds"
    ]


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("hoi daar ben ik weer, de paniek is terug vannacht", True),
        ("ik was hier gisteren ook, over mijn paniek", True),
        ("ik schreef hier vorige week al over mijn paniek", True),
        ("na een jaar ben ik weer begonnen en ik schaam me zo", False),
        ("die ruzie van gisteren zit me nog dwars", False),
        ("weet je nog hoe het was voor de verhuizing", False),
        ("ik ben er weer ingetrapt, hij beloofde van alles", False),
        ("ik was hier al bang voor", False),
    ],
)
def test_who_says_to_be_back_is_asked_once_what_helped(text, back):
    dialogue = Dialogue()
    assert ("vraag.wat_hielp" in keys(decide(dialogue, turn(text=text)))) is back
    assert "vraag.wat_hielp" not in keys(decide(dialogue, turn(text=text)))


def test_back_in_the_middle_of_a_talk_is_back_from_the_kitchen():
    dialogue = Dialogue(theme="angst", sub="paniek", perspective="zelf", told=2)
    assert "vraag.wat_hielp" not in keys(decide(dialogue, turn(text="daar ben ik weer, het was de deurbel")))


def test_being_remembered_is_offered_at_the_end_only_where_the_line_has_a_policy():
    for remembered, value in ((None, []), (False, ["onthoud"]), (True, ["vergeet"])):
        dialogue = Dialogue(theme="angst", phase="work", pending="vraag.nog_iets", asked=["vraag.nog_iets"], told=2)
        moves = decide(dialogue, turn(text="nee", words=1, theme=None, remembered=remembered))
        assert [choice["value"] for move in moves for choice in move.get("choices", ())] == value
