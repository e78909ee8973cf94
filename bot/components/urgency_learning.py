"""How the urgency model is learned: levels, whether a text is addressed to a helpline, crisis kinds, and the thresholds.

Ordinary Dutch that nobody would send to a helpline (``nlu_data/urgency/everyday*.txt``) teaches what is no message of need.
Thresholds are chosen on authors that the model has not seen: the highest recall at which enough messages below 3 stay below 3 and
few enough everyday sentences are called a crisis.
"""

from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from bot.components.linear_head import Floats, fit, held_out, temperature_for
from bot.components.preparation import plain
from bot.components.urgency_weights import CRISIS, LEVELS, softmax

EVERYDAY = Path(__file__).parent.parent.parent / "nlu_data" / "urgency"
EVERYDAY_WEIGHT = 3.0  # of an everyday sentence in learning, beside 1 of a message


class Examples(NamedTuple):
    """Plain texts with their labels. ``addressed``: a message to a helpline, not everyday Dutch."""

    texts: List[str]
    levels: List[str]
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


def with_everyday(examples: Examples, folder: Path = EVERYDAY) -> Examples:
    """Add the everyday sentences, each file as an author of its own."""
    texts, authors = list(examples.texts), list(examples.authors)
    for path in sorted(folder.glob("everyday*.txt")):
        lines = [plain(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        texts += lines
        authors += [path.stem] * len(lines)
    more = len(texts) - len(examples.texts)
    return Examples(texts, examples.levels + ["0"] * more, authors, examples.kinds + [""] * more, examples.addressed + [False] * more)


def learn_addressed(matrix: scipy.sparse.csr_matrix, examples: Examples, strength: float) -> Tuple[Floats, float]:
    """Return coefficients and bias of the head that knows a message to a helpline from everyday Dutch."""
    model = LogisticRegression(C=strength, max_iter=200, class_weight="balanced").fit(matrix, examples.addressed)
    return model.coef_[0], float(model.intercept_[0])


def learn_kinds(matrix: scipy.sparse.csr_matrix, examples: Examples, strength: float) -> Tuple[List[str], Floats, Floats]:
    """Return names, coefficients and biases of the crisis kinds, learned on crisis messages alone."""
    rows = [i for i, kinds in enumerate(examples.kinds) if kinds]
    sets = [set(examples.kinds[i].split(",")) for i in rows]
    names = sorted(set().union(*sets))
    models = [LogisticRegression(C=strength, max_iter=200).fit(matrix[rows], [name in one for one in sets]) for name in names]
    return names, np.array([m.coef_[0] for m in models]).T, np.array([m.intercept_[0] for m in models])


def unseen_scores(matrix: scipy.sparse.csr_matrix, examples: Examples, strength: float) -> Tuple[Floats, Floats]:
    """Return level scores and probabilities of being addressed, each from heads that have not seen the author."""
    levels, _ = held_out(matrix, examples.levels, examples.authors, strength=strength, weights=examples.weights)
    addressed, _ = held_out(matrix, [str(one) for one in examples.addressed], examples.authors, strength=strength, weights=examples.weights)
    return levels, softmax(addressed)[:, 1]


def choose_thresholds(scores: Floats, addressed: Floats, examples: Examples, *, kept: float, everyday: float) -> Thresholds:
    """Return the thresholds of highest recall that keep both promises.

    Args:
        scores: held-out level scores, already divided by the temperature.
        addressed: held-out probabilities that a text is addressed to a helpline.
        examples: their labels.
        kept: least share of messages below 3 that stay below 3.
        everyday: most everyday sentences in 1,000 that may be called a crisis.

    """
    probabilities = softmax(scores)
    crisis = probabilities[:, 3] + probabilities[:, 4]
    gold = np.array([int(level) for level in examples.levels])
    message = np.array(examples.addressed)
    curve = [
        _point(crisis, addressed, gold, message, crisis_at=round(float(c), 2), addressed_at=a)
        for a in (0.0, 0.5, 0.7, 0.8, 0.9)
        for c in np.arange(0.2, 0.81, 0.02)
    ]
    fitting = [point for point in curve if point["kept"] >= kept and point["everyday"] <= everyday] or [curve[-1]]
    best = max(fitting, key=lambda point: point["recall"])
    share = probabilities[:, 4] / np.maximum(crisis, 1e-9)
    inside = gold >= CRISIS
    acute_at = max(np.arange(0.3, 0.71, 0.02), key=lambda t: float(((share[inside] >= t) == (gold[inside] == 4)).mean()))
    return Thresholds(best["crisis_at"], best["addressed_at"], round(float(acute_at), 2), curve)


def _point(crisis: Floats, addressed: Floats, gold: Any, message: Any, *, crisis_at: float, addressed_at: float) -> Dict[str, float]:
    flagged = (crisis >= crisis_at) & (addressed >= addressed_at)
    return {
        "crisis_at": crisis_at,
        "addressed_at": addressed_at,
        "recall": round(float(flagged[gold >= CRISIS].mean()), 4),
        "recall_acute": round(float(flagged[gold == 4].mean()), 4),
        "kept": round(float(1 - flagged[message & (gold < CRISIS)].mean()), 4),
        "everyday": round(1000 * float(flagged[~message].mean()), 2) if (~message).any() else 0.0,
    }


def fit_levels(matrix: scipy.sparse.csr_matrix, examples: Examples, strength: float) -> Tuple[Floats, Floats]:
    """Return coefficients and biases of the levels."""
    head = fit(matrix, examples.levels, strength=strength, weights=examples.weights)
    assert head.classes == LEVELS, "every level has examples"
    return head.coef, head.bias


def temperature_of(scores: Floats, examples: Examples) -> float:
    """Return the temperature at which held-out probabilities of messages are best."""
    rows = np.array(examples.addressed)
    return temperature_for(scores[rows], [level for level, one in zip(examples.levels, examples.addressed) if one], LEVELS)


def examples_of(texts: Sequence[str], levels: Sequence[str], authors: Sequence[str], kinds: Sequence[str]) -> Examples:
    """Return messages as examples, their texts made plain."""
    return Examples([plain(text) for text in texts], list(levels), list(authors), list(kinds), [True] * len(texts))
