"""What the candidates of the comparison read: blocks of features, made by the shipped parts, learned on the authors that are seen.

A block that learns (words, lemmas, letters) takes its vocabulary from the seen part of a fold alone; one that does not (concepts,
vectors of a model that was trained elsewhere) is made once for all messages.
"""

import time
from functools import cache
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np
import numpy.typing as npt
import scipy.sparse
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.dutch_featurizer import BLOCKS, DutchFeaturizer
from bot.components.dutch_tokenizer import DutchTokenizer
from bot.components.preparation import plain
from evaluation.dense import dutch_vectors, folder_vectors

Row = Dict[str, Any]
Floats = npt.NDArray[np.float64]
Pair = Tuple[scipy.sparse.csr_matrix, scipy.sparse.csr_matrix]


class Corpus:
    """Messages with the blocks that need no learning, each made when it is first asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """``rows``: text, author and labels of each message."""
        self.rows = list(rows)
        self.seconds: Dict[str, float] = {}
        self.featurizer = shipped_featurizer()
        self._fixed: Dict[str, Any] = {}

    def fixed(self, name: str) -> Any:
        """Return a block of all messages; ``texts`` are what the vocabularies are learned from."""
        if name not in self._fixed:
            begun = time.perf_counter()
            self._fixed[name] = MAKERS[name](self)
            self.seconds[name] = time.perf_counter() - begun
        return self._fixed[name]


@cache
def shipped_featurizer() -> Any:
    """Return the shipped featurizer itself, never trained or stored: the comparison is of what the bot reads."""
    return DutchFeaturizer(DutchFeaturizer.get_default_config(), "comparison", None, None)


@cache
def _tokenizer() -> DutchTokenizer:
    return DutchTokenizer(DutchTokenizer.get_default_config())


def messages_of_rows(rows: Sequence[Row]) -> List[Message]:
    """Return Rasa's messages for rows, with tokens and lemmas."""
    messages = [Message(data={TEXT: row["text"]}) for row in rows]
    _tokenizer().process(messages)
    return messages


def _texts(corpus: Corpus) -> Dict[str, List[str]]:
    texts: Dict[str, List[str]] = corpus.featurizer._texts(messages_of_rows(corpus.rows))
    return texts


def _concepts(corpus: Corpus) -> Any:
    return corpus.featurizer._concepts.matrix([plain(row["text"]) for row in corpus.rows])


MAKERS: Dict[str, Callable[[Corpus], Any]] = {
    "texts": _texts,
    "concepts": _concepts,
    "vectors": lambda corpus: scipy.sparse.csr_matrix(dutch_vectors([row["text"] for row in corpus.rows])),
    "dense": lambda corpus: scipy.sparse.csr_matrix(folder_vectors([row["text"] for row in corpus.rows])),
}


class Fold:
    """One way to part the authors: messages of those that are seen and of those that are not, by their numbers in the corpus."""

    def __init__(self, corpus: Corpus, seen: Sequence[int], unseen: Sequence[int], seed: int) -> None:
        """``seed`` also steers what is learned."""
        self.corpus, self.seed = corpus, seed
        self.seen, self.unseen = list(seen), list(unseen)
        self.kept: Dict[str, Any] = {}  # what one candidate learns for two labels at once
        self._blocks: Dict[str, Tuple[Pair, float]] = {}

    def rows(self, numbers: Sequence[int]) -> List[Row]:
        """Return messages by their numbers."""
        return [self.corpus.rows[i] for i in numbers]

    def features(self, blocks: Sequence[str]) -> Pair:
        """Return the features of seen and unseen messages: the named blocks side by side."""
        pairs = [self._block(name)[0] for name in blocks]
        seen, unseen = (scipy.sparse.hstack([pair[side] for pair in pairs]).tocsr() for side in (0, 1))
        return seen, unseen

    def seconds(self, blocks: Sequence[str]) -> float:
        """Return how long making these blocks took for the seen messages."""
        return sum(self._block(name)[1] for name in blocks)

    def _block(self, name: str) -> Tuple[Pair, float]:
        if name not in self._blocks:
            self._blocks[name] = self._learned(name) if name in BLOCKS else self._taken(name)
        return self._blocks[name]

    def _learned(self, name: str) -> Tuple[Pair, float]:
        texts, vectorizer = self.corpus.fixed("texts")[name], self.corpus.featurizer._vectorizer(name)
        begun = time.perf_counter()
        seen = vectorizer.fit_transform([texts[i] for i in self.seen])
        seconds = time.perf_counter() - begun
        return (seen, vectorizer.transform([texts[i] for i in self.unseen])), seconds

    def _taken(self, name: str) -> Tuple[Pair, float]:
        whole = self.corpus.fixed(name)
        return (whole[self.seen], whole[self.unseen]), self.corpus.seconds[name] * len(self.seen) / len(self.corpus.rows)


class Reading(NamedTuple):
    """What a candidate says of the unseen messages of a fold: scores of messages x classes, and the seconds it took to learn."""

    classes: List[str]
    scores: Floats
    seconds: float
