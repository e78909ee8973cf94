"""A word with one slip of the finger is put right where nobody knows it; a known word is left alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.triage.lexicon import load_lexicon
from handoff.triage.normal import normalise, put_right
from handoff.triage.repair import MOST, Words, one_slip
from handoff.triage.screen import Screen
from handoff.triage.triage import load_triage

LEXICON = load_lexicon()
WORDS = Words(["niet", "meer", "leven", "geven", "wil", "lever"], ["dood", "zelfmoord*", "*gevaar"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nit", "niet"),
        ("neit", "niet"),
        ("nieet", "niet"),
        ("nuet", "niet"),
        ("levn", "leven"),
        ("levne", "leven"),
        ("wli", "wil"),
        ("doof", "dood"),
    ],
)
def test_one_slip_is_put_right(typed: str, meant: str) -> None:
    assert WORDS.unsure(typed)
    assert WORDS.meant(typed) == meant


@pytest.mark.parametrize("typed", ["niet", "lever", "geven", "zelfmoordplan", "brandgevaar", "d00d", "wi", "x" * 25, "3"])
def test_what_is_known_or_no_word_is_left_alone(typed: str) -> None:
    assert not WORDS.unsure(typed)


@pytest.mark.parametrize("typed", ["xiet", "lmaar", "nnniiet", "leveren"])
def test_another_first_letter_or_two_slips_are_too_far(typed: str) -> None:
    assert WORDS.meant(typed) == typed


def test_the_commonest_is_meant() -> None:
    assert Words(["maar", "naar", "raar"]).meant("mar") == "maar"
    assert Words(["leven", "lever"]).meant("leve") == "leven"
    assert Words(["lever", "leven"]).meant("leve") == "lever"


@pytest.mark.parametrize(
    "typed", ["ik wil neit meer levne", "ik wli dood", "mijn man salat me", "ik heb mezlf gesneden", "ze ademt neit meer goed"]
)
def test_danger_in_mistyped_words_is_seen_and_is_not_without_the_repair(typed: str) -> None:
    without = Screen(replace(LEXICON, spelling=replace(LEXICON.spelling, words=Words())))
    assert Screen(LEXICON).read(typed).level >= 3
    assert without.read(typed).level < 3


@pytest.mark.parametrize("typed", ["ik ga dook met de trein", "ik bem doof aan een oor", "de zon schijnt vandgaa"])
def test_no_danger_is_made_of_other_words(typed: str) -> None:
    assert Screen(LEXICON).read(typed).level < 3


def test_words_keep_their_place_and_only_so_many_are_put_right() -> None:
    spelling = replace(LEXICON.spelling, words=WORDS)
    text = "ik wli nit meer"
    assert [(word.text, text[word.start : word.end]) for word in normalise(text, spelling).words][1:3] == [("wil", "wli"), ("niet", "nit")]
    many = normalise("levne " * (MOST + 5), spelling).text.split()
    assert (many.count("leven"), many.count("levne")) == (MOST, 5)


@given(st.text("abcde", min_size=1, max_size=6), st.text("abcde", min_size=1, max_size=6))
def test_a_slip_is_a_slip_both_ways(one: str, other: str) -> None:
    assert one_slip(one, other) == one_slip(other, one)
    assert not one_slip(one, one)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("Ik wli neit meer, écht niet!", "Ik wil niet meer, écht niet!"),
        ("hij belde om 3 uur 😢", "hij belde om 3 uur 😢"),
        ("", ""),
        ("xqzt", "xqzt"),
    ],
)
def test_text_is_put_right_word_by_word_and_else_left_as_it_was(typed: str, right: str) -> None:
    assert put_right(typed, LEXICON.spelling) == right


def test_only_so_many_words_of_a_text_are_put_right() -> None:
    spelling = replace(LEXICON.spelling, words=WORDS)
    assert put_right("levne " * (MOST + 5), spelling).split().count("levne") == 5


def test_the_model_reads_words_put_right_and_misses_danger_without(monkeypatch: pytest.MonkeyPatch) -> None:
    triage, typed = load_triage(), "ik kan dit leevn gewoon niet mere aan en niemand zal me misen"
    sure = triage.read(typed).model
    monkeypatch.setattr("handoff.triage.screen.put_right", lambda *given: given[0])
    unsure = triage.read(typed).model
    assert sure is not None
    assert unsure is not None
    assert (sure.confidence or 0) > (unsure.confidence or 0)
