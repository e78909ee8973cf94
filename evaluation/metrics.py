"""Figures from pairs of gold and predicted labels. Pure; every rate carries its n and a Wilson interval."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

LEVELS = 5
Z = 1.959964  # of a 95% interval


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` of ``n``."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """Return the share; nan for n = 0."""
        return self.hits / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95% Wilson interval."""
        if not self.n:
            return (math.nan, math.nan)
        p, n = self.value, self.n
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return (max(0.0, middle - half), min(1.0, middle + half))

    def __str__(self) -> str:
        if not self.n:
            return "- (n 0)"
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}-{high:.3f}] (n {self.n})"


def rate(items: Iterable[object], holds: Callable[..., bool]) -> Rate:
    """Return how many items hold."""
    results = [bool(holds(item)) for item in items]
    return Rate(sum(results), len(results))


def weighted_kappa(gold: Sequence[int], predicted: Sequence[int], levels: int = LEVELS) -> float:
    """Return the quadratic weighted kappa of two readings on ordered levels."""
    n = len(gold)
    observed = sum((g - p) ** 2 for g, p in zip(gold, predicted, strict=True))
    g_counts = [sum(g == level for g in gold) for level in range(levels)]
    p_counts = [sum(p == level for p in predicted) for level in range(levels)]
    expected = sum(g_counts[i] * p_counts[j] * (i - j) ** 2 for i in range(levels) for j in range(levels)) / n
    return 1 - observed / expected if expected else math.nan


def macro_f1(gold: Sequence[int], predicted: Sequence[int], levels: int = LEVELS) -> float:
    """Return the mean over levels of F1."""
    return sum(_f1([g == k for g in gold], [p == k for p in predicted]) for k in range(levels)) / levels


def kinds_f1(gold: Sequence[set[str]], predicted: Sequence[set[str]]) -> dict[str, float]:
    """Return F1 per crisis kind that occurs in the gold labels."""
    names = sorted(set().union(*gold)) if gold else []
    return {name: _f1([name in g for g in gold], [name in p for p in predicted]) for name in names}


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error over equally wide bins."""
    n = len(confidence)
    total = 0.0
    for k in range(bins):
        inside = [i for i, c in enumerate(confidence) if k / bins <= c < (k + 1) / bins or (k == bins - 1 and c == 1.0)]
        if inside:
            mean = sum(confidence[i] for i in inside) / len(inside)
            hits = sum(right[i] for i in inside) / len(inside)
            total += len(inside) / n * abs(mean - hits)
    return total


def _f1(gold: Sequence[bool], predicted: Sequence[bool]) -> float:
    both = sum(g and p for g, p in zip(gold, predicted, strict=True))
    total = sum(gold) + sum(predicted)
    return 2 * both / total if total else 0.0
