"""How urgent a message is, learned; with the crisis kinds. Exported as plain weights for the safety net.

Words, pairs and letter groups alone, so that ``handoff/triage`` can run the same on numpy. Thresholds come from authors that the
model has not seen, chosen for recall; the curve is stored beside the weights (``curve.json``).
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.components.linear_head import Floats, author_of, fit, held_out, labelled, labels_of, temperature_for
from bot.components.preparation import plain

LEVELS = ["0", "1", "2", "3", "4"]
CRISIS = 3


class UrgencyWeights(NamedTuple):
    """Everything learned: vocabularies and idf of both blocks, ``coef`` features x (levels + kinds)."""

    words: List[str]
    letters: List[str]
    idf: Floats
    coef: Floats
    bias: Floats
    kinds: List[str]
    kind_bias: Floats
    crisis_at: float
    acute_at: float
    temperature: float
    letter_range: List[int]
    version: str

    def save(self, path: Path) -> None:
        """Store as ``.npz`` without pickles; coefficients as 16-bit numbers with a scale per column."""
        scale = np.abs(self.coef).max(axis=0, keepdims=True) + 1e-9
        meta = {
            "kinds": self.kinds,
            "crisis_at": self.crisis_at,
            "acute_at": self.acute_at,
            "temperature": self.temperature,
            "letter_range": self.letter_range,
            "version": self.version,
        }
        np.savez_compressed(
            path,
            words=_bytes("\n".join(self.words)),
            letters=_bytes("\n".join(self.letters)),
            idf=self.idf.astype(np.float32),
            coef=(self.coef / scale).astype(np.float16),
            scale=scale.astype(np.float32),
            bias=self.bias.astype(np.float32),
            kind_bias=self.kind_bias.astype(np.float32),
            meta=_bytes(json.dumps(meta)),
        )


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class UrgencyClassifier(GraphComponent):
    """Levels by softmax, crisis kinds each by itself."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {
            "strength": 4.0,  # inverse of regularisation
            "rarest_word": 2,  # messages a word or pair stands in at least
            "rarest_letters": 4,
            "letters": [2, 5],
            "kept": 0.93,  # share of messages below 3 that stay below 3 at the threshold, on unseen authors
        }

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Start untrained."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._weights: Optional[UrgencyWeights] = None
        self._vectorizers: List[TfidfVectorizer] = []

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "UrgencyClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn levels, kinds and thresholds; store weights and curve."""
        messages, levels = labelled(training_data, "urgency")
        texts = [plain(m.get(TEXT)) for m in messages]
        self._vectorizers = [v.fit(texts) for v in self._fresh_vectorizers()]
        features = self._features(texts)
        strength = self._config["strength"]
        scores, classes = held_out(features, levels, [author_of(m) for m in messages], strength=strength)
        temperature = temperature_for(scores, levels, classes)
        head = fit(features, levels, strength=strength)
        kinds, kind_coef, kind_bias = _fit_kinds(features, messages, strength)
        crisis_at, acute_at, curve = _thresholds(scores / temperature, levels, self._config["kept"])
        words, letters = (v.get_feature_names_out().tolist() for v in self._vectorizers)
        version = hashlib.sha256("\n".join(texts + levels).encode()).hexdigest()[:8]
        self._weights = UrgencyWeights(
            words,
            letters,
            np.concatenate([v.idf_ for v in self._vectorizers]),
            np.hstack([head.coef, kind_coef]),
            head.bias,
            kinds,
            kind_bias,
            crisis_at,
            acute_at,
            temperature,
            list(self._config["letters"]),
            f"urgency-{version}",
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._weights.save(folder / "urgency.npz")
            (folder / "curve.json").write_text(json.dumps(curve, indent=1), encoding="utf-8")
        return self._resource

    def _fresh_vectorizers(self) -> List[TfidfVectorizer]:
        low, high = self._config["letters"]
        return [
            TfidfVectorizer(
                token_pattern=r"\S+", ngram_range=(1, 2), min_df=self._config["rarest_word"], sublinear_tf=True, lowercase=False
            ),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(low, high), min_df=self._config["rarest_letters"], sublinear_tf=True, lowercase=False
            ),
        ]

    def _features(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        return scipy.sparse.hstack([v.transform(texts) for v in self._vectorizers]).tocsr()

    def process(self, messages: List[Message]) -> List[Message]:
        """Set ``urgency``: level, kinds, probabilities."""
        if self._weights is None or not messages:
            return messages
        w = self._weights
        features = self._features([plain(m.get(TEXT) or "") for m in messages])
        scores = features @ w.coef + np.concatenate([w.bias, w.kind_bias])
        for message, row in zip(messages, np.asarray(scores)):
            message.set("urgency", self._output(row), add_to_output=True)
        return messages

    def _output(self, row: Floats) -> Dict[str, Any]:
        w = self._weights
        assert w is not None, "called by process"
        levels = np.exp(row[:5] / w.temperature - (row[:5] / w.temperature).max())
        levels = levels / levels.sum()
        crisis = float(levels[3] + levels[4])
        level = int(levels[:3].argmax())
        kinds: List[str] = []
        if crisis >= w.crisis_at:
            level = 4 if levels[4] / crisis >= w.acute_at else 3
            kinds = [k for k, score in zip(w.kinds, row[5:]) if score >= 0] or [w.kinds[int(row[5:].argmax())]]
        return {"level": level, "kinds": kinds, "crisis": round(crisis, 4), "levels": [round(float(p), 4) for p in levels]}

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "UrgencyClassifier":
        """Make the component with its stored weights."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / "urgency.npz", allow_pickle=False) as data:
            meta = json.loads(bytes(data["meta"]).decode())
            words, letters = (bytes(data[name]).decode().split("\n") for name in ("words", "letters"))
            idf, coef = data["idf"].astype(np.float64), data["coef"].astype(np.float64) * data["scale"]
            component._weights = UrgencyWeights(words, letters, idf, coef, data["bias"], kind_bias=data["kind_bias"], **meta)
        for vectorizer, grams, values in zip(component._fresh_vectorizers(), (words, letters), (idf[: len(words)], idf[len(words) :])):
            vectorizer.vocabulary = {gram: i for i, gram in enumerate(grams)}
            vectorizer.idf_ = values
            component._vectorizers.append(vectorizer)
        return component


def _fit_kinds(features: scipy.sparse.csr_matrix, messages: List[Message], strength: float) -> Any:
    """Return the names, coefficients and biases of the crisis kinds, learned on crisis messages alone."""
    rows = [i for i, m in enumerate(messages) if labels_of(m).get("kinds")]
    sets = [set(str(labels_of(messages[i])["kinds"]).split(",")) for i in rows]
    names = sorted(set().union(*sets))
    columns, biases = [], []
    for name in names:
        model = LogisticRegression(C=strength, max_iter=200).fit(features[rows], [name in one for one in sets])
        columns.append(model.coef_[0])
        biases.append(model.intercept_[0])
    return names, np.array(columns).T, np.array(biases)


def _thresholds(scores: Floats, levels: List[str], kept: float) -> Any:
    """Return the crisis and the acute threshold, and the curve of recall against kept messages they were chosen on."""
    probabilities = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    gold = np.array([int(level) for level in levels])
    crisis = probabilities[:, 3] + probabilities[:, 4]
    curve = []
    for at in np.arange(0.05, 0.96, 0.01):
        flagged = crisis >= at
        curve.append(
            {
                "at": round(float(at), 2),
                "recall": round(float(flagged[gold >= CRISIS].mean()), 4),
                "recall_acute": round(float(flagged[gold == 4].mean()), 4),
                "kept": round(float(1 - flagged[gold < CRISIS].mean()), 4),
            }
        )
    crisis_at = next((point["at"] for point in curve if point["kept"] >= kept), 0.5)
    share = probabilities[:, 4] / np.maximum(crisis, 1e-9)
    inside = gold >= CRISIS
    acute_at = max(np.arange(0.3, 0.71, 0.02), key=lambda t: float(((share[inside] >= t) == (gold[inside] == 4)).mean()))
    return float(crisis_at), round(float(acute_at), 2), curve
