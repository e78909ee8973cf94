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
from bot.components.urgency_weights import CRISIS, FEW_WORDS, LEVELS, log_odds
from bot.components.worn_text import load_variants, worn

EVERYDAY = Path(__file__).parent.parent.parent / "nlu_data" / "urgency"
SEED = 7  # of the mistyped copies
EVERYDAY_WEIGHT = 6.0  # of an everyday sentence in learning, beside 1 of a message
ORDINARY = "alledaags"  # the topic of everyday sentences
WORN_WEIGHT = 0.5  # of a mistyped copy
GATES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9)  # thresholds of being addressed that are tried


class Examples(NamedTuple):
    """Plain texts with their labels. ``topics``: sub theme and whether it is a crisis; ``addressed``: not everyday Dutch."""

    texts: List[str]
    levels: List[str]
    topics: List[str]
    authors: List[str]
    kinds: List[str]
    addressed: List[bool]
    worn: List[bool]

    @property
    def weights(self) -> Floats:
        """Return how much each example counts."""
        return np.array([WORN_WEIGHT if copy else 1.0 if one else EVERYDAY_WEIGHT for one, copy in zip(self.addressed, self.worn)])

    @property
    def real(self) -> Any:
        """Return which examples are messages as their authors wrote them."""
        return np.array(self.addressed) & ~np.array(self.worn)


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
    slope: float
    shift: float


def examples_of(texts: Sequence[str], labels: Sequence[Dict[str, str]], authors: Sequence[str]) -> Examples:
    """Return messages as examples, their texts made plain. ``labels``: urgency, theme, sub and kinds of each."""
    topics = [f"{one['theme']}/{one.get('sub', '')}|{int(one['urgency']) >= CRISIS}" for one in labels]
    kinds = [one.get("kinds", "") for one in labels]
    levels, n = [one["urgency"] for one in labels], len(texts)
    return Examples([plain(t) for t in texts], levels, topics, list(authors), kinds, [True] * n, [False] * n)


def with_worn(own: Examples) -> Examples:
    """Add a mistyped copy of every crisis, and of one in three other messages so that slips are no sign of danger."""
    variants = load_variants()
    rows = [i for i, level in enumerate(own.levels) if int(level) >= CRISIS or i % 3 == 0]
    texts = own.texts + [worn(own.texts[i], variants, SEED) for i in rows]
    levels, topics = own.levels + [own.levels[i] for i in rows], own.topics + [own.topics[i] for i in rows]
    authors, kinds = own.authors + [own.authors[i] for i in rows], own.kinds + [own.kinds[i] for i in rows]
    copies = [True] * len(rows)
    return Examples(texts, levels, topics, authors, kinds, own.addressed + copies, own.worn + copies)


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
        own.worn + [False] * n,
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
    """What heads say of examples whose author they have not seen, and what was fitted on it.

    The mean of two heads is no probability yet: ``slope`` and ``shift`` on its log-odds make it one.
    """

    levels: Floats
    crisis: Floats
    addressed: Floats
    level_heat: float
    topic_heat: float
    slope: float
    shift: float


def read_unseen(matrix: scipy.sparse.csr_matrix, examples: Examples, strength: float) -> Unseen:
    """Return held-out probabilities of levels, of a crisis (both heads' mean) and of being addressed."""
    weights, authors = examples.weights, examples.authors
    levels, _ = held_out(matrix, examples.levels, authors, strength=strength, weights=weights)
    topics, names = held_out(matrix, examples.topics, authors, strength=strength, weights=weights)
    addressed, _ = held_out(matrix, [str(one) for one in examples.addressed], authors, strength=strength, weights=weights)
    real = examples.real
    level_heat = temperature_for(levels[real], [level for level, one in zip(examples.levels, real) if one], LEVELS)
    topic_heat = temperature_for(topics, examples.topics, names)
    level_p, topic_p = softmax(levels / level_heat), softmax(topics / topic_heat)
    odds = log_odds((level_p[:, 3] + level_p[:, 4] + topic_p @ crisis_mask(names)) / 2)
    gold = np.array([int(level) >= CRISIS for level in examples.levels])
    fitted = LogisticRegression(C=1e6).fit(odds[real, None], gold[real])
    slope, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    crisis = 1 / (1 + np.exp(-(slope * odds + shift)))
    return Unseen(level_p, crisis, softmax(3 * addressed)[:, 1], level_heat, topic_heat, slope, shift)


def crisis_mask(topics: Sequence[str]) -> Floats:
    """Return 1 for each topic that is a crisis."""
    return np.array([float(topic.endswith("|True")) for topic in topics])


def choose_thresholds(unseen: Unseen, examples: Examples, *, few: float, kept: float, everyday: float) -> Thresholds:
    """Return the thresholds of highest recall that keep both promises.

    ``few``: how much surer a text of up to eight words has to be.
    ``kept``: least share of messages below 3 that stay below 3; ``everyday``: most everyday sentences in 1,000 called a crisis.
    """
    gold = np.array([int(level) for level in examples.levels])
    groups = examples.real, ~np.array(examples.addressed)
    short = np.array([len(text.split()) <= FEW_WORDS for text in examples.texts])
    unseen = unseen._replace(crisis=unseen.crisis - few * short)
    curve = [_point(unseen, gold, groups, crisis_at=round(float(c), 2), addressed_at=a) for a in GATES for c in np.arange(0.1, 0.91, 0.01)]
    fitting = [point for point in curve if point["kept"] >= kept and point["everyday"] <= everyday] or [curve[-1]]
    best = max(fitting, key=lambda point: point["recall"])
    share = unseen.levels[:, 4] / np.maximum(unseen.levels[:, 3] + unseen.levels[:, 4], 1e-9)
    inside = (gold >= CRISIS) & examples.real
    acute_at = max(np.arange(0.3, 0.71, 0.02), key=lambda t: float(((share[inside] >= t) == (gold[inside] == 4)).mean()))
    return Thresholds(best["crisis_at"], best["addressed_at"], round(float(acute_at), 2), curve)


def _point(unseen: Unseen, gold: Any, groups: Tuple[Any, Any], *, crisis_at: float, addressed_at: float) -> Dict[str, float]:
    real, everyday = groups
    flagged = (unseen.crisis >= crisis_at) & (unseen.addressed >= addressed_at)
    return {
        "crisis_at": crisis_at,
        "addressed_at": addressed_at,
        "recall": round(float(flagged[real & (gold >= CRISIS)].mean()), 4),
        "recall_acute": round(float(flagged[real & (gold == 4)].mean()), 4),
        "kept": round(float(1 - flagged[real & (gold < CRISIS)].mean()), 4),
        "everyday": round(1000 * float(flagged[everyday].mean()), 2) if everyday.any() else 0.0,
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
