"""The comparison itself: authors dealt into parts by a seed, every candidate on every part, figures of messages by unseen authors."""

import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from bot.components.linear_head import author_of, labels_of
from bot.importer import messages_of
from evaluation.blocks import Corpus, Fold, Reading, Row
from evaluation.candidates import LABELS, Candidate
from evaluation.metrics import Rate

ROOT = Path(__file__).parent.parent
KEPT = 0.94  # share of messages below 3 that stay below 3
SMALL = 2_000  # messages for what is too slow for all of them, tried by the first seed alone


class Figure(NamedTuple):
    """One figure of one candidate: a rate for each seed, and the mean seconds it took to learn."""

    rates: List[Rate]
    seconds: float

    @property
    def mean(self) -> float:
        """Return the mean of all seeds."""
        return sum(rate.value for rate in self.rates) / len(self.rates)

    @property
    def worst(self) -> Rate:
        """Return the worst of all seeds."""
        return min(self.rates, key=lambda rate: rate.value)


Figures = Dict[str, Dict[str, Figure]]  # figure -> candidate


def read_rows() -> List[Row]:
    """Return all training messages with author and labels."""
    messages = [m for path in sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")) for m in messages_of(str(path))]
    return [{"sub": "", "kinds": "", **labels_of(m), "text": m.get("text"), "author": author_of(m)} for m in messages if labels_of(m)]


def sample(rows: Sequence[Row], most: int, seed: int) -> List[Row]:
    """Return at most so many rows, drawn by seed."""
    return list(rows) if len(rows) <= most else random.Random(seed).sample(list(rows), most)


def deal(authors: Sequence[str], parts: int, seed: int) -> List[List[str]]:
    """Return the authors in parts of about the same size."""
    order = sorted(set(authors))
    random.Random(seed).shuffle(order)
    return [order[i::parts] for i in range(parts)]


def folds(corpus: Corpus, numbers: Sequence[int], parts: int, seed: int) -> Iterator[Fold]:
    """Yield a fold for each part of the authors of these messages."""
    authors = {i: corpus.rows[i]["author"] for i in numbers}
    for part in deal(list(authors.values()), parts, seed):
        unseen = [i for i in numbers if authors[i] in part]
        yield Fold(corpus, [i for i in numbers if authors[i] not in part], unseen, seed)


def compare(
    rows: Sequence[Row], chosen: Dict[str, Candidate], seeds: Sequence[int], parts: int
) -> Iterator[Tuple[Figures, Dict[str, str]]]:
    """Yield, after each seed, the figures of the candidates so far, and what failed and why."""
    corpus = Corpus(rows)
    failed: Dict[str, str] = {}
    found: Dict[Tuple[str, str], Dict[int, List[Tuple[Rate, float]]]] = defaultdict(lambda: defaultdict(list))
    for seed in seeds:
        begun = time.perf_counter()
        tried = {name: one for name, one in chosen.items() if seed == seeds[0] or not one.small}
        for fold, now in _occasions(corpus, tried, parts, seed):
            for name, label, reading in _readings(fold, now, failed):
                for figure, rate in measure(reading, fold.rows(fold.unseen), label).items():
                    found[figure, name][seed].append((rate, reading.seconds))
                    if tried[name].small:  # these take minutes each
                        print(f"seed {seed}: {name}, {figure} {rate}", flush=True)
        print(f"seed {seed}: {time.perf_counter() - begun:.0f} s", flush=True)
        yield _together(found), failed


def _readings(fold: Fold, now: Dict[str, Candidate], failed: Dict[str, str]) -> Iterator[Tuple[str, str, Reading]]:
    for name, one in now.items():
        for label in one.labels:
            try:
                reading = one.read(fold, label)
            except (TimeoutError, RuntimeError) as error:
                failed[f"{name}, {label}, seed {fold.seed}"] = str(error)
            else:
                yield name, label, reading


def _occasions(corpus: Corpus, chosen: Dict[str, Candidate], parts: int, seed: int) -> Iterator[Tuple[Fold, Dict[str, Candidate]]]:
    """Yield each fold with the candidates that are tried on it: the slow ones on one part of a small sample."""
    fast, slow = ({name: one for name, one in chosen.items() if one.small is small} for small in (False, True))
    if fast:
        yield from ((fold, fast) for fold in folds(corpus, range(len(corpus.rows)), parts, seed))
    if slow:
        few = random.Random(seed).sample(range(len(corpus.rows)), min(SMALL, len(corpus.rows)))
        yield next(folds(corpus, few, parts, seed)), slow


def _together(found: Dict[Tuple[str, str], Dict[int, List[Tuple[Rate, float]]]]) -> Figures:
    out: Figures = defaultdict(dict)
    for (figure, name), by_seed in found.items():
        rates = [Rate(sum(rate.hits for rate, _ in parts), sum(rate.n for rate, _ in parts)) for parts in by_seed.values()]
        seconds = [seconds for parts in by_seed.values() for _, seconds in parts]
        out[figure][name] = Figure(rates, sum(seconds) / len(seconds))
    return out


def measure(reading: Reading, rows: Sequence[Row], label: str) -> Dict[str, Rate]:
    """Return the figures of one reading of the unseen messages."""
    gold = [LABELS[label](row) for row in rows]
    if label == "crisis":
        return {"crisis, recall at 94% kept": _recall(reading, np.array([one == "True" for one in gold]))}
    if label == "sub":
        ranks = [_rank(reading, i, one, within=one.split("/")[0] + "/") for i, one in enumerate(gold) if not one.endswith("/")]
        return {"sub theme, given the main": _at_most(ranks, 0)}
    ranks = [_rank(reading, i, one) for i, one in enumerate(gold)]
    if label == "theme":
        return {"theme, first": _at_most(ranks, 0), "theme, in the first three": _at_most(ranks, 2)}
    return {"perspective": _at_most(ranks, 0)}


def _rank(reading: Reading, row: int, gold: str, within: str = "") -> int:
    """Return how many other classes score as high as the right one or higher; all of them where it was never learned."""
    own = [i for i, name in enumerate(reading.classes) if name.startswith(within)]
    if gold not in reading.classes:
        return len(own) + 1_000
    right = reading.classes.index(gold)
    return int((reading.scores[row, own] >= reading.scores[row, right]).sum()) - 1


def _at_most(ranks: Sequence[int], most: int) -> Rate:
    return Rate(sum(rank <= most for rank in ranks), len(ranks))


def _recall(reading: Reading, positive: npt.NDArray[np.bool_]) -> Rate:
    """Return the recall above the score that so many messages below 3 do not pass."""
    scores = reading.scores[:, reading.classes.index("True")]
    negative = np.sort(scores[~positive])[::-1]
    allowed = int((1 - KEPT) * len(negative) + 1e-9)
    limit = negative[allowed] if len(negative) else -np.inf
    return Rate(int((scores[positive] > limit).sum()), int(positive.sum()))
