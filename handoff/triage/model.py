"""The learned urgency model as plain numbers: words and letter groups, tf-idf, one linear layer, softmax.

The same reading as Rasa's component (``bot/components/urgency.py``), written for numpy alone; a test shows that both agree.
Weights are an ``.npz`` without pickles, made by ``./nachtlicht train --export``.
"""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handoff.triage.normal import fold
from handoff.triage.reading import Part

WEIGHTS = Path(__file__).parent / "weights" / "urgency.npz"
LEVELS = 5
WEAK = 0.2  # probability of a crisis from which suicidality is asked about
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
    """Everything that was learned: ``coef`` features x (levels, addressed, kinds), ``bias`` likewise; see ``UrgencyWeights``."""

    words: dict[str, int]
    letters: dict[str, int]
    idf: Floats
    coef: Floats
    bias: Floats
    kind_names: tuple[str, ...]
    crisis_at: float
    addressed_at: float
    acute_at: float
    temperature: float
    letter_range: tuple[int, int]
    version: str


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Read exported weights. Raises OSError, or ValueError where the file is not one of ours."""
    with np.load(path, allow_pickle=False) as data:
        meta: dict[str, Any] = json.loads(bytes(data["meta"].tobytes()).decode())
        words = bytes(data["words"].tobytes()).decode().split("\n")
        letters = bytes(data["letters"].tobytes()).decode().split("\n")
        return Weights(
            words={gram: i for i, gram in enumerate(words)},
            letters={gram: i + len(words) for i, gram in enumerate(letters)},
            idf=data["idf"].astype(np.float32),
            coef=data["coef"].astype(np.float32) * data["scale"].astype(np.float32),
            bias=data["bias"].astype(np.float32),
            kind_names=tuple(meta["kinds"]),
            crisis_at=float(meta["crisis_at"]),
            addressed_at=float(meta["addressed_at"]),
            acute_at=float(meta["acute_at"]),
            temperature=float(meta["temperature"]),
            letter_range=(int(meta["letter_range"][0]), int(meta["letter_range"][1])),
            version=str(meta["version"]),
        )


class UrgencyModel:
    """Reads the level of one text from learned weights."""

    def __init__(self, weights: Weights) -> None:
        """Keep the weights; nothing else is state."""
        self.weights = weights

    def scores(self, text: str) -> Floats:
        """Return the raw scores: five levels, whether the text is addressed to a helpline, the crisis kinds."""
        w = self.weights
        words = plain(text).split()
        scores: Floats = w.bias
        for vocabulary, grams in ((w.words, word_grams(words)), (w.letters, letter_grams(words, *w.letter_range))):
            found = Counter(index for gram in grams if (index := vocabulary.get(gram)) is not None)
            if found:
                rows = np.fromiter(found.keys(), dtype=np.int64)
                counts = np.fromiter((1.0 + math.log(c) for c in found.values()), dtype=np.float32)
                values = counts * w.idf[rows]
                scores = scores + ((values / np.linalg.norm(values)) @ w.coef[rows]).astype(np.float32)
        return scores

    def probabilities(self, text: str) -> tuple[Floats, float, Floats]:
        """Return the probabilities of the levels, of being addressed to a helpline, and of each crisis kind."""
        scores = self.scores(text)
        levels = np.exp((scores[:LEVELS] - scores[:LEVELS].max()) / self.weights.temperature)
        others = (1.0 / (1.0 + np.exp(-scores[LEVELS:]))).astype(np.float32)
        return levels / levels.sum(), float(others[0]), others[1:]

    def read(self, text: str) -> Part:
        """Return level, kinds and the probability of a crisis."""
        w = self.weights
        levels, addressed, kinds = self.probabilities(text)
        crisis = float(levels[3] + levels[4])
        likeliest = w.kind_names[int(kinds.argmax())]
        if crisis >= w.crisis_at and addressed >= w.addressed_at:
            level = 4 if float(levels[4]) / crisis >= w.acute_at else 3
            named = tuple(name for name, p in zip(w.kind_names, kinds, strict=True) if p >= 0.5)
            return Part(level, named or (likeliest,), confidence=crisis)
        weak = crisis >= WEAK and addressed >= w.addressed_at and likeliest == SUICIDAL
        return Part(int(levels[:3].argmax()), confidence=crisis, weak=weak)
