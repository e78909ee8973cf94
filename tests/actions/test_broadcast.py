"""Somebody touched by a broadcast: calm, no question that digs, something for now, a listening ear."""

import pytest

from actions.broadcast import touched
from actions.decide import decide
from actions.state import Dialogue
from tests.actions.saying import keys, turn

MEDIA = {"theme": "zingeving", "sub": "media"}
DIGS = {"vraag.sinds", "vraag.moeilijkst", "vraag.doel", "vraag.perspectief", "bot.luister"}


def test_calm_words_a_step_for_now_and_an_ear_come_first():
    moves = decide(Dialogue(), turn(**MEDIA, perspective=None, sure_perspective=False))
    assert keys(moves) == ["gehoord.zingeving.media", "zelfhulp.zingeving.media", "vraag.luisterend_oor"]
    assert [move["kind"] for move in moves] == ["text", "self_help", "question"]


def test_nothing_digs_however_long_the_talk():
    dialogue, said = Dialogue(), []
    for _ in range(8):
        said += keys(decide(dialogue, turn(**MEDIA)))
    assert DIGS & set(said) == set()
    assert said.count("vraag.luisterend_oor") == 1
    assert said[3:] == ["bot.luister.rustig"] * 7


def test_yes_to_an_ear_names_who_is_there_now_and_no_leaves_room():
    dialogue = Dialogue()
    decide(dialogue, turn(**MEDIA))
    moves = decide(dialogue, turn(act="ja", theme=None, text="ja graag", words=2))
    assert (keys(moves), moves[0]["now"]) == (["offer_referrals", "bot.luister.rustig"], True)
    dialogue = Dialogue()
    decide(dialogue, turn(**MEDIA))
    assert keys(decide(dialogue, turn(act="nee", theme=None, text="nee", words=1))) == ["bot.luister.rustig"]


def test_direct_question_comes_first_where_triage_is_in_doubt():
    assert keys(decide(Dialogue(), turn(**MEDIA, doubt=True)))[-1] == "vraag.zelfmoord"


def test_own_hurt_that_a_broadcast_brought_up_is_met_as_calmly():
    text = "door die uitzending over misbruik komt alles weer boven en ik kan niet slapen"
    said = keys(decide(Dialogue(), turn(theme="seksueel_geweld", sub="misbruik", text=text, words=13)))
    assert said[0] == "gehoord.zingeving.media"
    assert DIGS & set(said) == set()


@pytest.mark.parametrize("perspective", ["professional", "naaste"])
def test_who_asks_for_another_is_asked_on(perspective):
    assert "vraag.luisterend_oor" not in keys(decide(Dialogue(), turn(**MEDIA, perspective=perspective)))


@pytest.mark.parametrize(
    ("text", "is_touched"),
    [
        ("na het journaal moest ik huilen en het blijft hangen", True),
        ("die documentaire van gisteren heeft me zo geraakt", True),
        ("op tv ging het over de oorlog en alles kwam weer boven", True),
        ("ik wil leren omgaan met het nieuws dat ik ontslagen ben", False),
        ("ik keek tv en hij begon te schreeuwen", False),
        ("ze bleef maar huilen toen ik wegging", False),
        ("hoe laat komt het journaal", False),
    ],
)
def test_being_touched_is_read_from_what_was_seen_and_what_it_did(text, is_touched):
    assert touched(text) is is_touched
