"""What a message is about: main theme with a calibrated confidence, the best three, and the sub theme within the main one."""

from typing import Any, Dict, List, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.linear_head import Head, author_of, features_of, fit, held_out, labelled, labels_of, load_head, temperature_for

SHOWN = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThemeClassifier(GraphComponent):
    """A linear head for the main theme, and one per theme for its sub themes."""

    @classmethod
    def required_components(cls) -> List[type]:
        """Return what has to stand before it."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {
            "strength": 8.0,  # inverse of regularisation
            "sure_from": 0.42,  # probability from which a theme counts as understood
            "margin": 0.12,  # and its lead over the next one
        }

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Start untrained."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._main: Optional[Head] = None
        self._subs: Dict[str, Head] = {}

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "ThemeClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn all heads; the temperature comes from authors that a head has not seen."""
        messages, themes = labelled(training_data, "theme")
        features = features_of(messages)
        strength = self._config["strength"]
        scores, classes = held_out(features, themes, [author_of(m) for m in messages], strength=strength)
        temperature = temperature_for(scores, themes, classes)
        self._main = fit(features, themes, strength=strength)._replace(temperature=temperature)
        for theme in self._main.classes:
            rows = [i for i, m in enumerate(messages) if themes[i] == theme and labels_of(m).get("sub")]
            subs = [str(labels_of(messages[i])["sub"]) for i in rows]
            if len(set(subs)) > 1:
                self._subs[theme] = fit(features[rows], subs, strength=strength)
        self._persist()
        return self._resource

    def _persist(self) -> None:
        assert self._main is not None, "called by train"
        with self._model_storage.write_to(self._resource) as folder:
            self._main.save(folder, "main")
            for theme, head in self._subs.items():
                head.save(folder, f"sub_{theme}")

    def process(self, messages: List[Message]) -> List[Message]:
        """Set ``theme``: name, sub, confidence, sure, ranking."""
        if self._main is None or not messages:
            return messages
        features = features_of(messages)
        for i, row in enumerate(self._main.probabilities(features)):
            order = np.argsort(-row)[:SHOWN]
            ranking = [{"name": self._main.classes[k], "confidence": round(float(row[k]), 4)} for k in order]
            first = ranking[0]
            sure = row[order[0]] >= self._config["sure_from"] and row[order[0]] - row[order[1]] >= self._config["margin"]
            output = {**first, "sub": self._sub(str(first["name"]), features[i]), "sure": bool(sure), "ranking": ranking}
            messages[i].set("theme", output, add_to_output=True)
        return messages

    def _sub(self, theme: str, features: Any) -> Optional[str]:
        head = self._subs.get(theme)
        return head.classes[int(head.probabilities(features)[0].argmax())] if head else None

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ThemeClassifier":
        """Make the component with its stored heads."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._main = load_head(folder, "main")
            for path in sorted(folder.glob("sub_*.npz")):
                component._subs[path.stem[4:]] = load_head(folder, path.stem)
        return component
