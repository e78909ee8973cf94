"""``./nachtlicht evaluate triage``: what the triage recognises, misses and raises for nothing, with n and 95% intervals.

Errors on the test set are shown by count and kind only; ``--reveal WHY`` shows their texts and records that in ``revealed.csv``,
because a set that was looked at is no longer unseen.
"""

import argparse
import asyncio
import csv
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluation.labelled_sets import read_everyday, read_messages
from evaluation.metrics import Rate, calibration_error, kinds_f1, macro_f1, rate, weighted_kappa
from handoff.bot_client import BotClient
from handoff.classify import label
from handoff.settings import Settings
from handoff.triage.triage import Triage, load_triage

Row = dict[str, Any]
CRISIS = 3
REVEALED = Path(__file__).parent / "revealed.csv"
SLICES = (
    "vlaams",
    "tweede_taal",
    "jongere",
    "oudere",
    "minderjarig",
    "typfout",
    "kort",
    "lang",
    "ontkenning_met_signaal",
    "begraven_signaal",
)


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triage-only", action="store_true")
    parser.add_argument("--reveal", metavar="WHY")
    arguments = parser.parse_args()
    triage = load_triage()
    gold = read_messages()
    parses = [None] * len(gold) if arguments.triage_only else asyncio.run(_parse_all([row["text"] for row in gold]))
    pairs = [(row, label(triage, row["text"], parse)) for row, parse in zip(gold, parses, strict=True)]
    print(f"triage {triage.version}; dev.jsonl, n {len(gold)}")
    print_urgency(pairs)
    print_fragments(triage, gold)
    if not arguments.triage_only:
        print_themes(pairs)
    print_everyday(triage)
    print_errors(pairs)
    if arguments.reveal:
        _reveal(pairs, arguments.reveal)
    return 0


async def _parse_all(texts: list[str]) -> list[Row]:
    bot = BotClient(Settings())
    try:
        return [await bot.parse(text) for text in texts]
    finally:
        await bot.close()


def found(pair: tuple[Row, Row]) -> bool:
    """Return whether a message was read as a crisis."""
    return bool(pair[1]["urgency"] >= CRISIS)


def crises(pairs: Iterable[tuple[Row, Row]]) -> list[tuple[Row, Row]]:
    """Return the messages that are crises by their label."""
    return [pair for pair in pairs if pair[0]["urgency"] >= CRISIS]


def print_urgency(pairs: list[tuple[Row, Row]]) -> None:
    """Print recall, false alarms, agreement and kinds."""
    positive, negative = crises(pairs), [pair for pair in pairs if pair[0]["urgency"] < CRISIS]
    veiled = [pair for pair in positive if "verhuld" in pair[0]["phenomena"]]
    plain = [pair for pair in positive if "verhuld" not in pair[0]["phenomena"]]
    _line("level 4 recognised as 3 or 4", rate([p for p in positive if p[0]["urgency"] == 4], found))
    _line("level 4 read below 2", rate([p for p in positive if p[0]["urgency"] == 4], lambda p: p[1]["urgency"] < 2))
    _line("level 3 and 4 recognised", rate(positive, found))
    _line("  explicit wording", rate(plain, found))
    _line("  veiled wording", rate(veiled, found))
    _line("messages below 3 left below 3", rate(negative, lambda p: not found(p)))
    hard = [pair for pair in negative if "schijnalarm" in pair[0]["phenomena"]]
    _line("  tagged hard negatives", rate(hard, lambda p: not found(p)))
    gold, predicted = [p[0]["urgency"] for p in pairs], [p[1]["urgency"] for p in pairs]
    print(f"{'urgency: quadratic weighted kappa; macro F1':46} {weighted_kappa(gold, predicted):.3f}; {macro_f1(gold, predicted):.3f}")
    seen = [pair for pair in positive if found(pair)]
    scores = kinds_f1([set(p[0]["crisis_kinds"]) for p in seen], [set(p[1]["crisis_kinds"]) for p in seen])
    if scores:
        print(f"{'crisis kinds, macro F1, of those recognised':46} {sum(scores.values()) / len(scores):.3f} (n {len(seen)})")
    for name in SLICES:
        part = [pair for pair in positive if name in pair[0]["phenomena"]]
        if part:
            _line(f"  recall, {name}", rate(part, found))
    for source in ("screen_urgency", "model_urgency"):
        _line(f"  {source.split('_')[0]} alone: recall", rate(positive, lambda p, s=source: (p[1][s] or 0) >= CRISIS))


def print_fragments(triage: Triage, gold: list[Row]) -> None:
    """Print the recall when the same messages come in two to four pieces, as people type."""
    rows = [row for row in gold if row["urgency"] >= CRISIS]
    _line("recall, cut into 2-4 fragments", rate(rows, lambda row: read_in_pieces(triage, row["text"]) >= CRISIS))


def read_in_pieces(triage: Triage, text: str) -> int:
    """Return the highest level while a text comes in two to four pieces of whole words."""
    words = text.split()
    parts = min(4, max(2, len(words) // 6))
    size = -(-len(words) // parts)
    pieces = [" ".join(words[i : i + size]) for i in range(0, len(words), size)]
    return max(triage.read(piece, pieces[:i]).level for i, piece in enumerate(pieces))


def print_themes(pairs: list[tuple[Row, Row]]) -> None:
    """Print theme, sub theme, perspective and calibration."""
    _line("theme, first", rate(pairs, lambda p: p[0]["theme"] == p[1]["theme"]))
    _line("theme, in the first three", rate(pairs, lambda p: p[0]["theme"] in p[1]["themes"]))
    right = [pair for pair in pairs if pair[0]["theme"] == pair[1]["theme"] and pair[0]["sub"]]
    _line("sub theme, given the main", rate(right, lambda p: p[0]["sub"] == p[1]["sub"]))
    _line("perspective", rate(pairs, lambda p: p[0]["perspective"] == p[1]["perspective"]))
    error = calibration_error([float(p[1]["confidence"] or 0) for p in pairs], [p[0]["theme"] == p[1]["theme"] for p in pairs])
    print(f"{'calibration of the theme (ECE, 10 bins)':46} {error:.3f}")
    for theme in sorted({pair[0]["theme"] for pair in pairs}):
        _line(f"  {theme}", rate([p for p in pairs if p[0]["theme"] == theme], lambda p: p[0]["theme"] == p[1]["theme"]))


def print_everyday(triage: Triage) -> None:
    """Print how many everyday sentences are called a crisis."""
    sentences = read_everyday()
    alarms = rate(sentences, lambda sentence: triage.read(sentence).level >= CRISIS)
    print(f"{'everyday Dutch called a crisis, per 1,000':46} {1000 * alarms.value:.2f} ({alarms.hits} of {alarms.n})")


def print_errors(pairs: list[tuple[Row, Row]]) -> None:
    """Print the errors by count and kind, without texts."""
    missed = Counter(kind for pair in crises(pairs) if not found(pair) for kind in pair[0]["crisis_kinds"])
    raised = Counter(tag for pair in pairs if pair[0]["urgency"] < CRISIS and found(pair) for tag in pair[0]["phenomena"] or ["none"])
    rules = Counter(
        e["rule"] for pair in pairs if pair[0]["urgency"] < CRISIS and found(pair) for e in pair[1]["evidence"] if e["level"] >= CRISIS
    )
    print("missed, by crisis kind:", dict(missed.most_common()))
    print("raised for nothing, by phenomenon:", dict(raised.most_common()))
    print("raised for nothing, by rule:", dict(rules.most_common()))


def _line(name: str, value: Rate) -> None:
    print(f"{name:46} {value}")


def _reveal(pairs: list[tuple[Row, Row]], why: str) -> None:
    wrong = [pair for pair in pairs if found(pair) != (pair[0]["urgency"] >= CRISIS)]
    for gold, read in wrong:
        print(f"{gold['id']} {gold['urgency']} read {read['urgency']}: {gold['text']}")
    with REVEALED.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow([datetime.now(UTC).date(), "dev.jsonl", len(wrong), why])


if __name__ == "__main__":
    sys.exit(main())
