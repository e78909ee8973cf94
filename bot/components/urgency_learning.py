"""How the urgency model is learned: levels, topics, whether a text is addressed to a helpline, crisis kinds, and the thresholds.

Ordinary Dutch that nobody would send to a helpline (``nlu_data/urgency/everyday*.txt``) teaches what is no message of need.
Thresholds are chosen on authors that the model has not seen: the highest recall at which enough messages below 3 stay below 3 and
few enough everyday sentences are called a crisis.
"""

from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from bot.components.linear_head import Floats, fit, held_out, softmax, temperature_for
from bot.components.preparation import plain
from bot.components.urgency_weights import CRISIS, LEVELS

EVERYDAY = Path(__file__).parent.parent.parent / "nlu_data" / "urgency"
EVERYDAY_WEIGHT = 2.0  # of an everyday sentence in learning, beside 1 of a message
ORDINARY = "alledaags"  # the topic of everyday sentences
GATES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9)  # thresholds of being addressed that are tried


class Examples(NamedTuple):
    """Plain texts with their labels. ``topics``: sub theme and whether it is a crisis; ``addressed``: not everyday Dutch."""

    texts: List[str]
    levels: List[str]
    topics: List[str]
    authors: List[str]
    kinds: List[str]
    addressed: List[bool]

    @property
    def weights(self) -> Floats:
        """Return how much each example counts."""
        return np.array([1.0 if one else EVERYDAY_WEIGHT for one in self.addressed])


class Thresholds(NamedTuple):
    """From which probabilities a text is a crisis, counts as addressed, and is acute; with the curve they were chosen on."""

    crisis_at: float
    addressed_at: float
    acute_at: float
    curve: List[Dict[str, float]]


class Scales(NamedTuple):
    """What is found on authors a head has not seen, before all heads learn from everybody."""

    thresholds: Thresholds
    level_heat: float
    topic_heat: float


def examples_of(texts: Sequence[str], labels: Sequence[Dict[str, str]], authors: Sequence[str]) -> Examples:
    """Return messages as examples, their texts made plain. ``labels``: urgency, theme, sub and kinds of each."""
    topics = [f"{one['theme']}/{one.get('sub', '')}|{int(one['urgency']) >= CRISIS}" for one in labels]
    kinds = [one.get("kinds", "") for one in labels]
    return Examples([plain(t) for t in texts], [one["urgency"] for one in labels], topics, list(authors), kinds, [True] * len(texts))


def with_everyday(own: Examples, folder: Path = EVERYDAY) -> Examples:
    """Add the everyday sentences, each file as an author of its own."""
    texts: List[str] = []
    authors: List[str] = []
    for path in sorted(folder.glob("everyday*.txt")):
        lines = [plain(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        texts += lines
        authors += [path.stem] * len(lines)
    n = len(texts)
    return Examples(
        own.texts + texts,
        own.levels + ["0"] * n,
        own.topics + [ORDINARY] * n,
        own.authors + authors,
        own.kinds + [""] * n,
        own.addressed + [False] * n,
    )


def learn_addressed(matrix: scipy.sparse.csr_matrix, examples: Examples) -> Tuple[Floats, float]:
    """Return coefficients and bias of the head that knows a message to a helpline from everyday Dutch."""
    model = LogisticRegression(C=4.0, max_iter=200, class_weight="balanced").fit(matrix, examples.addressed)
    return model.coef_[0], float(model.intercept_[0])


def learn_kinds(matrix: scipy.sparse.csr_matrix, examples: Examples) -> Tuple[List[str], Floats, Floats]:
    """Return names, coefficients and biases of the crisis kinds, learned on crisis messages alone."""
    rows = [i for i, kinds in enumerate(examples.kinds) if kinds]
    sets = [set(examples.kinds[i].split(",")) for i in rows]
    names = sorted(set().union(*sets))
    models = [LogisticRegression(C=8.0, max_iter=200).fit(matrix[rows], [name in one for one in sets]) for name in names]
    return names, np.array([m.coef_[0] for m in models]).T, np.array([m.intercept_[0] for m in models])


class Unseen(NamedTuple):
    """What heads say of examples whose author they have not seen, and the temperatures fitted on it."""

    levels: Floats
    crisis: Floats
    addressed: Floats
    level_heat: float
    topic_heat: float


def read_unseen(matrix: scipy.sparse.csr_matrix, examples: Examples, strength: float) -> Unseen:
    """Return held-out probabilities of levels, of a crisis (both heads' mean) and of being addressed."""
    weights, authors = examples.weights, examples.authors
    levels, _ = held_out(matrix, examples.levels, authors, strength=strength, weights=weights)
    topics, names = held_out(matrix, examples.topics, authors, strength=strength, weights=weights)
    addressed, _ = held_out(matrix, [str(one) for one in examples.addressed], authors, strength=strength, weights=weights)
    own = np.array(examples.addressed)
    level_heat = temperature_for(levels[own], [level for level, one in zip(examples.levels, own) if one], LEVELS)
    topic_heat = temperature_for(topics, examples.topics, names)
    level_p, topic_p = softmax(levels / level_heat), softmax(topics / topic_heat)
    crisis = (level_p[:, 3] + level_p[:, 4] + topic_p @ crisis_mask(names)) / 2
    return Unseen(level_p, crisis, softmax(3 * addressed)[:, 1], level_heat, topic_heat)


def crisis_mask(topics: Sequence[str]) -> Floats:
    """Return 1 for each topic that is a crisis."""
    return np.array([float(topic.endswith("|True")) for topic in topics])


def choose_thresholds(unseen: Unseen, examples: Examples, *, kept: float, everyday: float) -> Thresholds:
    """Return the thresholds of highest recall that keep both promises.

    ``kept``: least share of messages below 3 that stay below 3; ``everyday``: most everyday sentences in 1,000 called a crisis.
    """
    gold = np.array([int(level) for level in examples.levels])
    own = np.array(examples.addressed)
    curve = [_point(unseen, gold, own, crisis_at=round(float(c), 2), addressed_at=a) for a in GATES for c in np.arange(0.2, 0.81, 0.01)]
    fitting = [point for point in curve if point["kept"] >= kept and point["everyday"] <= everyday] or [curve[-1]]
    best = max(fitting, key=lambda point: point["recall"])
    share = unseen.levels[:, 4] / np.maximum(unseen.levels[:, 3] + unseen.levels[:, 4], 1e-9)
    inside = gold >= CRISIS
    acute_at = max(np.arange(0.3, 0.71, 0.02), key=lambda t: float(((share[inside] >= t) == (gold[inside] == 4)).mean()))
    return Thresholds(best["crisis_at"], best["addressed_at"], round(float(acute_at), 2), curve)


def _point(unseen: Unseen, gold: Any, own: Any, *, crisis_at: float, addressed_at: float) -> Dict[str, float]:
    flagged = (unseen.crisis >= crisis_at) & (unseen.addressed >= addressed_at)
    return {
        "crisis_at": crisis_at,
        "addressed_at": addressed_at,
        "recall": round(float(flagged[gold >= CRISIS].mean()), 4),
        "recall_acute": round(float(flagged[gold == 4].mean()), 4),
        "kept": round(float(1 - flagged[own & (gold < CRISIS)].mean()), 4),
        "everyday": round(1000 * float(flagged[~own].mean()), 2) if (~own).any() else 0.0,
    }


def thin(coef: Floats, rank: int) -> Tuple[Floats, Floats]:
    """Return two thin matrices whose product is the best approximation of ``coef`` of that rank."""
    left, values, right = np.linalg.svd(coef, full_matrices=False)
    root = np.sqrt(values[:rank])
    return left[:, :rank] * root, root[:, None] * right[:rank]


def fit_head(
    matrix: scipy.sparse.csr_matrix, labels: Sequence[str], examples: Examples, strength: float, seed: int = 7
) -> Tuple[List[str], Floats, Floats]:
    """Return classes, coefficients and biases of one head."""
    head = fit(matrix, labels, strength=strength, weights=examples.weights, seed=seed)
    return head.classes, head.coef, head.bias
