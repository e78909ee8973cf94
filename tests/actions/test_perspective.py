"""Who asks for their work is not comforted, asked or given a step as if they were the one in trouble; who worries is asked of the other."""

import pytest

from actions.decide import decide
from actions.state import Dialogue
from tests.actions.saying import keys, turn


def about(perspective, **known):
    values = {"theme": "suicide", "sub": "zorgen_suicide_ander", "perspective": perspective, "phase": "goal", "told": 2}
    return Dialogue(**{**values, "asked": ["vraag.doel"], "pending": "vraag.doel", **known})


@pytest.mark.parametrize("perspective", ["professional", "naaste"])
def test_questions_are_about_the_other(perspective):
    dialogue = Dialogue()
    tells = turn(theme="stemming", sub="somberheid", perspective=perspective)
    assert keys(decide(dialogue, tells))[-1] == f"vraag.sinds.{perspective}"
    assert keys(decide(dialogue, tells)) == [f"vraag.doel.{perspective}"]


def test_who_writes_for_themselves_is_asked_of_themselves():
    assert decide(Dialogue(), turn())[1]["keys"] == ["vraag.sinds"]


@pytest.mark.parametrize("theme", ["suicide", "lichaam"])
def test_professional_gets_what_helps_in_the_contact_and_never_a_step_for_oneself(theme):
    step = decide(about("professional", theme=theme), turn(choice="doel:tips", words=3))[0]
    assert step["keys"] == [f"zelfhulp.{theme}.professional", "zelfhulp.professional", "zelfhulp.intro"]


def test_button_for_a_professional_is_about_the_contact():
    dialogue = Dialogue(theme="rouw", sub="rouw", perspective="professional", told=2, heard=["rouw.rouw"])
    move = decide(dialogue, turn(theme="rouw", sub="rouw", perspective="professional"))[0]
    assert [one["label"] for one in move["choices"]][:2] == ["knop.aanpak", "knop.hulp"]


def test_professional_is_heard_as_one_whatever_the_theme():
    move = decide(Dialogue(), turn(theme="rouw", sub="rouw", perspective="professional"))[0]
    assert move["keys"] == ["gehoord.professional"]


def test_direct_question_is_about_either_where_another_is_worried_about():
    professional = turn(theme="stemming", perspective="professional", doubt=True)
    assert decide(Dialogue(), professional)[1]["keys"] == ["vraag.zelfmoord.professional", "vraag.zelfmoord"]
    assert decide(Dialogue(), turn(theme="stemming", perspective="naaste", doubt=True))[1]["keys"] == [
        "vraag.zelfmoord.naaste",
        "vraag.zelfmoord",
    ]
