"""Sparse sentence features for Dutch: words and pairs, lemmas, letter groups, and concepts; each block of length one."""

import json
from typing import Any, Dict, List

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.concepts import load_concepts
from bot.components.preparation import plain

BLOCKS = ("words", "lemmas", "letters")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class DutchFeaturizer(SparseFeaturizer, GraphComponent):
    """Learns vocabularies from the training data and turns every message into one sparse row."""

    @classmethod
    def required_components(cls) -> List[type]:
        """Return what has to stand before it."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {
            **SparseFeaturizer.get_default_config(),
            "rarest": 2,  # a word or pair in fewer messages says nothing
            "letters": [2, 5],  # shortest and longest letter group
            "concept_weight": 1.0,  # length of the concept block beside the others' 1
        }

    def __init__(self, config: Dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        """Keep where the vocabularies are to be stored."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._concepts = load_concepts()
        self._vectorizers: Dict[str, TfidfVectorizer] = {}

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "DutchFeaturizer":
        """Make an untrained component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Every value is used as it stands."""

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabularies."""
        messages = [m for m in training_data.training_examples if m.get(TEXT)]
        texts = self._texts(messages)
        for block in BLOCKS:
            self._vectorizers[block] = self._vectorizer(block).fit(texts[block])
        self._persist()
        return self._resource

    def _vectorizer(self, block: str) -> TfidfVectorizer:
        if block == "letters":
            low, high = self._config["letters"]
            return TfidfVectorizer(analyzer="char_wb", ngram_range=(low, high), min_df=3, sublinear_tf=True, lowercase=False)
        pairs = (1, 2) if block == "words" else (1, 1)
        return TfidfVectorizer(token_pattern=r"\S+", ngram_range=pairs, min_df=self._config["rarest"], sublinear_tf=True, lowercase=False)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every training message its features."""
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Give messages their features."""
        if not messages:
            return messages
        matrix = self._matrix(self._texts(messages))
        for row, message in enumerate(messages):
            message.add_features(Features(matrix[row], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def _texts(self, messages: List[Message]) -> Dict[str, List[str]]:
        words = [plain(m.get(TEXT)) for m in messages]
        lemmas = [" ".join(plain(t.lemma) for t in m.get(TOKENS_NAMES[TEXT], ())) for m in messages]
        return {"words": words, "lemmas": lemmas, "letters": words}

    def _matrix(self, texts: Dict[str, List[str]]) -> scipy.sparse.csr_matrix:
        blocks = [self._vectorizers[block].transform(texts[block]) for block in BLOCKS]
        blocks.append(self._concepts.matrix(texts["words"]) * self._config["concept_weight"])
        return scipy.sparse.hstack(blocks).tocsr().astype(np.float32)

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            for block, vectorizer in self._vectorizers.items():
                vocabulary = {gram: int(index) for gram, index in vectorizer.vocabulary_.items()}
                (folder / f"{block}.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
                np.save(folder / f"{block}.npy", vectorizer.idf_.astype(np.float32), allow_pickle=False)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "DutchFeaturizer":
        """Make the component with its stored vocabularies."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            for block in BLOCKS:
                vectorizer = component._vectorizer(block)
                vectorizer.vocabulary = json.loads((folder / f"{block}.json").read_text(encoding="utf-8"))
                vectorizer.idf_ = np.load(folder / f"{block}.npy", allow_pickle=False).astype(np.float64)
                component._vectorizers[block] = vectorizer
        return component
