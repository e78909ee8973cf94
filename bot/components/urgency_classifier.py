"""How urgent a message is, learned; with the crisis kinds. Exported as plain weights for the safety net.

Words, pairs and letter groups alone, so that ``handoff/triage`` can run the same on numpy.
"""

import hashlib
import json
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import urgency_learning as learning
from bot.components.linear_head import author_of, labelled, labels_of
from bot.components.preparation import plain
from bot.components.urgency_weights import HOLLOW, UrgencyWeights, features, fresh_vectorizers, load_urgency


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class UrgencyClassifier(GraphComponent):
    """Levels by softmax; whether a text is addressed to a helpline, and each crisis kind, by themselves."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {
            "strength": 0.4,  # inverse of regularisation
            "rarest_word": 3,  # texts a word or pair stands in at least
            "rarest_letters": 8,
            "letters": [2, 5],
            "rank": 64,  # mixed columns in which the topics are kept
            "few": 0.2,  # how much surer a text of a few words has to be
            "kept": 0.95,  # share of messages below 3 that stay below 3 at the threshold, on unseen authors
            "everyday": 1.7,  # everyday sentences in 1,000 that may be called a crisis, on unseen files, two of them written near alarms
        }

    def __init__(
        self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, weights: Optional[UrgencyWeights] = None
    ) -> None:
        """Keep the weights where they were loaded."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._use(weights)

    def _use(self, weights: Optional[UrgencyWeights]) -> None:
        self._weights = weights
        self._vectorizers = weights.vectorizers() if weights else []

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "UrgencyClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn everything and the thresholds; store weights and curve."""
        messages, _ = labelled(training_data, "urgency")
        own = learning.examples_of([m.get(TEXT) for m in messages], [labels_of(m) for m in messages], [author_of(m) for m in messages])
        weights, curve = learn(learning.with_everyday(learning.with_worn(own)), self._config)
        with self._model_storage.write_to(self._resource) as folder:
            weights.save(folder / "urgency.npz")
            (folder / "curve.json").write_text(json.dumps(curve, indent=1), encoding="utf-8")
            self._use(load_urgency(folder / "urgency.npz"))  # what is used is what is stored
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set ``urgency``: level, kinds, probabilities."""
        if self._weights is None or not messages:
            return messages
        texts = [plain(m.get(TEXT) or "") for m in messages]
        matrix = features(self._vectorizers, texts)
        for row, message in enumerate(messages):
            message.set("urgency", self._weights.reading(matrix[row], texts[row]), add_to_output=True)
        return messages

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
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_urgency(folder / "urgency.npz"))


def learn(examples: learning.Examples, config: Dict[str, Any]) -> Tuple[UrgencyWeights, List[Dict[str, float]]]:
    """Return the weights learned from examples, and the curve on which the thresholds were chosen."""
    vectorizers = fitted_vectorizers(examples, config)
    unseen = learning.read_unseen(features(vectorizers, examples.texts), examples, config["strength"])
    chosen = learning.choose_thresholds(unseen, examples, few=config["few"], kept=config["kept"], everyday=config["everyday"])
    return build(examples, config, vectorizers, learning.Scales(chosen, *unseen[3:])), chosen.curve


def fitted_vectorizers(examples: learning.Examples, config: Dict[str, Any]) -> List[Any]:
    """Return the two vectorizers, their vocabularies taken from examples."""
    return [v.fit(examples.texts) for v in fresh_vectorizers(config["letters"], config["rarest_word"], config["rarest_letters"])]


def build(
    examples: learning.Examples, config: Dict[str, Any], vectorizers: List[Any], scales: learning.Scales, seed: int = 7
) -> UrgencyWeights:
    """Return the weights of all heads, learned from examples, with thresholds and temperatures that were found before."""
    strength = config["strength"]
    matrix = features(vectorizers, examples.texts)
    _, level_coef, level_bias = learning.fit_head(matrix, examples.levels, examples, strength, seed)
    topics, topic_coef, topic_bias = learning.fit_head(matrix, examples.topics, examples, strength, seed)
    addressed_coef, addressed_bias = learning.learn_addressed(matrix, examples)
    kinds, kind_coef, kind_bias = learning.learn_kinds(matrix, examples)
    thin, mix = learning.thin(topic_coef, config["rank"])
    words, letters = (v.get_feature_names_out().tolist() for v in vectorizers)
    return UrgencyWeights(
        words=words,
        letters=letters,
        idf=np.concatenate([v.idf_ for v in vectorizers]),
        coef=np.hstack([level_coef, addressed_coef[:, None], kind_coef, thin]),
        bias=np.concatenate([level_bias, [addressed_bias], kind_bias]),
        mix=mix,
        topic_bias=topic_bias,
        topic_crisis=learning.crisis_mask(topics),
        kinds=kinds,
        crisis_at=scales.thresholds.crisis_at,
        addressed_at=scales.thresholds.addressed_at,
        acute_at=scales.thresholds.acute_at,
        level_heat=scales.level_heat,
        topic_heat=scales.topic_heat,
        slope=scales.slope,
        shift=scales.shift,
        letter_range=list(config["letters"]),
        few=config["few"],
        hollow=sorted(set(HOLLOW.read_text(encoding="utf-8").split())),
        version="urgency-" + hashlib.sha256("\n".join(examples.texts + examples.levels).encode()).hexdigest()[:8],
    )
