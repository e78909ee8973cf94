"""A child or a teenager is asked once, calmly, whether home is safe, where the talk is about home or violence."""

import pytest

from actions.decide import decide
from actions.state import Dialogue, read_turn
from tests.actions.saying import keys, turn

HOME = "vraag.thuis_veilig"


def pending():
    return Dialogue(theme="gezin", sub="ouders", perspective="zelf", pending=HOME, asked=[HOME], heard=["gezin.ouders"], told=1)


@pytest.mark.parametrize("theme", ["gezin", "geweld", "seksueel_geweld"])
def test_the_young_are_asked_once(theme):
    dialogue = Dialogue()
    assert keys(decide(dialogue, turn(theme=theme, sub="ouders", young=True)))[-1] == HOME
    for _ in range(4):
        assert HOME not in keys(decide(dialogue, turn(theme=theme, sub="ouders", young=True)))


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({"young": False, "theme": "gezin"}, {}),
        ({"young": True, "theme": "angst"}, {}),
        ({"young": True, "theme": "gezin", "perspective": "professional"}, {}),
        ({"young": True, "theme": "gezin"}, {"asked": ["vraag.veilig"]}),
    ],
)
def test_nobody_else_is_asked_nor_whoever_was_asked_in_danger(changes, known):
    assert HOME not in keys(decide(Dialogue(**known), turn(**changes)))


def test_home_comes_before_what_was_asked_in_passing():
    text = "mijn vader is zo boos, waar kan ik terecht"
    said = keys(decide(Dialogue(), turn(theme="gezin", sub="ouders", young=True, text=text, words=9)))
    assert said[-1] == HOME
    assert "offer_referrals" not in said


def test_not_safe_at_home_takes_the_path_of_danger():
    moves = decide(pending(), turn(act="nee", text="nee", words=1, theme=None, young=True))
    assert moves[0] == {"move": "crisis", "level": 3, "kinds": ["kind_onveilig"]}
    assert keys(moves[1:]) == ["vraag.veilig"]


def test_doubt_about_home_brings_a_person():
    assert keys(decide(pending(), turn(act="weet_niet", text="soms", words=1, theme=None))) == ["antwoord.thuis_weet_niet", "call_human"]


def test_safe_at_home_goes_on_and_a_longer_answer_is_heard():
    assert keys(decide(pending(), turn(act="ja", text="ja hoor", words=2, theme=None, young=True)))[0] == "antwoord.thuis_veilig"
    said = keys(decide(pending(), turn(theme="gezin", sub="ouders", text="ze maken ruzie om geld en dan gaat de deur dicht", young=True)))
    assert "crisis" not in said
    assert said[-1].startswith("vraag.")


@pytest.mark.parametrize(("reader", "young"), [("kind", True), ("jong", True), ("", False), (None, False)])
def test_the_service_says_who_reads(reader, young):
    assert read_turn({}, {"reader": reader}, "hallo").young is young
