"""On whose behalf a visitor writes: for themselves, out of worry for another, or for work or study."""

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.linear_head import Head, author_of, features_of, fit, held_out, labelled, load_head, temperature_for


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PerspectiveClassifier(GraphComponent):
    """A calibrated linear head."""

    @classmethod
    def required_components(cls) -> List[type]:
        """Return what has to stand before it."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {"strength": 0.3, "sure_from": 0.7}  # inverse of regularisation; probability that needs no question

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, head: Optional[Head] = None) -> None:
        """Keep the head where one was loaded."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._head = head

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "PerspectiveClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the head; the temperature comes from authors that a head has not seen."""
        messages, labels = labelled(training_data, "perspective")
        features, strength = features_of(messages), self._config["strength"]
        scores, classes = held_out(features, labels, [author_of(m) for m in messages], strength=strength)
        head = fit(features, labels, strength=strength)
        self._head = head._replace(temperature=temperature_for(scores, labels, classes))
        with self._model_storage.write_to(self._resource) as folder:
            self._head.save(folder, "perspective")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set ``perspective``: name, confidence, sure."""
        if self._head is None or not messages:
            return messages
        for message, row in zip(messages, self._head.probabilities(features_of(messages))):
            best = int(row.argmax())
            output = {
                "name": self._head.classes[best],
                "confidence": round(float(row[best]), 4),
                "sure": bool(row[best] >= self._config["sure_from"]),
            }
            message.set("perspective", output, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "PerspectiveClassifier":
        """Make the component with its stored head."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_head(folder, "perspective"))
