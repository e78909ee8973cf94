"""The learned urgency model as plain numbers: words and letter groups, tf-idf, linear heads, softmax.

The same reading as Rasa's component (``bot/components/urgency_classifier.py``), written for numpy alone; a test shows that both agree.
Weights are an ``.npz`` without pickles, made by ``./nachtlicht train --export``.
"""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.triage.normal import fold
from handoff.triage.reading import Part

WEIGHTS = Path(__file__).parent / "weights" / "urgency.npz"
LEVELS = 5
FEW_WORDS = 8  # up to so many have to be surer by ``few``: an everyday sentence of that length looks like a sign
HOLLOW_UP_TO = 4  # words: a longer text of hollow words may well say something
WEAK = 0.1  # probability of a crisis from which suicidality is asked about
SUICIDAL = "suicidaliteit"
MAX_READ = 1_200  # characters: above that a message is read in its first and last part
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"(\w)\1{2,}")
_DIGIT = re.compile(r"\d")

Floats = npt.NDArray[np.float32]


def plain(text: str) -> str:
    """Return the text as the learned models read it: folded, digits as 0, letter runs at most two, words by single spaces."""
    folded, _ = fold(text if len(text) <= MAX_READ else text[: MAX_READ // 2] + " " + text[-MAX_READ // 2 :])
    return " ".join(_WORD.findall(_DIGIT.sub("0", _RUN.sub(r"\1\1", folded))))


def word_grams(words: list[str]) -> list[str]:
    """Return single words and pairs of neighbours."""
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def letter_grams(words: list[str], shortest: int, longest: int) -> list[str]:
    """Return the letter groups inside words, each word with a space at both ends (as scikit-learn's ``char_wb``)."""
    out: list[str] = []
    for word in words:
        padded = f" {word} "
        size = len(padded)
        for n in range(shortest, longest + 1):
            out.extend(padded[i : i + n] for i in range(max(size - n + 1, 1)))
            if size <= n:
                break  # a word shorter than the group counts once
    return out


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that was learned; the fields mean what they mean in ``UrgencyWeights`` (``bot/components/urgency_weights.py``)."""

    words: dict[str, int]
    letters: dict[str, int]
    idf: Floats
    coef: Floats
    bias: Floats
    mix: Floats
    topic_bias: Floats
    topic_crisis: Floats
    kinds: tuple[str, ...]
    crisis_at: float
    addressed_at: float
    acute_at: float
    level_heat: float
    topic_heat: float
    slope: float
    shift: float
    letter_range: tuple[int, int]
    hollow: frozenset[str]
    few: float
    version: str


@dataclass(frozen=True, slots=True)
class Probabilities:
    """What the model says of one text. ``kinds`` are independent of each other; the others are shares of one."""

    levels: Floats
    crisis: float
    addressed: float
    kinds: Floats


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Read exported weights. Raises OSError, or ValueError where the file is not one of ours."""
    with np.load(path, allow_pickle=False) as data:
        meta: dict[str, Any] = json.loads(bytes(data["meta"].tobytes()).decode())
        words, letters = (bytes(data[name].tobytes()).decode().split("\n") for name in ("words", "letters"))
        numbers = {name: data[name].astype(np.float32) for name in ("idf", "bias", "mix", "topic_bias", "topic_crisis")}
        return Weights(
            words={gram: i for i, gram in enumerate(words)},
            letters={gram: i + len(words) for i, gram in enumerate(letters)},
            coef=data["coef"].astype(np.float32) * data["scale"].astype(np.float32),
            kinds=tuple(meta.pop("kinds")),
            letter_range=tuple(meta.pop("letter_range")),
            hollow=frozenset(meta.pop("hollow")),
            **numbers,
            **meta,
        )


class UrgencyModel:
    """Reads the level of one text from learned weights."""

    def __init__(self, weights: Weights) -> None:
        """Keep the weights; beside them only a cache of what words consist of."""
        self.weights = weights
        self._letters_of = lru_cache(maxsize=20_000)(self._find_letters)

    def _find_letters(self, word: str) -> list[int]:
        """Return the features of a word's letter groups; most words of a message were met before."""
        known = self.weights.letters
        return [index for gram in letter_grams([word], *self.weights.letter_range) if (index := known.get(gram)) is not None]

    def probabilities(self, text: str) -> Probabilities:
        """Return what is learned of a text."""
        w = self.weights
        words = plain(text).split()
        columns = self._columns(words)
        own = columns[: len(w.bias)] + w.bias
        levels = _softmax(own[:LEVELS] / w.level_heat)
        topics = _softmax((columns[len(w.bias) :] @ w.mix + w.topic_bias) / w.topic_heat)
        hollow = len(words) < 2 or (len(words) <= HOLLOW_UP_TO and w.hollow.issuperset(words))
        mean = min(max((float(levels[3] + levels[4]) + float(topics @ w.topic_crisis)) / 2, 1e-4), 1 - 1e-4)
        crisis = 0.0 if hollow else 1 / (1 + math.exp(-(w.slope * math.log(mean / (1 - mean)) + w.shift)))
        others = (1.0 / (1.0 + np.exp(-own[LEVELS:]))).astype(np.float32)
        return Probabilities(levels, crisis, float(others[0]), others[1:])

    def _columns(self, words: list[str]) -> Floats:
        """Return the features of a text's words times the coefficients."""
        w = self.weights
        columns: Floats = np.zeros(w.coef.shape[1], dtype=np.float32)
        of_words = [index for gram in word_grams(words) if (index := w.words.get(gram)) is not None]
        of_letters = [index for word in words for index in self._letters_of(word)]
        for indices in (of_words, of_letters):
            found = Counter(indices)
            if found:
                rows = np.fromiter(found.keys(), dtype=np.int64)
                counts = np.fromiter((1.0 + math.log(c) for c in found.values()), dtype=np.float32)
                values = counts * w.idf[rows]
                columns = columns + ((values / np.linalg.norm(values)) @ w.coef[rows]).astype(np.float32)
        return columns

    def read(self, text: str, margin: float = 0.0) -> Part:
        """Return level, kinds and the probability of a crisis. ``margin``: how much surer than its threshold the model has to be."""
        w, p = self.weights, self.probabilities(text)
        likeliest = w.kinds[int(p.kinds.argmax())]
        few = w.few if len(plain(text).split()) <= FEW_WORDS else 0.0
        if p.crisis >= w.crisis_at + max(margin, few) and p.addressed >= w.addressed_at:
            level = 4 if float(p.levels[4] / (p.levels[3] + p.levels[4])) >= w.acute_at else 3
            named = tuple(name for name, chance in zip(w.kinds, p.kinds, strict=True) if chance >= 0.5)
            return Part(level, named or (likeliest,), confidence=p.crisis)
        weak = p.crisis >= WEAK and p.addressed >= w.addressed_at and likeliest == SUICIDAL
        return Part(int(p.levels[:3].argmax()), confidence=p.crisis, weak=weak)


def _softmax(scores: Floats) -> Floats:
    out: Floats = np.exp(scores - scores.max()).astype(np.float32)
    out /= out.sum()
    return out
