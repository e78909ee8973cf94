"""Words and lemmas of Dutch: ``nl_core_news_sm`` where it is installed, else a blank Dutch pipeline with lookup lemmas."""

import logging
from typing import Any, Dict, List

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

logger = logging.getLogger(__name__)


def load_dutch(model: str) -> Language:
    """Return spaCy's pipeline for Dutch: the named model, or the blank one where it is not installed.

    The pipeline's ``meta["name"]`` says which of the two it is; figures name it.
    """
    try:
        return spacy.load(model, exclude=["parser", "ner"])
    except OSError:
        logger.info("%s is not installed: a blank Dutch pipeline with lookup lemmas serves", model)
    blank = spacy.blank("nl")
    blank.meta["name"] = "blank"
    try:
        blank.add_pipe("lemmatizer", config={"mode": "lookup"})
        blank.initialize()
    except (ValueError, ImportError):
        # no lookup tables installed: the word itself stands for its lemma
        blank = spacy.blank("nl")
        blank.meta["name"] = "blank-without-lemmas"
    return blank


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class DutchTokenizer(Tokenizer):
    """Splits messages with spaCy and gives each token its lemma."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the defaults."""
        return {
            "model": "nl_core_news_sm",  # tried first; not on PyPI, so it may be absent
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    @staticmethod
    def required_packages() -> List[str]:
        """Return what has to be installed."""
        return ["spacy"]

    def __init__(self, config: Dict[str, Any]) -> None:
        """Load the pipeline once."""
        super().__init__(config)
        self._dutch = load_dutch(config["model"])

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "DutchTokenizer":
        """Make the component."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """Return the tokens of a message, blanks left out."""
        doc = self._dutch(message.get(attribute) or "")
        return [Token(t.text, t.idx, lemma=(t.lemma_ or t.text).lower()) for t in doc if not t.is_space]
