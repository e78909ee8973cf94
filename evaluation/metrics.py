"""Figures from pairs of gold and predicted labels, and the list of floors they are held to. Pure; with n and a 95% interval.

Shares have Wilson intervals, falls between two readings of the same messages paired ones (Bonett & Price 2012), everything else
percentiles of drawing the items anew (the same draws every time). What nothing was counted for is nan, never 0 or 1.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

LEVELS = 5
Z = 1.959964  # of a 95% interval
DRAWS = 400


class Figure(NamedTuple):
    """A value with its 95% interval and the number of items it rests on."""

    value: float
    low: float
    high: float
    n: int


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

    def figure(self, per: float = 1.0) -> Figure:
        """Return the share as so many per ``per``."""
        low, high = self.interval
        return Figure(per * self.value, per * low, per * high, self.n)

    def __str__(self) -> str:
        if not self.n:
            return "- (n 0)"
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}-{high:.3f}] (n {self.n})"


def rate(items: Iterable[object], holds: Callable[..., bool]) -> Rate:
    """Return how many items hold."""
    results = [bool(holds(item)) for item in items]
    return Rate(sum(results), len(results))


@dataclass(frozen=True, slots=True)
class Fall:
    """The same messages read twice. ``points``: how many percentage points the share falls (below 0: rises)."""

    before: Rate
    after: Rate
    points: Figure


def fall(before: Sequence[bool], after: Sequence[bool]) -> Fall:
    """Return how far a share falls between two readings of the same messages."""
    n = len(before)
    lost = sum(a and not b for a, b in zip(before, after, strict=True))
    won = sum(b and not a for a, b in zip(before, after, strict=True))
    if not n:
        return Fall(Rate(0, 0), Rate(0, 0), Figure(math.nan, math.nan, math.nan, 0))
    p, q = (lost + 1) / (n + 2), (won + 1) / (n + 2)
    half = Z * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    points = Figure(100 * (lost - won) / n, 100 * max(-1.0, p - q - half), 100 * min(1.0, p - q + half), n)
    return Fall(Rate(sum(before), n), Rate(sum(after), n), points)


def resampled(items: Sequence[Any], statistic: Callable[[Sequence[Any]], float], draws: int = DRAWS) -> Figure:
    """Return a statistic with the interval that drawing the items anew gives."""
    if not items:
        return Figure(math.nan, math.nan, math.nan, 0)
    dice = random.Random(0)
    values = [statistic(dice.choices(items, k=len(items))) for _ in range(draws)]
    finite = [value for value in values if not math.isnan(value)]
    return Figure(statistic(items), quantile(finite, 0.025), quantile(finite, 0.975), len(items))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed; nan without values."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else math.nan


def confusion(gold: Sequence[int], predicted: Sequence[int], levels: int = LEVELS) -> list[list[int]]:
    """Return how often each gold level (row) was read as each level (column)."""
    table = [[0] * levels for _ in range(levels)]
    for g, p in zip(gold, predicted, strict=True):
        table[g][p] += 1
    return table


def weighted_kappa(gold: Sequence[int], predicted: Sequence[int], levels: int = LEVELS) -> float:
    """Return the quadratic weighted kappa of two readings on ordered levels; nan where both know one level only."""
    n = len(gold)
    observed = sum((g - p) ** 2 for g, p in zip(gold, predicted, strict=True))
    g_counts = [sum(g == level for g in gold) for level in range(levels)]
    p_counts = [sum(p == level for p in predicted) for level in range(levels)]
    expected = sum(g_counts[i] * p_counts[j] * (i - j) ** 2 for i in range(levels) for j in range(levels))
    return 1 - observed * n / expected if expected else math.nan


def macro_f1(gold: Sequence[int], predicted: Sequence[int], levels: int = LEVELS) -> float:
    """Return the mean of F1 over the levels that occur, in gold or in the reading."""
    known = [level for level in range(levels) if level in gold or level in predicted]
    return mean([_f1([g == k for g in gold], [p == k for p in predicted]) for k in known])


def kinds_f1(gold: Sequence[set[str]], predicted: Sequence[set[str]]) -> dict[str, float]:
    """Return F1 per crisis kind that occurs in the gold labels."""
    names = sorted(set().union(*gold)) if gold else []
    return {name: _f1([name in g for g in gold], [name in p for p in predicted]) for name in names}


def mean(values: Sequence[float]) -> float:
    """Return the mean; nan without values."""
    return sum(values) / len(values) if values else math.nan


class Bin(NamedTuple):
    """Readings of about the same confidence: how sure they were on average, and how often they were right."""

    confidence: float
    right: float
    n: int


def reliability(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Return the bins, equally wide, that hold anything."""
    inside: dict[int, list[tuple[float, bool]]] = {}
    for sure, holds in zip(confidence, right, strict=True):
        inside.setdefault(min(int(sure * bins), bins - 1), []).append((sure, holds))
    return [Bin(mean([c for c, _ in some]), mean([float(r) for _, r in some]), len(some)) for _, some in sorted(inside.items())]


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the expected calibration error over equally wide bins; nan without readings."""
    if not confidence:
        return math.nan
    return sum(b.n * abs(b.confidence - b.right) for b in reliability(confidence, right, bins)) / len(confidence)


class Point(NamedTuple):
    """What a threshold costs: the share of crises found and the share of other messages called a crisis."""

    threshold: float
    recall: float
    alarms: float


def recall_curve(scores: Sequence[float], crisis: Sequence[bool], thresholds: Sequence[float]) -> list[Point]:
    """Return recall and false alarms for each threshold; a message is called a crisis where its score reaches it."""
    positive = [score for score, is_one in zip(scores, crisis, strict=True) if is_one]
    negative = [score for score, is_one in zip(scores, crisis, strict=True) if not is_one]
    return [Point(t, mean([float(s >= t) for s in positive]), mean([float(s >= t) for s in negative])) for t in thresholds]


class Floor(NamedTuple):
    """One line of the list of targets. A goal below its floor means that less is better."""

    name: str
    floor: float
    goal: float
    unit: str = ""

    def verdict(self, value: float) -> str:
        """Return whether a value is at the goal, meets the floor, misses it, or was not measured."""
        if math.isnan(value):
            return "not measured"
        sign = -1 if self.goal < self.floor else 1
        return "goal" if sign * value >= sign * self.goal else "met" if sign * value >= sign * self.floor else "MISSED"


FLOORS = (
    Floor("level 4 recognised as 3 or 4", 0.93, 0.98),
    Floor("level 3 and 4 recognised as 3 or 4", 0.88, 0.95),
    Floor("of these, explicit wording", 0.97, 0.99),
    Floor("of these, veiled wording", 0.78, 0.90),
    Floor("cut into 2-4 fragments: recall falls by", 5, 2, "points"),
    Floor("messages below 3 left below 3", 0.94, 0.97),
    Floor("tagged hard negatives left below 3", 0.94, 0.97),
    Floor("everyday Dutch called crisis, in 1,000", 1, 0.3),
    Floor("typing errors: recall falls by", 4, 2, "points"),
    Floor("no accents, capitals, punctuation: recall falls by", 4, 2, "points"),
    Floor("Flemish wording: recall falls by", 4, 2, "points"),
    Floor("crisis kinds, macro F1, of those recognised", 0.70, 0.80),
    Floor("urgency: quadratic weighted kappa", 0.72, 0.82),
    Floor("urgency: macro F1", 0.55, 0.65),
    Floor("theme, main: first", 0.66, 0.78),
    Floor("theme, main: in the first three", 0.86, 0.93),
    Floor("theme, sub given the main", 0.60, 0.72),
    Floor("perspective", 0.91, 0.95),
    Floor("calibration of theme (ECE, 10 bins)", 0.07, 0.04),
    Floor("calibration of urgency (ECE, 10 bins)", 0.07, 0.04),
    Floor("triage of a message after three others, median", 3, 1, "ms"),
    Floor("triage of a message after three others, p99", 8, 3, "ms"),
    Floor("Rasa parse p95, over HTTP", 50, 30, "ms"),
    Floor("training", 10, 5, "min"),
    Floor("memory of Rasa", 1.2, 0.9, "GB"),
)


def judged(measured: dict[str, Figure]) -> list[dict[str, Any]]:
    """Return every floor with what was measured and the verdict. What nobody measured is not met."""
    nothing = Figure(math.nan, math.nan, math.nan, 0)
    rows = [(floor, measured.get(floor.name, nothing)) for floor in FLOORS]
    return [{**floor._asdict(), **figure._asdict(), "verdict": floor.verdict(figure.value)} for floor, figure in rows]


def _f1(gold: Sequence[bool], predicted: Sequence[bool]) -> float:
    both = sum(g and p for g, p in zip(gold, predicted, strict=True))
    total = sum(gold) + sum(predicted)
    return 2 * both / total if total else 0.0
