"""What the urgency model has learned, as plain numbers: stored without pickles, read the same in Rasa and in the safety net.

Four heads over the same features: the five *levels*; the *topics* (sub theme with or without crisis, which knows what danger looks
like within each subject; kept as two thin matrices, ``coef`` columns times ``mix``); whether a text is *addressed* to a helpline at
all; and the crisis *kinds*. The probability of a crisis is the mean of what levels and topics say, its log-odds times ``slope``
plus ``shift``.
"""

import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.linear_head import Floats, softmax

LEVELS = ["0", "1", "2", "3", "4"]
CRISIS = 3
META = (
    "kinds", "crisis_at", "addressed_at", "acute_at", "level_heat", "topic_heat", "slope", "shift", "letter_range", "hollow",
    "few", "version",
)  # fmt: skip
HOLLOW = Path(__file__).parent.parent / "lexicon" / "hollow_words.txt"
FEW_WORDS = 8
HOLLOW_UP_TO = 4  # words: a longer text of such words may well say something


class UrgencyWeights(NamedTuple):
    """Vocabularies and idf of both blocks; ``coef``: features x (5 levels, addressed, kinds, mixed columns), ``bias`` of the first three.

    ``mix``: mixed columns x topics, ``topic_bias`` and ``topic_crisis`` (0 or 1) per topic. A text is a crisis where the probability
    reaches ``crisis_at`` and the one of being addressed reaches ``addressed_at``; it is acute where level 4 has ``acute_at`` of it.
    A text of up to eight words has to be ``few`` surer: everyday sentences of that length look like a sign. One word alone, or a
    few that say nothing by themselves (``hollow``: *ik wil*, the beginning of anything) are no crisis.
    """

    words: List[str]
    letters: List[str]
    idf: Floats
    coef: Floats
    bias: Floats
    mix: Floats
    topic_bias: Floats
    topic_crisis: Floats
    kinds: List[str]
    crisis_at: float
    addressed_at: float
    acute_at: float
    level_heat: float
    topic_heat: float
    slope: float
    shift: float
    letter_range: List[int]
    hollow: List[str]
    few: float
    version: str

    def vectorizers(self) -> List[TfidfVectorizer]:
        """Return the two vectorizers with their vocabularies."""
        out, cut = [], len(self.words)
        pairs = zip(fresh_vectorizers(self.letter_range, 1, 1), (self.words, self.letters), (self.idf[:cut], self.idf[cut:]))
        for vectorizer, grams, values in pairs:
            vectorizer.vocabulary = {gram: i for i, gram in enumerate(grams)}
            vectorizer.idf_ = np.asarray(values, dtype=np.float64)
            out.append(vectorizer)
        return out

    def reading(self, row: scipy.sparse.csr_matrix, text: str) -> Dict[str, Any]:
        """Return level, kinds and probabilities of one text's features. ``text``: as the models read it."""
        columns = np.asarray(row @ self.coef)[0]
        own = columns[: len(self.bias)] + self.bias
        levels = softmax(own[None, :5] / self.level_heat)[0]
        topics = softmax((columns[None, len(self.bias) :] @ self.mix + self.topic_bias) / self.topic_heat)[0]
        words = text.split()
        hollow = len(words) < 2 or (len(words) <= HOLLOW_UP_TO and set(words) <= set(self.hollow))
        odds = log_odds((levels[3] + levels[4] + topics @ self.topic_crisis) / 2)
        crisis = 0.0 if hollow else float(1 / (1 + np.exp(-(self.slope * odds + self.shift))))
        addressed = float(1 / (1 + np.exp(-own[5])))
        level, kinds = int(levels[:3].argmax()), []
        if crisis >= self.crisis_at + (self.few if len(words) <= FEW_WORDS else 0.0) and addressed >= self.addressed_at:
            level = 4 if levels[4] / (levels[3] + levels[4]) >= self.acute_at else 3
            kinds = [k for k, score in zip(self.kinds, own[6:]) if score >= 0] or [self.kinds[int(own[6:].argmax())]]
        shown = [round(float(p), 4) for p in levels]
        out = {"level": level, "kinds": kinds, "crisis": round(crisis, 4), "addressed": round(addressed, 4), "levels": shown}
        return {**out, "weights": self.version}

    def save(self, path: Path) -> None:
        """Store as ``.npz``; coefficients as 8-bit steps of a scale per column."""
        scale = np.abs(self.coef).max(axis=0, keepdims=True) / 127 + 1e-12
        np.savez_compressed(
            path,
            words=_bytes("\n".join(self.words)),
            letters=_bytes("\n".join(self.letters)),
            idf=self.idf.astype(np.float32),
            coef=np.round(self.coef / scale).astype(np.int8),
            scale=scale.astype(np.float32),
            bias=self.bias.astype(np.float32),
            mix=self.mix.astype(np.float32),
            topic_bias=self.topic_bias.astype(np.float32),
            topic_crisis=self.topic_crisis.astype(np.float32),
            meta=_bytes(json.dumps({name: getattr(self, name) for name in META})),
        )


def load_urgency(path: Path) -> UrgencyWeights:
    """Read what ``save`` stored. Raises OSError."""
    with np.load(path, allow_pickle=False) as data:
        words, letters = (bytes(data[name]).decode().split("\n") for name in ("words", "letters"))
        numbers = {name: data[name].astype(np.float32) for name in ("idf", "bias", "mix", "topic_bias", "topic_crisis")}
        coef = data["coef"].astype(np.float32) * data["scale"]
        return UrgencyWeights(words, letters, coef=coef, **numbers, **json.loads(bytes(data["meta"]).decode()))


def log_odds(chance: Any) -> Any:
    """Return the log-odds of probabilities, within bounds."""
    bounded = np.clip(chance, 1e-4, 1 - 1e-4)
    return np.log(bounded / (1 - bounded))


def fresh_vectorizers(letters: Sequence[int], rarest_word: int, rarest_letters: int) -> List[TfidfVectorizer]:
    """Return untrained vectorizers: words and pairs, and letter groups within words."""
    groups = (letters[0], letters[1])
    return [
        TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=rarest_word, sublinear_tf=True, lowercase=False),
        TfidfVectorizer(analyzer="char_wb", ngram_range=groups, min_df=rarest_letters, sublinear_tf=True, lowercase=False),
    ]


def features(vectorizers: Sequence[TfidfVectorizer], texts: Sequence[str]) -> scipy.sparse.csr_matrix:
    """Return plain texts x features, each block of length one."""
    return scipy.sparse.hstack([v.transform(texts) for v in vectorizers]).tocsr()


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
