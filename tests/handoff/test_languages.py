"""Another language: recognised over two messages and never in Dutch, told once, with help in it, and Dutch again where Dutch follows."""

import json
import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handoff.conversations import lock
from handoff.languages import SPOKEN, LanguageReader, Spoken, alarm_language, language_of
from handoff.memory import Memory, load_memory, recall
from handoff.texts import Texts
from handoff.transcript import body_of, lines_after
from handoff.wire import Body
from tests.fake_bot import parse
from tests.handoff.line import Line

NLU = Path(__file__).parents[2] / "nlu_data"
TALKS = {
    "en": ("I moved to Rotterdam in March for work.", "Since then I have hardly spoken to anybody outside the office."),
    "de": ("kann mir bitte jemand helfen", "ich habe so viel stress mit der prüfung"),
    "fr": ("ma copine m'a quitté la semaine dernière", "je sais pas à qui parler, je suis triste tout le temps"),
    "tr": ("iyi akşamlar, kimse var mı?", "haftalardır uyuyamıyorum ve kendimi çok yalnız hissediyorum"),
    "ar": ("لا أستطيع النوم منذ أسابيع وأشعر بالوحدة", "لا أعرف مع من أتحدث"),
    "pl": ("dzień dobry, jest tu ktoś?", "od tygodni nie mogę spać i czuję się samotna"),
    "uk": ("я не розмовляю нідерландською, можна писати українською?", "я вже тижнями не можу спати"),
}
DANGER = {
    "en": "my husband beats me",
    "de": "mein Mann schlägt mich",
    "fr": "mon mari me frappe",
    "tr": "kocam beni dövüyor",
    "ar": "زوجي يضربني",
    "pl": "mąż mnie bije",
    "uk": "чоловік мене б'є",
}


@pytest.mark.parametrize("language", SPOKEN)
def test_two_clear_messages_make_a_language_known_and_one_does_not(languages: LanguageReader, language: str) -> None:
    first, second = TALKS[language]
    once = Spoken().heard(languages.read(first))
    assert (once.known, once.now, once.last) == ("", "", language)
    assert once.heard(languages.read(second)).now == language


def test_dutch_between_two_begins_anew_and_dutch_afterwards_is_answered_in_dutch() -> None:
    assert Spoken().heard("en").heard("nl").heard("en").known == ""
    known = Spoken().heard("en").heard("").heard("en")
    assert (known.now, known.heard("nl").now, known.heard("nl").emergency, known.heard("nl").heard("en").now) == ("en", "", "en", "en")
    assert Spoken().heard("en").heard("de").known == ""
    assert Spoken().heard("es").heard("es").known == ""  # a language in which nothing can be said
    assert known.heard("de").heard("de").now == "de"


SHORT = [
    "merci", "ok merci he", "sorry", "thanks", "yes", "danke", "salam", "lol ok", "wtf", "no stress", "amai", "help me", "fuck", "ca va",
    "kheb echt stress bro", "wollah broer", "kga nie liegen", "tis ni waar", "kin ik hjir ek Frysk skriuwe?", "goeie, is der ien?",
]  # fmt: skip


def test_short_flemish_and_street_language_is_taken_for_none_of_them(languages: LanguageReader) -> None:
    assert [text for text in SHORT if languages.read(text) in SPOKEN] == []


NEIGHBOURS = {
    "ru": "мне очень грустно, не знаю с кем поговорить", "fa": "شب‌ها نمی‌توانم بخوابم و خیلی احساس تنهایی می‌کنم",
    "es": "no puedo dormir y me siento muy sola", "sk": "už týždne nemôžem spať, cítim sa veľmi sama", "so": "ma hadlo af holandays",
    "bg": "много ми е тъжно и не мога да спя", "da": "jeg kan ikke sove og føler mig alene",
    "az": "mən holland dilini bilmirəm, yata bilmirəm",
}  # fmt: skip


@pytest.mark.parametrize("language", NEIGHBOURS)
def test_languages_near_by_are_not_taken_for_one_of_them(languages: LanguageReader, language: str) -> None:
    assert languages.read(NEIGHBOURS[language]) not in SPOKEN


def dutch() -> list[tuple[str, str]]:
    """Return author and text of every training message but those written in another language."""
    rows = []
    for path in sorted((NLU / "nlu").glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            for one in block.get("examples", ()):
                if one["metadata"].get("sub") != "andere_taal":
                    rows.append((one["metadata"]["id"], one["text"]))
    return [(name.split("-")[0], text) for name, text in sorted(rows)]


def test_no_two_messages_of_a_dutch_author_switch_the_language(languages: LanguageReader) -> None:
    rows = dutch()
    assert len(rows) > 20_000
    read = [(author, languages.read(text)) for author, text in rows]
    assert [language for _, language in read if language in SPOKEN] == []  # not even one
    cut, shuffle = [], random.Random(5)
    for author, text in rows[::4]:  # typed in pieces of two to four words
        spoken, words = Spoken(), text.split()
        while words:
            size = shuffle.randint(2, 4)
            spoken, words = spoken.heard(languages.read(" ".join(words[:size]))), words[size:]
        cut += [author] if spoken.known else []
    assert cut == []


@given(st.text(max_size=200))
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert READER.read(text) == "" or 2 <= len(READER.read(text)) <= 3


READER = LanguageReader()


def test_language_of_a_text_is_the_end_of_its_key() -> None:
    keys = ("taal.ar", "taal.kort.pl", "nood.taal.uk", "knop.mens.en", "nood.stil.be", "bot.groet")
    assert [language_of(key) for key in keys] == ["ar", "pl", "uk", "", "", ""]


def test_language_of_an_alarm_is_that_of_its_highest_sign() -> None:
    assert alarm_language([(3, "tr"), (4, "")], 3) == ""
    assert alarm_language([(4, "tr"), (3, "")], 3) == "tr"
    assert alarm_language([(1, "tr")], 3) == ""
    assert alarm_language([], 3) == ""


@pytest.mark.parametrize("family", ["taal", "taal.kort", "taal.wacht", "taal.dicht", "nood.taal", "knop.mens"])
def test_every_text_stands_in_every_language(texts: Texts, family: str) -> None:
    assert [language for language in SPOKEN if f"{family}.{language}" not in texts] == []
    if family in ("taal", "nood.taal"):
        for language in SPOKEN:
            assert all(number in texts.say(f"{family}.{language}") for number in ("112", "113", "1813"))


def bodies(line: Line, talk: str) -> list[tuple[str, Body]]:
    keys = line.resources.keys
    return line.read(lambda s: [(row.kind, body_of(keys, row)) for row in lines_after(s, talk, 0)])


def memory(line: Line, talk: str) -> Memory:
    return line.read(lambda s: recall(lock(s, talk), line.resources))


@pytest.mark.parametrize("language", SPOKEN)
def test_visitor_is_told_once_in_the_own_language_and_the_bot_learns_it(line: Line, texts: Texts, language: str) -> None:
    talk = line.open()
    told = texts.say(f"taal.{language}")
    for number, text in enumerate((*TALKS[language], *TALKS[language])):
        line.says(talk, text)
        due = line.hold(talk)
        assert due is not None
        assert due.turn.context["language"] == (language if number else "")
        moves = [{"move": "say", "keys": [f"taal.kort.{language}"], "kind": "text", "choices": [], "values": {}}]
        line.store(due, moves=moves)
    shown = bodies(line, talk)
    assert [body.lang for kind, body in shown if kind == "notice" and body.text == told] == [language]
    short = texts.variants(f"taal.kort.{language}").je
    assert [body.text for _, body in shown if body.key == f"taal.kort.{language}"] == [*short, *short]
    assert {body.lang for _, body in shown if body.key.startswith("taal.")} == {language}
    line.says(talk, "ik wil nu graag gewoon in het Nederlands verder praten")
    due = line.hold(talk)
    assert due is not None
    assert due.turn.context["language"] == ""


def test_label_of_a_button_and_a_person_at_the_desk_change_nothing(line: Line) -> None:
    talk = line.open()
    for _ in range(3):
        line.says(talk, "I would like to talk to a person", choice="mens")
    assert memory(line, talk).spoken == Spoken()
    anna = line.user()
    line.answers(talk, moves=[{"move": "call_human", "reason": "asked"}])
    line.claim(talk, anna)
    for text in TALKS["en"]:
        line.says(talk, text)
    assert memory(line, talk).spoken.now == "en"
    assert [body for kind, body in bodies(line, talk) if body.lang] == []  # whoever is there answers as they can


@pytest.mark.parametrize("language", SPOKEN)
def test_emergency_text_stands_in_the_language_of_the_cry_beside_dutch(line: Line, texts: Texts, language: str) -> None:
    talk = line.open()
    line.says(talk, DANGER[language])
    emergency = [body for kind, body in bodies(line, talk) if kind == "emergency"]
    assert [body.lang for body in emergency] == [language, ""]
    assert emergency[0].text == texts.say(f"nood.taal.{language}")
    assert memory(line, talk).spoken.known == ""  # one cry does not switch the talk


def test_emergency_text_stands_in_the_language_that_was_clear_before(line: Line) -> None:
    talk = line.open()
    for text in TALKS["pl"]:
        line.says(talk, text)
    line.says(talk, "ik wil dood")
    assert [body.lang for kind, body in bodies(line, talk) if kind == "emergency"] == ["pl", ""]


def test_dutch_danger_is_shown_in_dutch_alone(line: Line) -> None:
    talk = line.open()
    line.says(talk, "ik wil dood")
    assert [body.lang for kind, body in bodies(line, talk) if kind == "emergency"] == [""]
    line.answers(talk, parse=parse())
    assert "language" not in json.loads(Memory().dump())["bot"]


def test_memory_of_before_languages_is_read() -> None:
    old = json.loads(Memory().dump())
    del old["spoken"]
    assert load_memory(json.dumps(old)).spoken == Spoken()
    known = Memory(spoken=Spoken("pl", "nl", "uk"))
    assert load_memory(known.dump()) == known
