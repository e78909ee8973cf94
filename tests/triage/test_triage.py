"""The two readers as one: never raises, explains itself with the right words, reads fragments together, fails toward people."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handoff.triage.lexicon import load_lexicon
from handoff.triage.model import UrgencyModel, load_weights
from handoff.triage.reading import CRISIS, Part
from handoff.triage.screen import Screen
from handoff.triage.triage import CALMED, JOINED, LATER, LATER_ALONE, Triage, load_triage

ANY = st.text(st.characters(), max_size=400)
WORDS = st.lists(
    st.sampled_from("ik wil niet meer dood leven weg . , ! 😢 é z e l f mes pillen vannacht haha film vroeger".split()), max_size=60
)


@given(ANY, st.lists(ANY, max_size=7))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("\ud800\udfff", ["\udc00"])
@example("a" * 30_000, [])
@example("\x00" * 50, [""])
@example("z " * 3_000, ["e " * 3_000])
@example("((((" * 2_000, ["*" * 5_000])
@example("\u0301" * 5_000, [])
@example("﷽" * 2_000, ["\u202e"])
def test_reading_never_raises_and_is_a_level_that_exists(triage: Triage, text: str, earlier: list[str]) -> None:
    reading = triage.read(text, earlier)
    assert reading.level in range(5)
    assert "triage-fault" not in {e.rule for e in reading.evidence}
    assert reading.crisis == (reading.level >= CRISIS)
    for e in reading.evidence:
        assert text[e.start : e.end] == e.words or (e.start, e.end) == (0, 0)


@given(WORDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_objects_and_two_readings_are_equal(triage: Triage, words: list[str]) -> None:
    text = " ".join(words)
    assert triage.read(text) == OTHER.read(text)
    assert triage.read(text, words[:3]) == triage.read(text, words[:3])


OTHER = load_triage()


def test_readings_in_many_threads_are_the_same(triage: Triage) -> None:
    texts = ["ik wil dood", "hallo", "mijn man slaat me", "ik pieker", "z e l f m o o r d"] * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(triage.read, texts)) == [triage.read(text) for text in texts]


@given(WORDS, WORDS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_earlier_messages_never_lower_what_a_rule_says_and_the_model_by_its_margin_alone(
    triage: Triage, words: list[str], before: list[str]
) -> None:
    alone, later = triage.read(" ".join(words)), triage.read(" ".join(words), before)
    assert later.screen.level >= alone.screen.level
    assert triage._model is not None
    assert alone.model is not None
    sure = alone.model.confidence or 0.0
    if (
        not alone.crisis
        or alone.screen.level >= CRISIS
        or sure >= triage._model.weights.crisis_at + max(LATER_ALONE, CALMED, triage._model.weights.few)
    ):
        assert later.level >= min(alone.level, CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "ik wil dood",
        "😢😢 ik wil dood",
        "ééééh ik wil dóód",
        "👩‍👩‍👧 dag. ik wil niet meer leven",
        "ik wil d o o d",
        "nou ja.\n\nik wil echt dood hoor\nja",
        "ﬁne, ik wil dood",
    ],
)
def test_evidence_is_the_words_as_they_were_typed(triage: Triage, text: str) -> None:
    reading = triage.read(text)
    assert reading.screen.level >= CRISIS
    for e in reading.screen.evidence:
        assert e.words == text[e.start : e.end]
        assert e.words.strip() != ""
        assert e.words.split()[0] in text


def test_evidence_at_the_end_of_a_long_text_is_the_right_words(triage: Triage) -> None:
    text = "vandaag heb ik brood gekocht en soep gekookt. " * 300 + "ik wil dood"
    reading = triage.read(text)
    assert reading.level >= CRISIS
    assert [e.words for e in reading.screen.evidence if e.level >= CRISIS][-1].endswith("dood")


FRAGMENTS = [["ik wil", "dood"], ["ik", "wil", "niet meer", "leven"], ["ik ga", "er een einde", "aan maken"], ["mijn man", "slaat", "me"]]


@pytest.mark.parametrize("parts", FRAGMENTS)
def test_danger_typed_in_fragments_is_read_together(triage: Triage, parts: list[str]) -> None:
    assert [part for part in parts if triage.read(part).level >= CRISIS] == []
    readings = [triage.read(part, parts[:number]) for number, part in enumerate(parts)]
    first = next(reading for reading in readings if reading.level >= CRISIS)
    assert {(e.start, e.end) for e in first.evidence} == {(0, 0)}  # the words lie in earlier messages too


@pytest.mark.parametrize("answer", ["ja", "ja, ik ben nu veilig", "dank je wel"])
def test_calm_answer_after_danger_is_not_itself_danger(triage: Triage, answer: str) -> None:
    assert triage.read(answer, ["ik wil dood"]).level < CRISIS


def test_only_the_last_few_messages_are_read_along(triage: Triage) -> None:
    calm = ["hallo", "ik zit op de bank", "het regent", "de kat slaapt", "ik heb thee"]
    assert len(calm) == JOINED
    assert triage.read("dood", ["ik wil", *calm]).screen == triage.read("dood", calm).screen


@pytest.mark.parametrize("part", ["screen", "model"])
@pytest.mark.parametrize("fault", [ValueError("x"), RecursionError(), KeyError("x"), MemoryError()])
def test_fault_inside_a_reader_is_read_as_a_crisis(triage: Triage, monkeypatch: pytest.MonkeyPatch, part: str, fault: Exception) -> None:
    def broken(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(Screen if part == "screen" else UrgencyModel, "read", broken)
    reading = triage.read("hallo")
    assert (reading.level, reading.crisis, reading.kinds) == (CRISIS, True, ())
    assert [e.rule for e in reading.evidence] == ["triage-fault"]


IDIOM = ["ik lach me dood", "ik ben doodmoe", "ik schaam me dood", "mijn telefoon is dood"]


@pytest.mark.parametrize("words", IDIOM)
def test_idiom_is_no_crisis_and_hides_no_second_sentence(triage: Triage, words: str) -> None:
    assert triage.read(words).screen.level < CRISIS
    for end in (". ik wil dood", "! ik wil niet meer leven", "\nik wil dood"):
        assert triage.read(words + end).level >= CRISIS, words + end


@pytest.mark.parametrize("words", ["ik heb geen zelfmoordgedachten", "ik wil niet dood hoor", "ik denk nooit aan zelfmoord"])
def test_denial_is_no_crisis_and_hides_no_second_sentence(triage: Triage, words: str) -> None:
    assert triage.read(words).screen.level < CRISIS
    assert triage.read(f"{words}. mijn man slaat me").level >= CRISIS
    assert triage.read(f"mijn man slaat me. {words}").level >= CRISIS


HOSTILE = {
    "one letter": "a" * 4_000,
    "key words": "ik wil dood " * 330,
    "near misses": "ik wil niet meer zo ver weg van hier zijn maar " * 85,
    "split letters": "z e l f m o o r d " * 220,
    "masks": "z*lf**rd " * 440,
    "stars": "*" * 4_000,
    "digits": "d00d 113 " * 440,
    "brackets": "([<|>])" * 570,
    "commas": "ik, wil, " * 440,
    "accents": "é" * 4_000,
    "marks": "e\u0301" * 2_000,
    "spaces": " " * 4_000,
    "lines": "\n" * 4_000,
    "English": "i want to die he is hitting me voices tell me " * 90,
    "Arabic": "أريد أن أموت زوجي يضربني الآن " * 135,
    "Ukrainian": "я хочу вбити себе сьогодні він мене б'є " * 105,
    "Polish": "chcę się zabić tej nocy mąż mnie nas bije nie chcę " * 80,
    "words nobody knows": " ".join(f"{a}{b}{c}ei{b}" for a in "bdfgklmn" for b in "prstvwzh" for c in "aeiouaei"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_does_not_hold_the_service_up(triage: Triage, what: str) -> None:
    text = HOSTILE[what][:4_000]
    triage.read(text)
    begun = time.process_time()
    triage.read(text)
    assert time.process_time() - begun < 0.5  # far above the goal, which the bench measures: this catches a pattern that explodes


def test_service_reads_alone_where_no_weights_were_trained(tmp_path: Path) -> None:
    alone = load_triage(weights=tmp_path / "none.npz")
    reading = alone.read("ik wil dood")
    assert (reading.level >= CRISIS, reading.model, alone.version.startswith("screen-")) == (True, None, True)
    assert "+" not in alone.version
    assert len(OTHER.version) <= 40


def test_weak_sign_is_a_doubt_and_never_beside_a_crisis(triage: Triage) -> None:
    for text in ("ik kan niet meer", "het heeft allemaal geen zin meer", "ik wil dood", "hallo", "niemand zou me missen"):
        reading = triage.read(text)
        assert not (reading.doubt and reading.crisis), text


@pytest.mark.parametrize("text", ["ik wil", "niet meer", "dood", "hij", "ik kan niet"])
def test_model_makes_nothing_of_a_word_or_of_words_that_say_nothing(text: str) -> None:
    assert UrgencyModel(load_weights()).read(text).confidence == 0.0


def test_model_has_to_be_surer_by_a_margin() -> None:
    model, danger = UrgencyModel(load_weights()), "ik wil niet meer leven en ik heb vanavond een afscheidsbrief geschreven"
    sure = model.read(danger)
    assert sure.level >= CRISIS
    assert (model.read(danger, margin=1.0).level < CRISIS, model.read(danger, margin=1.0).confidence) == (True, sure.confidence)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("nee ze denkt niet aan zelfmoord, ik vroeg het net, ze zegt alleen dat ze er zo van baalt", 0),
        ("nee zelfmoord of zo daar denk ik niet aan, ik heb twee kinderen en ik ben gewoon beschaamd", 0),
        ("nee ik denk niet aan zelfmoord maar ik wil wel dood", 3),
        ("nee hij slaat me niet, hij knijpt mijn keel dicht", 3),
        ("ik denk niet aan zelfmoord, maar ik heb alles klaargelegd voor vannacht en de brieven zijn af", 3),
    ],
)
def test_a_no_to_a_question_about_danger_is_danger_only_where_a_rule_says_so(triage: Triage, text: str, level: int) -> None:
    assert (triage.read(text, ["het gaat niet goed met me"]).level >= CRISIS) is (level >= CRISIS)


def test_a_few_words_have_to_be_surer_and_nine_have_not() -> None:
    weights = load_weights()
    never, few = UrgencyModel(replace(weights, few=1.0)), "ik wil niet meer leven zo gaat het"
    assert UrgencyModel(weights).read(few).level >= CRISIS
    assert never.read(few).level < CRISIS
    assert never.read(f"{few} niet").level >= CRISIS


@pytest.mark.parametrize(
    ("text", "margin"),
    [
        ("ik lach me dood om die kat", CALMED),
        ("de kat zit op het raam", 0.0),
    ],
)
def test_words_passed_over_by_the_screen_raise_what_the_model_must_show(text: str, margin: float) -> None:
    asked = []

    class Listening(UrgencyModel):
        def read(self, text: str, margin: float = 0.0) -> Part:
            asked.append(margin)
            return Part(0, confidence=0.0)

    Triage(Screen(load_lexicon()), Listening(load_weights()), "test").read(text)
    assert asked == [margin]


def test_later_message_has_to_be_surer_for_the_model_and_the_screen_is_as_before(triage: Triage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    read = type(triage._model).read

    def noted(self, text, margin=0.0):  # type: ignore[no-untyped-def]
        asked.append(margin)
        return read(self, text, margin)

    monkeypatch.setattr(type(triage._model), "read", noted)
    awake = "ik lig al weken elke nacht tot vier uur wakker"
    triage.read(awake)
    triage.read(awake, ["hallo"])
    triage.read(awake, ["   "])
    assert (asked[0], set(asked[1:-1]), asked[-1]) == (0.0, {LATER, LATER_ALONE}, 0.0)
    assert triage.read("ik wil dood", ["hallo"]).level == triage.read("ik wil dood").level
