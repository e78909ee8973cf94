"""What the urgency model has learned, as plain numbers: stored without pickles, read the same in Rasa and in the safety net."""

import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.linear_head import Floats

LEVELS = ["0", "1", "2", "3", "4"]
CRISIS = 3


class UrgencyWeights(NamedTuple):
    """Vocabularies and idf of both blocks; ``coef``: features x (levels, addressed, kinds), ``bias`` likewise.

    A text is a crisis where the probability of levels 3 and 4 reaches ``crisis_at`` and the probability that it is addressed to a
    helpline reaches ``addressed_at``; it is acute where level 4 has ``acute_at`` of that probability.
    """

    words: List[str]
    letters: List[str]
    idf: Floats
    coef: Floats
    bias: Floats
    kinds: List[str]
    crisis_at: float
    addressed_at: float
    acute_at: float
    temperature: float
    letter_range: List[int]
    version: str

    def vectorizers(self) -> List[TfidfVectorizer]:
        """Return the two vectorizers with their vocabularies."""
        out = []
        cut = len(self.words)
        for vectorizer, grams, values in zip(
            fresh_vectorizers(self.letter_range, 1, 1), (self.words, self.letters), (self.idf[:cut], self.idf[cut:])
        ):
            vectorizer.vocabulary = {gram: i for i, gram in enumerate(grams)}
            vectorizer.idf_ = np.asarray(values, dtype=np.float64)
            out.append(vectorizer)
        return out

    def reading(self, scores: Floats) -> Dict[str, Any]:
        """Return level, kinds and probabilities of one row of scores."""
        levels = softmax(scores[None, :5] / self.temperature)[0]
        crisis, addressed = float(levels[3] + levels[4]), float(1 / (1 + np.exp(-scores[5])))
        level, kinds = int(levels[:3].argmax()), []
        if crisis >= self.crisis_at and addressed >= self.addressed_at:
            level = 4 if levels[4] / crisis >= self.acute_at else 3
            kinds = [k for k, score in zip(self.kinds, scores[6:]) if score >= 0] or [self.kinds[int(scores[6:].argmax())]]
        return {
            "level": level,
            "kinds": kinds,
            "crisis": round(crisis, 4),
            "addressed": round(addressed, 4),
            "levels": [round(float(p), 4) for p in levels],
        }

    def save(self, path: Path) -> None:
        """Store as ``.npz``; coefficients as 16-bit numbers with a scale per column."""
        scale = np.abs(self.coef).max(axis=0, keepdims=True) + 1e-9
        meta = {name: getattr(self, name) for name in META}
        np.savez_compressed(
            path,
            words=_bytes("\n".join(self.words)),
            letters=_bytes("\n".join(self.letters)),
            idf=self.idf.astype(np.float32),
            coef=(self.coef / scale).astype(np.float16),
            scale=scale.astype(np.float32),
            bias=self.bias.astype(np.float32),
            meta=_bytes(json.dumps(meta)),
        )


META = ("kinds", "crisis_at", "addressed_at", "acute_at", "temperature", "letter_range", "version")


def load_urgency(path: Path) -> UrgencyWeights:
    """Read what ``save`` stored. Raises OSError."""
    with np.load(path, allow_pickle=False) as data:
        words, letters = (bytes(data[name]).decode().split("\n") for name in ("words", "letters"))
        coef = data["coef"].astype(np.float64) * data["scale"]
        meta = json.loads(bytes(data["meta"]).decode())
        return UrgencyWeights(words, letters, data["idf"].astype(np.float64), coef, data["bias"].astype(np.float64), **meta)


def fresh_vectorizers(letters: Sequence[int], rarest_word: int, rarest_letters: int) -> List[TfidfVectorizer]:
    """Return untrained vectorizers: words and pairs, and letter groups within words."""
    return [
        TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=rarest_word, sublinear_tf=True, lowercase=False),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(letters[0], letters[1]), min_df=rarest_letters, sublinear_tf=True, lowercase=False
        ),
    ]


def features(vectorizers: Sequence[TfidfVectorizer], texts: Sequence[str]) -> scipy.sparse.csr_matrix:
    """Return plain texts x features, each block of length one."""
    return scipy.sparse.hstack([v.transform(texts) for v in vectorizers]).tocsr()


def softmax(scores: Floats) -> Floats:
    """Return rows that sum to one."""
    out = np.exp(scores - scores.max(axis=1, keepdims=True))
    return out / out.sum(axis=1, keepdims=True)


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
