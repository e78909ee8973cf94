"""``./nachtlicht evaluate heldout``: the triage on messages of authors it has not learned from. Runs in Rasa's environment.

Authors are dealt into parts, each part is left out in turn while the urgency model learns anew from the others, and the whole triage
(screen and model, with the thresholds as shipped) reads the part. Five ways of dealing; what is judged is the worst of the five.
The pooled figures add the test set ``dev.jsonl`` to one part, a different one each time. The rules of the screen were written with
most of the authors in sight; those that no writer of rules has read are given apart.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

from bot.components import urgency_learning as learning
from bot.components.linear_head import author_of, labels_of
from bot.components.urgency_classifier import UrgencyClassifier, build, fitted_vectorizers
from bot.importer import messages_of
from evaluation.labelled_sets import read_messages
from evaluation.metrics import macro_f1, rate, weighted_kappa
from evaluation.perturbations import falls_from, read_otherwise
from handoff.triage.model import load_weights
from handoff.triage.triage import load_triage

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
CRISIS = 3
SEEDS = 5
PARTS = 4
UNREAD = frozenset(
    "a04 a07 a10 a13 a16 a18 a20 a21 a22 b01 b05 b12 b16 c03 c05 c08 c10 c13 c14 d10 d13 d14 d15 d16 d17".split()
)  # authors whom no writer of rules has read
OTHERWISE = "dev and one part, typed otherwise"
GROUPS = ("all unseen", "unseen by rules too", "dev and one part")

Row = Dict[str, Any]


def main() -> int:
    """Measure, print and store; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    pooled: List[Row] = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for dev, groups, authors in pool.map(measure, range(arguments.seeds)):
            pooled.append({"seed": len(pooled), **groups})
            print(json.dumps(pooled[-1], indent=1), flush=True)
            result = {"dev": dev, "seeds": pooled, "worst": worst(pooled), "authors": authors}
            RESULTS.mkdir(exist_ok=True)
            # kept though the rest is cut short
            (RESULTS / "heldout.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(worst(pooled), indent=1))
    return 0


def measure(seed: int) -> Tuple[Row, Row, Dict[str, List[float]]]:
    """Return the figures of the test set, those of one way of dealing the authors, and each author's own."""
    messages = [m for path in sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")) for m in messages_of(str(path))]
    rows = [{"text": m.get("text"), "author": author_of(m), **labels_of(m)} for m in messages]
    dev = [{**row, "author": "dev", "tags": ",".join(row["phenomena"])} for row in read_messages()]
    read_all(load_triage(), dev, otherwise=True)
    parts = deal(sorted({row["author"] for row in rows}), seed)
    pooled_part = parts[seed % PARTS]
    for part in parts:
        read_part(rows, part, seed, otherwise=part is pooled_part)
    chosen = [row for row in rows if row["author"] in pooled_part]
    unread = [row for row in rows if row["author"] in UNREAD]
    groups = dict(zip(GROUPS, (figures(rows), figures(unread), figures(dev + chosen))))
    return figures(dev), {**groups, OTHERWISE: falls(dev + chosen)}, by_author(rows)


def deal(authors: List[str], seed: int) -> List[List[str]]:
    """Return the authors in parts of about the same size."""
    order = authors[:]
    random.Random(seed).shuffle(order)
    return [order[i::PARTS] for i in range(PARTS)]


def read_part(rows: Sequence[Row], part: Sequence[str], seed: int, *, otherwise: bool) -> None:
    """Learn from all other authors and read this part; ``otherwise``: also as other hands would have typed it."""
    seen = [row for row in rows if row["author"] not in part]
    examples = learning.examples_of([r["text"] for r in seen], seen, [r["author"] for r in seen])
    shipped = load_weights()
    thresholds = learning.Thresholds(shipped.crisis_at, shipped.addressed_at, shipped.acute_at, [])
    scales = learning.Scales(thresholds, shipped.level_heat, shipped.topic_heat, shipped.slope, shipped.shift)
    config = UrgencyClassifier.get_default_config()
    everything = learning.with_everyday(learning.with_worn(examples))
    weights = build(everything, config, fitted_vectorizers(everything, config), scales, seed)
    with tempfile.TemporaryDirectory() as folder:
        weights.save(Path(folder) / "urgency.npz")
        read_all(load_triage(weights=Path(folder) / "urgency.npz"), [row for row in rows if row["author"] in part], otherwise=otherwise)


def read_all(triage: Any, rows: Sequence[Row], *, otherwise: bool) -> None:
    """Keep with each row what the triage reads."""
    for row in rows:
        reading = triage.read(row["text"])
        row["read"], row["screen"] = reading.level, reading.screen.level
        row["otherwise"] = read_otherwise(triage, row["text"]) if otherwise else {}


def falls(rows: Sequence[Row]) -> Dict[str, Dict[str, List[float]]]:
    """Return for each other way of typing how many points recall and kept share fall, with the 95% interval and n."""
    crisis, read = [int(row["urgency"]) >= CRISIS for row in rows], [row["read"] >= CRISIS for row in rows]
    found = falls_from(crisis, read, [row["otherwise"] for row in rows])
    return {name: {of: _points(one.points) for of, one in both.items()} for name, both in found.items()}


def _points(figure: Any) -> List[float]:
    return [round(figure.value, 2), round(figure.low, 2), round(figure.high, 2), figure.n]


def figures(rows: Sequence[Row]) -> Dict[str, Any]:
    """Return the figures of the issue's table for messages that were read, each with its n and 95% interval."""
    level = {id(row): int(row["urgency"]) for row in rows}
    positive = [row for row in rows if level[id(row)] >= CRISIS]
    negative = [row for row in rows if level[id(row)] < CRISIS]

    def tagged(some: Sequence[Row], tag: str, there: bool = True) -> List[Row]:
        return [row for row in some if (tag in row.get("tags", "").split(",")) is there]

    def found(row: Row) -> bool:
        return bool(row["read"] >= CRISIS)

    shares = {
        "level 4 recognised": rate([row for row in positive if level[id(row)] > CRISIS], found),
        "level 4 below 2": rate([row for row in positive if level[id(row)] > CRISIS], lambda row: row["read"] < 2),
        "level 3 and 4 recognised": rate(positive, found),
        "explicit": rate(tagged(positive, "verhuld", there=False), found),
        "veiled": rate(tagged(positive, "verhuld"), found),
        "below 3 left below 3": rate(negative, lambda row: not found(row)),
        "hard negatives": rate(tagged(negative, "schijnalarm"), lambda row: not found(row)),
        "screen alone": rate(positive, lambda row: row["screen"] >= CRISIS),
    }
    gold, read = list(level.values()), [row["read"] for row in rows]
    agreement = {"kappa": round(weighted_kappa(gold, read), 3), "macro F1": round(macro_f1(gold, read), 3)}
    return {
        **{name: [round(value.value, 3), *[round(edge, 3) for edge in value.interval], value.n] for name, value in shares.items()},
        **agreement,
    }


def worst(pooled: Sequence[Row]) -> Dict[str, Dict[str, float]]:
    """Return the worst of all seeds for each figure."""
    out: Dict[str, Dict[str, float]] = {}
    for name in GROUPS:
        values = {key: [one[name][key] for one in pooled] for key in pooled[0][name]}
        plain = {key: [value[0] if isinstance(value, list) else value for value in many] for key, many in values.items()}
        out[name] = {key: max(many) if "below 2" in key else min(many) for key, many in plain.items()}
    ways = pooled[0][OTHERWISE]
    out[OTHERWISE] = {f"{way}: {of}": max(one[OTHERWISE][way][of][0] for one in pooled) for way in ways for of in ways[way]}
    return out


def by_author(rows: Sequence[Row]) -> Dict[str, List[float]]:
    """Return recall and kept share of each author, never seen, with both n."""
    groups: Dict[str, List[Row]] = defaultdict(list)
    for row in rows:
        groups[row["author"]].append(row)
    out = {}
    for author, some in sorted(groups.items()):
        recall = rate([r for r in some if int(r["urgency"]) >= CRISIS], lambda r: r["read"] >= CRISIS)
        kept = rate([r for r in some if int(r["urgency"]) < CRISIS], lambda r: r["read"] < CRISIS)
        out[author] = [round(recall.value, 3), recall.n, round(kept.value, 3), kept.n]
    return out


if __name__ == "__main__":
    sys.exit(main())
