"""What a message is about: main theme with a calibrated confidence, the best three, and the sub theme within the main one.

Two heads say it together: one for the main themes, one for the sub themes, whose probabilities add up to themes. The fine head knows
better what a subject looks like, the coarse one is steadier; their mean reads unseen authors best (``docs/triage.md``).
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.linear_head import (
    Floats,
    Head,
    author_of,
    features_of,
    fit,
    held_out,
    labelled,
    labels_of,
    load_head,
    softmax,
    temperature_for,
)

SHOWN = 5


class Topics(NamedTuple):
    """Both heads; ``heat`` sharpens or softens their mean so that a confidence means what it says."""

    main: Head
    sub: Head
    heat: float

    def read(self, features: scipy.sparse.csr_matrix) -> Any:
        """Return probabilities of themes (rows x main.classes) and of sub themes (rows x sub.classes)."""
        subs = self.sub.probabilities(features)
        themes = mean_of(self.main.probabilities(features), subs, self.main.classes, self.sub.classes)
        return softmax(np.log(themes + 1e-9) / self.heat), subs


def mean_of(main: Floats, subs: Floats, themes: Sequence[str], names: Sequence[str]) -> Floats:
    """Return the mean of theme probabilities and those that sub themes (``theme/sub``) add up to."""
    summed = np.stack([subs[:, [i for i, name in enumerate(names) if name.split("/")[0] == theme]].sum(axis=1) for theme in themes], axis=1)
    out: Floats = (main + summed) / 2
    return out


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThemeClassifier(GraphComponent):
    """Sets theme and sub theme."""

    @classmethod
    def required_components(cls) -> List[type]:
        """Return what has to stand before it."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {
            "strength": 0.4,  # inverse of regularisation
            "sure_from": 0.42,  # probability from which a theme counts as understood
            "margin": 0.12,  # and its lead over the next one
        }

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Start untrained."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._topics: Optional[Topics] = None

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "ThemeClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn both heads; temperatures come from authors that a head has not seen."""
        messages, themes = labelled(training_data, "theme")
        subs = [f"{theme}/{labels_of(m).get('sub', '')}" for theme, m in zip(themes, messages)]
        self._topics = learn(features_of(messages), themes, subs, [author_of(m) for m in messages], self._config["strength"])
        with self._model_storage.write_to(self._resource) as folder:
            self._topics.main.save(folder, "main")
            self._topics.sub.save(folder, "sub")
            np.save(folder / "heat.npy", np.array(self._topics.heat), allow_pickle=False)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set ``theme``: name, sub, confidence, sure, ranking."""
        if self._topics is None or not messages:
            return messages
        themes, subs = self._topics.read(features_of(messages))
        for message, theme_row, sub_row in zip(messages, themes, subs):
            message.set("theme", self._output(theme_row, sub_row), add_to_output=True)
        return messages

    def _output(self, themes: Floats, subs: Floats) -> Dict[str, Any]:
        assert self._topics is not None, "called by process"
        order = np.argsort(-themes)[:SHOWN]
        ranking = [{"name": self._topics.main.classes[k], "confidence": round(float(themes[k]), 4)} for k in order]
        first, margin = themes[order[0]], themes[order[0]] - themes[order[1]]
        sure = first >= self._config["sure_from"] and margin >= self._config["margin"]
        return {**ranking[0], "sub": self._sub(str(ranking[0]["name"]), subs), "sure": bool(sure), "ranking": ranking}

    def _sub(self, theme: str, subs: Floats) -> Optional[str]:
        assert self._topics is not None, "called by process"
        own = [(float(subs[i]), name.split("/")[1]) for i, name in enumerate(self._topics.sub.classes) if name.split("/")[0] == theme]
        return max(own)[1] or None

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
            heat = float(np.load(folder / "heat.npy", allow_pickle=False))
            component._topics = Topics(load_head(folder, "main"), load_head(folder, "sub"), heat)
        return component


def learn(features: scipy.sparse.csr_matrix, themes: Sequence[str], subs: Sequence[str], authors: Sequence[str], strength: float) -> Topics:
    """Return both heads with temperatures fitted on unseen authors."""
    main_scores, main_names = held_out(features, themes, authors, strength=strength)
    sub_scores, sub_names = held_out(features, subs, authors, strength=strength)
    main_heat, sub_heat = temperature_for(main_scores, themes, main_names), temperature_for(sub_scores, subs, sub_names)
    mean = mean_of(softmax(main_scores / main_heat), softmax(sub_scores / sub_heat), main_names, sub_names)
    heat = temperature_for(np.log(mean + 1e-9), themes, main_names)
    main = fit(features, themes, strength=strength)._replace(temperature=main_heat)
    sub = fit(features, subs, strength=strength)._replace(temperature=sub_heat)
    return Topics(main, sub, heat)
