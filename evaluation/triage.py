"""``./nachtlicht evaluate triage``: what the triage recognises, misses and raises for nothing, with n and 95% intervals.

Errors on the test set are shown by count and kind only; ``--reveal WHY`` shows their texts and records that in ``revealed.csv``,
because a set that was looked at is no longer unseen. Neither the page (``--html``) nor the figures (``--json``) hold a text.
"""

import argparse
import asyncio
import csv
import json
import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from evaluation.labelled_sets import read_everyday, read_messages
from evaluation.metrics import (
    Fall,
    Figure,
    calibration_error,
    confusion,
    fall,
    kinds_f1,
    macro_f1,
    mean,
    quantile,
    rate,
    recall_curve,
    reliability,
    resampled,
    weighted_kappa,
)
from evaluation.perturbations import REWORDINGS, pieces, with_typos
from evaluation.triage_page import page
from handoff.bot_client import BotClient
from handoff.classify import label
from handoff.messages_in import readable
from handoff.settings import Settings
from handoff.triage.model import WEIGHTS, UrgencyModel, load_weights
from handoff.triage.reading import CRISIS, Reading
from handoff.triage.triage import CALMED, Triage, load_triage

Row = dict[str, Any]
MESSAGES = "dev.jsonl"
REVEALED = Path(__file__).parent / "revealed.csv"
ENOUGH = 150  # positives that a floor needs to count
SEEDS = 5  # ways of making typing errors; the worst counts
THRESHOLDS = [step / 50 for step in range(51)]
WRITERS = {
    "vlaams", "tweede_taal", "jongere", "oudere", "minderjarig", "typfout", "kleine_letter", "geen_leestekens", "kort", "lang", "emoji",
    "u_vorm",
}  # fmt: skip


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


FRAGMENTS, TYPOS, BARE, FLEMISH = "cut into 2-4 fragments", "typing errors", *REWORDINGS
FLOORS = (
    Floor("level 4 recognised as 3 or 4", 0.93, 0.98),
    Floor("level 3 and 4 recognised as 3 or 4", 0.88, 0.95),
    Floor("of these, explicit wording", 0.97, 0.99),
    Floor("of these, veiled wording", 0.78, 0.90),
    Floor(f"{FRAGMENTS}: recall falls by", 5, 2, "points"),
    Floor("messages below 3 left below 3", 0.94, 0.97),
    Floor("tagged hard negatives left below 3", 0.94, 0.97),
    Floor("everyday Dutch called crisis, in 1,000", 1, 0.3),
    Floor(f"{TYPOS}: recall falls by", 4, 2, "points"),
    Floor(f"{BARE}: recall falls by", 4, 2, "points"),
    Floor(f"{FLEMISH}: recall falls by", 4, 2, "points"),
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


@dataclass(frozen=True, slots=True)
class Case:
    """One message: its gold labels, the labels it was given, and the reading those rest on.

    ``reach``: the highest threshold of the model at which the message is still called a crisis; infinite where the screen does.
    """

    gold: Row
    read: Row
    reading: Reading
    reach: float

    @property
    def crisis(self) -> bool:
        """Whether the message is a crisis."""
        return bool(self.gold["urgency"] >= CRISIS)

    @property
    def found(self) -> bool:
        """Whether it was read as one."""
        return bool(self.read["urgency"] >= CRISIS)


def main() -> int:
    """Measure, print and store; return the exit code."""
    arguments = _arguments()
    triage, gold = load_triage(), read_messages(MESSAGES)
    parses, seconds = ([None] * len(gold), []) if arguments.triage_only else asyncio.run(_parse_all([row["text"] for row in gold]))
    model = UrgencyModel(load_weights()) if WEIGHTS.exists() else None
    cases = [case_of(triage, model, row, parse) for row, parse in zip(gold, parses, strict=True)]
    figures = figures_of(triage, cases, read_everyday(), seconds)
    show(figures)
    if arguments.html:
        arguments.html.write_text(page(figures), encoding="utf-8")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    if arguments.reveal:
        reveal(cases, arguments.reveal)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triage-only", action="store_true", help="leave Rasa out")
    parser.add_argument("--reveal", metavar="WHY", help="show the texts of errors too; recorded")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with the curves")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    arguments = parser.parse_args()
    for path in (arguments.html, arguments.json):
        if path and not path.absolute().parent.is_dir():
            parser.error(f"there is no folder {path.parent}")
    return arguments


async def _parse_all(texts: list[str]) -> tuple[list[Row | None], list[float]]:
    """Return Rasa's readings and how many seconds each took, one after the other."""
    bot, parses, seconds = BotClient(Settings()), [], []
    try:
        for text in texts:
            begun = time.perf_counter()
            parses.append(await bot.parse(readable(text) or "-"))
            seconds.append(time.perf_counter() - begun)
    finally:
        await bot.close()
    return list(parses), seconds


def case_of(triage: Triage, model: UrgencyModel | None, row: Row, parse: Row | None) -> Case:
    """Read one message."""
    reading = triage.read(readable(row["text"]))
    return Case(row, label(triage, row["text"], parse), reading, _reach(reading, model, readable(row["text"])))


def _reach(reading: Reading, model: UrgencyModel | None, text: str) -> float:
    if reading.screen.level >= CRISIS:
        return math.inf
    chances = model.probabilities(text) if model else None
    if model is None or chances is None or chances.addressed < model.weights.addressed_at:
        return -math.inf
    return chances.crisis - (CALMED if reading.screen.calmed else 0.0)


def figures_of(triage: Triage, cases: list[Case], everyday: list[str], parsed: Sequence[float] = ()) -> Row:
    """Return all figures as plain values without any text. ``parsed``: seconds that Rasa took for each message."""
    falls = falls_of(triage, [case.gold for case in cases])
    measured = {**urgency(cases), **themes(cases), **speed(triage, cases, parsed)}
    measured |= {f"{name}: recall falls by": both["recall"].points for name, both in falls.items()}
    alarms = rate(everyday, lambda sentence: triage.read(sentence).level >= CRISIS)
    measured["everyday Dutch called crisis, in 1,000"] = alarms.figure(1000)
    floors = judged(measured)
    whole = {
        "triage": triage.version,
        "set": MESSAGES,
        "n": len(cases),
        "crises": sum(case.crisis for case in cases),
        "floors": floors,
        "met": sum(row["verdict"] in ("met", "goal") for row in floors),
        "falls": falls,
        "alone": readers_alone(cases),
        "groups": groups(cases),
        **drawings(cases),
        "errors": errors(cases),
    }
    plain: Row = _plain(whole)
    return plain


def judged(measured: dict[str, Figure]) -> list[Row]:
    """Return every floor with what was measured and the verdict. What nobody measured is not met."""
    nothing = Figure(math.nan, math.nan, math.nan, 0)
    rows = [(floor, measured.get(floor.name, nothing)) for floor in FLOORS]
    return [{**floor._asdict(), **figure._asdict(), "verdict": floor.verdict(figure.value)} for floor, figure in rows]


def recall(cases: Iterable[Case]) -> Figure:
    """Return the share read as a crisis."""
    return rate(cases, lambda case: case.found).figure()


def kept(cases: Iterable[Case]) -> Figure:
    """Return the share not read as a crisis."""
    return rate(cases, lambda case: not case.found).figure()


def tagged(cases: Iterable[Case], tag: str) -> list[Case]:
    """Return the messages with a phenomenon."""
    return [case for case in cases if tag in case.gold["phenomena"]]


def urgency(cases: list[Case]) -> dict[str, Figure]:
    """Return recall, false alarms, agreement, kinds and the calibration of the probability of a crisis."""
    positive, negative = [case for case in cases if case.crisis], [case for case in cases if not case.crisis]
    levels = [(case.gold["urgency"], case.read["urgency"]) for case in cases]
    kinds = [(set(case.gold["crisis_kinds"]), set(case.read["crisis_kinds"])) for case in positive if case.found]
    return {
        "level 4 recognised as 3 or 4": recall(case for case in positive if case.gold["urgency"] > CRISIS),
        "level 3 and 4 recognised as 3 or 4": recall(positive),
        "of these, explicit wording": recall(case for case in positive if "verhuld" not in case.gold["phenomena"]),
        "of these, veiled wording": recall(tagged(positive, "verhuld")),
        "messages below 3 left below 3": kept(negative),
        "tagged hard negatives left below 3": kept(tagged(negative, "schijnalarm")),
        "crisis kinds, macro F1, of those recognised": resampled(kinds, lambda some: mean(list(kinds_f1(*_columns(some)).values()))),
        "urgency: quadratic weighted kappa": resampled(levels, lambda some: weighted_kappa(*_columns(some))),
        "urgency: macro F1": resampled(levels, lambda some: macro_f1(*_columns(some))),
        "calibration of urgency (ECE, 10 bins)": resampled(_crisis_chances(cases), lambda some: calibration_error(*_columns(some))),
    }


def themes(cases: list[Case]) -> dict[str, Figure]:
    """Return theme, sub theme, perspective and calibration; nothing where Rasa was left out."""
    if not _parsed(cases):
        return {}
    right = [case for case in cases if _first(case) and case.gold["sub"]]
    return {
        "theme, main: first": rate(cases, _first).figure(),
        "theme, main: in the first three": rate(cases, lambda case: case.gold["theme"] in case.read["themes"]).figure(),
        "theme, sub given the main": rate(right, lambda case: case.gold["sub"] == case.read["sub"]).figure(),
        "perspective": rate(cases, lambda case: case.gold["perspective"] == case.read["perspective"]).figure(),
        "calibration of theme (ECE, 10 bins)": resampled(_theme_chances(cases), lambda some: calibration_error(*_columns(some))),
    }


def speed(triage: Triage, cases: list[Case], parsed: Sequence[float]) -> dict[str, Figure]:
    """Return how long readings take. Of three readings the quickest counts: the machine's other work is not triage's."""
    texts = [case.gold["text"] for case in cases]
    reads = [1000 * min(_seconds(triage, text, texts[max(0, i - 3) : i]) for _ in range(3)) for i, text in enumerate(texts)]
    return {
        "triage of a message after three others, median": resampled(reads, lambda some: quantile(some, 0.5)),
        "triage of a message after three others, p99": resampled(reads, lambda some: quantile(some, 0.99)),
        "Rasa parse p95, over HTTP": resampled([1000 * s for s in parsed], lambda some: quantile(some, 0.95)),
    }


def falls_of(triage: Triage, gold: Sequence[Row]) -> dict[str, dict[str, Fall]]:
    """Return how far recall and kept share fall when the same messages are typed otherwise."""
    texts = [(row["text"], bool(row["urgency"] >= CRISIS)) for row in gold]
    before = [triage.read(text).crisis for text, _ in texts]

    def after(reads: Callable[[str], bool]) -> dict[str, Fall]:
        pairs = [(crisis, whole, reads(text)) for (text, crisis), whole in zip(texts, before, strict=True)]
        positive, negative = [p for p in pairs if p[0]], [p for p in pairs if not p[0]]
        return {
            "recall": fall([p[1] for p in positive], [p[2] for p in positive]),
            "kept": fall([not p[1] for p in negative], [not p[2] for p in negative]),
        }

    typed = [after(lambda text, s=seed: triage.read(with_typos(text, s)).crisis) for seed in range(SEEDS)]  # type: ignore[misc]
    worst = max(typed, key=lambda both: both["recall"].points.value)
    others = {name: after(lambda text, c=change: triage.read(c(text)).crisis) for name, change in REWORDINGS.items()}  # type: ignore[misc]
    return {FRAGMENTS: after(lambda text: read_in_pieces(triage, text) >= CRISIS), TYPOS: worst, **others}


def read_in_pieces(triage: Triage, text: str) -> int:
    """Return the highest level while a text comes in pieces."""
    parts = pieces(text)
    return max(triage.read(piece, parts[:i]).level for i, piece in enumerate(parts))


def readers_alone(cases: list[Case]) -> dict[str, Figure]:
    """Return what each reader finds by itself, and the worst failure: level 4 read below 2."""
    positive = [case for case in cases if case.crisis]
    acute = [case for case in positive if case.gold["urgency"] > CRISIS]
    return {
        "level 4 read below 2": rate(acute, lambda case: case.read["urgency"] < 2).figure(),
        "recall, screen alone": rate(positive, lambda case: case.read["screen_urgency"] >= CRISIS).figure(),
        "recall, model alone": rate(positive, lambda case: (case.read["model_urgency"] or 0) >= CRISIS).figure(),
    }


def groups(cases: list[Case]) -> dict[str, dict[str, Figure]]:
    """Return recall and kept share per crisis kind, theme, phenomenon and kind of writer."""
    positive, negative = [case for case in cases if case.crisis], [case for case in cases if not case.crisis]
    out = {
        "recall by crisis kind": _by(positive, lambda case: case.gold["crisis_kinds"], recall),
        "recall by theme": _by(positive, lambda case: [case.gold["theme"]], recall),
        "recall by kind of writer": _by(positive, lambda case: WRITERS.intersection(case.gold["phenomena"]), recall),
        "recall by wording": _by(positive, lambda case: set(case.gold["phenomena"]) - WRITERS, recall),
        "kept below 3 by theme": _by(negative, lambda case: [case.gold["theme"]], kept),
        "kept below 3 by kind of writer": _by(negative, lambda case: WRITERS.intersection(case.gold["phenomena"]), kept),
        "kept below 3 by phenomenon of false alarm": _by(negative, lambda case: set(case.gold["phenomena"]) - WRITERS, kept),
    }
    if _parsed(cases):
        out["theme right, by theme"] = _by(cases, lambda case: [case.gold["theme"]], lambda some: rate(some, _first).figure())
        out["theme right, by kind of writer"] = _by(
            cases, lambda case: WRITERS.intersection(case.gold["phenomena"]), lambda some: rate(some, _first).figure()
        )
    return out


def drawings(cases: list[Case]) -> Row:
    """Return what the page draws: confusions, recall against alarms, reliability."""
    read: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases if _parsed(cases) else ():
        read[case.gold["theme"]][case.read["theme"] or "-"] += 1
    crisis = [case.crisis for case in cases]
    return {
        "confusion": confusion([case.gold["urgency"] for case in cases], [case.read["urgency"] for case in cases]),
        "themes": {theme: dict(read[theme].most_common()) for theme in sorted(read)},
        "curve": recall_curve([case.reach for case in cases], crisis, THRESHOLDS),
        "shipped": recall_curve([float(case.found) for case in cases], crisis, [1.0])[0],
        "reliability": {
            "crisis": reliability(*_columns(_crisis_chances(cases))),
            "theme": reliability(*_columns(_theme_chances(cases))) if _parsed(cases) else [],
        },
    }


def errors(cases: list[Case]) -> dict[str, dict[str, int]]:
    """Return the errors by count and kind."""
    raised = [case for case in cases if case.found and not case.crisis]
    rules = Counter(e["rule"] for case in raised for e in case.read["evidence"] if e["level"] >= CRISIS)
    return {
        "missed, by crisis kind": _counts(kind for case in cases if case.crisis and not case.found for kind in case.gold["crisis_kinds"]),
        "raised for nothing, by phenomenon": _counts(tag for case in raised for tag in case.gold["phenomena"] or ["none"]),
        "raised for nothing, by rule": dict(rules.most_common()),
    }
