"""Who writes another language reads it, and can ask for a person in it."""

import pytest

from actions.decide import decide
from actions.state import Dialogue
from tests.actions.saying import keys, turn

ASKED = {
    "en": "can i talk to a real person please",
    "de": "Kann ich bitte mit einem Menschen sprechen?",
    "fr": "je voudrais parler à une personne",
    "tr": "gerçek bir insanla konuşmak istiyorum",
    "ar": "أريد التحدث مع إنسان",
    "pl": "chcę porozmawiać z człowiekiem",
    "uk": "хочу поговорити з людиною",
}
TOLD = {
    "en": "i dont know who to talk to",
    "de": "niemand will mit mir sprechen",
    "fr": "je ne peux parler à personne",
    "tr": "kimseyle konuşamıyorum",
    "ar": "لا أعرف مع من أتحدث",
    "pl": "nie mam z kim porozmawiać",
    "uk": "мені нема з ким поговорити",
}


@pytest.mark.parametrize("language", ASKED)
def test_who_writes_another_language_reads_it_and_gets_a_button_for_a_person(language):
    moves = decide(Dialogue(), turn(language=language, text=TOLD[language], words=6))
    assert keys(moves) == [f"taal.kort.{language}"]
    assert moves[0]["choices"] == [{"label": f"knop.mens.{language}", "value": "mens"}]
    assert keys(decide(Dialogue(), turn(language=language, text=TOLD[language], words=6, state="waiting"))) == [f"taal.wacht.{language}"]


@pytest.mark.parametrize("language", ASKED)
def test_person_is_asked_for_in_the_own_language(language):
    asks = turn(language=language, text=ASKED[language], words=6)
    assert keys(decide(Dialogue(), asks)) == ["call_human", f"taal.wacht.{language}"]
    tapped = turn(language=language, choice="mens", text="x", words=1)
    assert keys(decide(Dialogue(), tapped)) == ["call_human", f"taal.wacht.{language}"]
    closed = turn(language=language, text=ASKED[language], words=6, people=0, open=False)
    assert keys(decide(Dialogue(), closed)) == [f"taal.dicht.{language}", "open.mens_gevraagd"]
    unknown = turn(text=ASKED[language], words=6)
    assert "call_human" not in keys(decide(Dialogue(), unknown))  # two messages have to be clear first


def test_dutch_again_is_answered_in_dutch_and_another_language_before_it_is_clear_as_before():
    assert keys(decide(Dialogue(), turn(language=""))) == ["gehoord.angst.paniek", "vraag.sinds"]
    assert keys(decide(Dialogue(), turn(act="andere_taal", theme=None))) == ["bot.andere_taal"]
