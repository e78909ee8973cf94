"""Intents: acts of dialogue (telling, greeting, yes, no, asking for a person ...)."""

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.linear_head import Head, author_of, features_of, fit, held_out, load_head, temperature_for

RANKING = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(IntentClassifier, GraphComponent):
    """A linear head over the sentence features."""

    @classmethod
    def required_components(cls) -> List[type]:
        """Return what has to stand before it."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {"strength": 0.4}  # inverse of regularisation

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, head: Optional[Head] = None) -> None:
        """Keep the head where one was loaded."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._head = head

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "ActClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the head and store it."""
        messages = [m for m in training_data.intent_examples if m.get(TEXT)]
        features, acts = features_of(messages), [str(m.get(INTENT)) for m in messages]
        scores, names = held_out(features, acts, [author_of(m) for m in messages], strength=self._config["strength"])
        head = fit(features, acts, strength=self._config["strength"])
        self._head = head._replace(temperature=temperature_for(scores, acts, names))
        with self._model_storage.write_to(self._resource) as folder:
            self._head.save(folder, "acts")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set ``intent`` and ``intent_ranking``."""
        if self._head is None:
            return messages
        for message, row in zip(messages, self._head.probabilities(features_of(messages))):
            order = row.argsort()[::-1][:RANKING]
            ranking = [{"name": self._head.classes[i], "confidence": float(row[i])} for i in order]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ActClassifier":
        """Make the component with its stored head."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_head(folder, "acts"))
