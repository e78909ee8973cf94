"""Fixed answers: recognised in plain words and by sub theme, said first, and then the talk goes on."""

import pytest

from actions.decide import decide
from actions.questions import BY_SUB, asked_question
from actions.state import Dialogue
from tests.actions.saying import keys, turn

MEDICINE = "mag ik stoppen met mijn antidepressiva"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("denk je dat ik adhd heb?", "bot.geen_diagnose"),
        ("heb ik een depressie", "bot.geen_diagnose"),
        ("kun jij een diagnose stellen", "bot.geen_diagnose"),
        ("hoe kom ik aan een diagnose", "bot.geen_diagnose"),
        (MEDICINE, "bot.geen_advies_medicijn"),
        ("hoeveel sertraline mag ik nemen", "bot.geen_advies_medicijn"),
        ("mag ik bier bij deze pillen", "bot.geen_advies_medicijn"),
        ("blijft dit tussen ons?", "bot.geheim"),
        ("vertel je dit aan mijn moeder?", "bot.geheim"),
        ("is deze chat anoniem", "bot.wie_leest"),
        ("worden mijn gegevens bewaard", "bot.wie_leest"),
        ("waar kan ik een klacht indienen", "bot.klacht"),
        ("ik wil klagen over jullie", "bot.klacht"),
        ("ik heb een klacht over mijn hulpverlener", "bot.klacht"),
        ("ik sta al acht maanden op de wachtlijst", "bot.wachtlijst"),
        ("hoe lang is de wachttijd voor een psycholoog", "bot.wachtlijst"),
        ("ik heb geen klik met mijn therapeut", "bot.geen_klik"),
        ("mag ik een andere psycholoog vragen", "bot.geen_klik"),
        ("wat kost een psycholoog", "bot.kosten"),
        ("wordt therapie vergoed", "bot.kosten"),
        ("is dit gratis", "bot.kosten"),
        ("ik ben zo moe van alles", None),
        ("mijn moeder is depressief en ik weet het niet meer", None),
        ("de trainer zegt het is ons geheim", None),
        ("hoeveel uur tablet is normaal voor een kind", None),
        ("het kost me zoveel moeite om op te staan", None),
        ("mijn vader heeft lichamelijke klachten", None),
    ],
)
def test_question_is_known_by_its_words(text, key):
    assert asked_question(text) == key
    said = keys(decide(Dialogue(), turn(theme=None, text=text, words=len(text.split()))))
    assert (said[0] == key) if key else (not set(said) & set(BY_SUB.values()))


def test_answer_comes_first_then_what_would_help():
    said = keys(decide(Dialogue(), turn(theme="hulp", sub="medicatie", text=MEDICINE, words=6)))
    assert said == ["bot.geen_advies_medicijn", "vraag.doel"]


def test_answer_before_any_subject_leaves_the_talk_open():
    dialogue = Dialogue()
    assert keys(decide(dialogue, turn(theme=None, text="wat kost een psycholoog", words=4))) == ["bot.kosten", "vraag.nog_iets"]
    assert keys(decide(dialogue, turn(act="nee", theme=None, text="nee", words=1))) == ["bot.afscheid", "close"]


def test_question_that_waits_still_waits():
    dialogue = Dialogue(theme="angst", sub="paniek", perspective="zelf", phase="goal", asked=["vraag.doel"], pending="vraag.doel", told=2)
    assert keys(decide(dialogue, turn(theme=None, text="is dit gratis", words=3))) == ["bot.kosten"]
    assert keys(decide(dialogue, turn(choice="doel:tips", words=3)))[0] == "zelfhulp.angst.paniek"


def test_doubt_is_not_lost_behind_a_question():
    for changes in ({"theme": "hulp", "sub": "medicatie", "doubt": True}, {"theme": "suicide", "sub": "suicidale_gedachten"}):
        said = keys(decide(Dialogue(), turn(text=MEDICINE, words=6, **changes)))
        assert said == ["bot.geen_advies_medicijn", "vraag.zelfmoord"]


def test_danger_is_never_answered_with_a_fixed_answer():
    moves = decide(Dialogue(), turn(theme="hulp", sub="medicatie", text=MEDICINE, words=6, urgency=3, message_urgency=3))
    assert keys(moves) == ["vraag.veilig"]


def test_question_in_a_wait_is_answered():
    dialogue = Dialogue(asked=["vraag.veilig"])
    assert keys(decide(dialogue, turn(state="waiting", urgency=3, text="blijft dit tussen ons", words=4))) == ["bot.geheim"]


@pytest.mark.parametrize(("sub", "key"), sorted(BY_SUB.items()))
def test_sub_theme_of_help_is_heard_and_answered_once(sub, key):
    dialogue = Dialogue()
    said = keys(decide(dialogue, turn(theme="hulp", sub=sub)))
    assert said[:2] == [f"gehoord.hulp.{sub}", key]
    assert key not in keys(decide(dialogue, turn(theme="hulp", sub=sub)))


def test_professional_gets_no_answer_meant_for_a_client():
    said = keys(decide(Dialogue(), turn(theme="hulp", sub="wachtlijst", perspective="professional")))
    assert said[0] == "gehoord.professional"
    assert "bot.wachtlijst" not in said
