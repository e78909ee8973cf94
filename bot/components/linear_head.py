"""One linear layer over sparse features, as every classifier here uses it: trained, calibrated, stored without pickles.

Support vector machines, one class against the rest: measured beside logistic regression on these messages they read unseen authors
a point better and learn faster (``docs/triage.md``). Their scores become probabilities by a softmax with a temperature that is
fitted on authors the head has not seen.
"""

import json
import os
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
import scipy.sparse
from joblib import Parallel, delayed
from rasa.shared.nlu.constants import METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

Floats = npt.NDArray[np.float64]
PARTS = 3  # groups of authors that are held out in turn
NEVER = -5.0  # score of a class that a held-out head has not seen


class Head(NamedTuple):
    """Weights: ``coef`` features x classes, ``bias`` classes; scores are divided by ``temperature`` before the softmax."""

    classes: List[str]
    coef: Floats
    bias: Floats
    temperature: float

    def scores(self, features: scipy.sparse.csr_matrix) -> Floats:
        """Return rows x classes, raw."""
        out: Floats = features @ self.coef + self.bias
        return out

    def probabilities(self, features: scipy.sparse.csr_matrix) -> Floats:
        """Return rows x classes, each row summing to one."""
        return softmax(self.scores(features) / self.temperature)

    def save(self, folder: Path, name: str) -> None:
        """Store under a name; coefficients as 16-bit numbers."""
        np.savez_compressed(folder / f"{name}.npz", coef=self.coef.astype(np.float16), bias=self.bias, temperature=self.temperature)
        (folder / f"{name}.json").write_text(json.dumps(self.classes, ensure_ascii=False), encoding="utf-8")


def load_head(folder: Path, name: str) -> Head:
    """Read what ``save`` stored. Raises OSError."""
    with np.load(folder / f"{name}.npz", allow_pickle=False) as data:
        coef, bias, temperature = data["coef"].astype(np.float32), data["bias"], float(data["temperature"])
    return Head(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")), coef, bias, temperature)


def softmax(scores: Floats) -> Floats:
    """Return rows that sum to one."""
    out = np.exp(scores - scores.max(axis=1, keepdims=True))
    return out / out.sum(axis=1, keepdims=True)


def fit(
    features: scipy.sparse.csr_matrix, labels: Sequence[str], *, strength: float, weights: Optional[Floats] = None, seed: int = 7
) -> Head:
    """Learn a head. ``strength``: the inverse of regularisation; ``weights``: how much each example counts."""
    model = LinearSVC(C=strength, random_state=seed).fit(features, labels, sample_weight=weights)
    coef, bias = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one column for two classes
        coef, bias = np.hstack([-coef / 2, coef / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return Head([str(c) for c in model.classes_], coef, bias, 1.0)


def held_out(
    features: scipy.sparse.csr_matrix,
    labels: Sequence[str],
    authors: Sequence[str],
    *,
    strength: float,
    weights: Optional[Floats] = None,
) -> Tuple[Floats, List[str]]:
    """Return scores for every example from a head that has not seen its author, and the classes they belong to."""
    classes = sorted(set(labels))
    scores = np.full((len(labels), len(classes)), NEVER)
    array = np.array(labels)
    splits = list(GroupKFold(min(PARTS, len(set(authors)))).split(features, array, authors))
    heads = Parallel(n_jobs=min(PARTS, os.cpu_count() or 1))(
        # a process each: the library's random numbers are shared between threads, and every training has to give the same
        delayed(fit)(features[seen], list(array[seen]), strength=strength, weights=None if weights is None else weights[seen])
        for seen, _ in splits
    )
    for head, (_, unseen) in zip(heads, splits):
        scores[np.ix_(unseen, [classes.index(c) for c in head.classes])] = head.scores(features[unseen])
    return scores, classes


def temperature_for(scores: Floats, labels: Sequence[str], classes: List[str]) -> float:
    """Return the temperature at which held-out probabilities are best (least log loss)."""
    gold = np.array([classes.index(label) for label in labels])

    def loss(log_t: float) -> float:
        scaled = scores / np.exp(log_t)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(gold)), gold]))

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 2.0), method="bounded").x))


def features_of(messages: Sequence[Message]) -> scipy.sparse.csr_matrix:
    """Return the sentence features of messages as one matrix."""
    rows = [message.get_sparse_features(TEXT)[1] for message in messages]
    return scipy.sparse.vstack([row.features for row in rows]).tocsr()


def labels_of(message: Message) -> Dict[str, str]:
    """Return the labels of a training message: id, theme, sub, perspective, urgency, kinds (comma separated)."""
    example: Optional[Dict[str, str]] = (message.get(METADATA) or {}).get(METADATA_EXAMPLE)
    return example or {}


def author_of(message: Message) -> str:
    """Return the author of a training message: the first part of its id."""
    return str(labels_of(message).get("id", "?")).split("-")[0]


def labelled(training_data: TrainingData, label: str) -> Tuple[List[Message], List[str]]:
    """Return the training messages that carry a label, and the labels."""
    messages = [m for m in training_data.training_examples if m.get(TEXT) and labels_of(m).get(label) not in (None, "")]
    return messages, [str(labels_of(m)[label]) for m in messages]
