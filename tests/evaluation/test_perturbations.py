"""A message typed otherwise stays the same message: same words, same first letters, the same errors from the same seed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.metrics import Rate
from evaluation.perturbations import FLEMISH, REWORDINGS, bare, falls_of, in_flemish, mistyped, pieces, read_in_pieces, with_typos
from handoff.triage.reading import Part, Reading

LONG = "vandaag liep de buurman langs het kanaal en daarna haalde hij brood bij de bakker op de hoek van de straat " * 8
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzëïABCDEF", min_size=1, max_size=12)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


class Listener:
    """A triage that calls a text with a certain word a crisis, alone or joined with what came before."""

    def __init__(self, word: str) -> None:
        self.word = word

    def read(self, text: str, earlier: list[str] | tuple[str, ...] = ()) -> Reading:
        level = 3 if self.word in " ".join([*earlier, text]) else 0
        return Reading(level, (), Part(level), None, "made up")


@given(TEXTS, st.integers(0, 9))
def test_typos_come_from_the_seed_and_keep_the_words(text, seed):
    typed = with_typos(text, seed)
    assert typed == with_typos(text, seed)
    assert len(typed.split()) == len(text.split())
    assert [word[0] for word in typed.split()] == [word[0] for word in text.split()]


def test_another_seed_makes_other_errors():
    assert len({with_typos(LONG, seed) for seed in range(5)}) == 5


def test_about_one_word_in_eight_is_mistyped():
    words = LONG.split()
    shares = [sum(a != b for a, b in zip(words, with_typos(LONG, seed).split(), strict=True)) / len(words) for seed in range(20)]
    assert sum(shares) / len(shares) == pytest.approx(1 / 8, abs=0.01)


@given(st.text(alphabet="abcdefgë", min_size=3, max_size=9), st.integers(0, 99))
def test_an_error_is_one_error_after_the_first_letter(word, seed):
    wrong = mistyped(word, random.Random(seed))
    assert wrong != word
    assert wrong[0] == word[0]
    assert abs(len(wrong) - len(word)) <= 1


def test_all_four_errors_occur():
    lengths = [len(mistyped("wandelen", random.Random(seed))) for seed in range(60)]
    assert set(lengths) == {7, 8, 9}
    same = {wrong for seed in range(60) if len(wrong := mistyped("wandelen", random.Random(seed))) == 8}
    assert any(sorted(wrong) == sorted("wandelen") for wrong in same)  # swapped
    assert any(sorted(wrong) != sorted("wandelen") for wrong in same)  # a neighbour's key


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Één café, vóór de markt!", "een cafe voor de markt"),
        ("Dat is z'n foto's… toch?", "dat is zn fotos toch"),
        ("z*lf en v@n", "z*lf en v@n"),
        ("niet...weg", "niet weg"),
        ("", ""),
    ],
)
def test_bare(text, typed):
    assert bare(text) == typed


@given(TEXTS)
def test_bare_keeps_the_words(text):
    assert len(bare(text).split()) == len(text.split())
    assert bare(bare(text)) == bare(text)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Ik ben niet thuis", "Kben ni thuis"),
        ("ik  kom niet meer", "ik  kom nimeer"),
        ("heb je dat gezien", "hebde da gezien"),
        ("mijn vader en mijn moeder", "mijne vader en mijn moeder"),
        ("wat doet jij met een man", "wa doet gij me ne man"),
        ("nieten op de datum", "nieten op de datum"),
        ("", ""),
    ],
)
def test_in_flemish(text, typed):
    assert in_flemish(text) == typed


def test_the_flemish_table_changes_every_word_that_it_names():
    assert [word for word, changed in FLEMISH.items() if in_flemish(word) != changed] == []


@given(TEXTS)
def test_pieces_are_the_whole_in_two_to_four(text):
    parts = pieces(text)
    assert " ".join(parts).split() == text.split()
    assert len(parts) <= 4
    assert len(parts) >= 2 or len(text.split()) < 2


def test_in_pieces_the_earlier_ones_are_read_along():
    assert read_in_pieces(Listener("de zon"), "vandaag schijnt de zon") == 3
    assert read_in_pieces(Listener("regen"), "vandaag schijnt de zon") == 0
    assert read_in_pieces(Listener("regen"), "") == 0


def test_falls_tell_recall_and_kept_share_apart():
    gold = [{"text": "Het is niet warm", "urgency": 3}, {"text": "het is koud", "urgency": 4}, {"text": "Niet nu", "urgency": 1}]
    falls = falls_of(Listener("niet"), gold)
    assert set(falls) == {"cut into 2-4 fragments", "typing errors", *REWORDINGS}
    flemish = falls["Flemish wording"]
    assert (flemish["recall"].before, flemish["recall"].after, flemish["recall"].points.value) == (Rate(1, 2), Rate(0, 2), 50)
    assert falls["no accents, capitals, punctuation"]["kept"].points.value == 100
    assert falls["cut into 2-4 fragments"]["recall"].points.value == 0


def test_falls_of_no_messages_are_no_falls():
    assert falls_of(Listener("niet"), [])["typing errors"]["recall"].points.n == 0
