"""Mistyped copies of messages: the same in every training, never longer or shorter, and counted for less than what was written."""

import numpy as np

from bot.components import urgency_learning as learning
from bot.components.worn_text import load_variants, worn

TEXT = "ik weet niet wat ik met mijn dochter moet want zij wil niet meer naar school"
LABELS = {"theme": "gezin", "sub": "zorgen_kind", "kinds": ""}


def test_copy_is_the_same_each_time_and_another_for_another_seed():
    variants = load_variants()
    copies = [worn(TEXT, variants, seed) for seed in (1, 1, 2, 3)]
    assert copies[0] == copies[1]
    assert len(set(copies)) == 3
    assert all(len(copy.split()) == len(TEXT.split()) for copy in copies)


def test_short_words_get_no_slip_and_unknown_words_keep_their_first_letter():
    assert worn("en op af", {}, 1) == "en op af"
    words = ["wachtlijst", "schoolreis", "huisarts"] * 20
    copy = worn(" ".join(words), {}, 4).split()
    assert copy != words
    assert [word[0] for word in copy] == [word[0] for word in words]


def test_variants_are_single_plain_words():
    for word, others in load_variants().items():
        assert all(other.isalpha() and other.isascii() and other == other.lower() for other in [word, *others])


def test_every_crisis_has_a_copy_that_counts_for_half():
    labels = [{**LABELS, "urgency": urgency} for urgency in ("3", "1", "1", "4")]
    own = learning.examples_of([TEXT] * 4, labels, ["a", "a", "b", "b"])
    both = learning.with_worn(own)
    assert both.worn == [False] * 4 + [True] * 2
    assert [both.levels[4], both.levels[5], both.authors[5]] == ["3", "4", "b"]
    assert list(both.weights) == [1, 1, 1, 1, learning.WORN_WEIGHT, learning.WORN_WEIGHT]
    assert np.array_equal(both.real, [True] * 4 + [False] * 2)
