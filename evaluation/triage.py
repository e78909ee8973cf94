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
from statistics import median
from typing import Any

from evaluation.labelled_sets import read_everyday, read_messages
from evaluation.metrics import (
    Fall,
    Figure,
    calibration_error,
    confusion,
    judged,
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
from evaluation.perturbations import falls_of
from evaluation.triage_page import page, show
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
THRESHOLDS = [step / 50 for step in range(51)]
WRITERS = {
    "vlaams", "tweede_taal", "jongere", "oudere", "minderjarig", "typfout", "kleine_letter", "geen_leestekens", "kort", "lang", "emoji",
    "u_vorm",
}  # fmt: skip


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
    if other_weights(triage, parses):
        print("the bot has other urgency weights than the triage: its levels count too, but not where messages are typed otherwise")
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


def other_weights(triage: Triage, parses: Sequence[Row | None]) -> bool:
    """Return whether the bot reads urgency with weights that the triage does not have."""
    return any(parse and not triage.knows((parse.get("urgency") or {}).get("weights", "")) for parse in parses)


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
        "enough": ENOUGH,
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
    """Return how long readings take. Triage: time of the core alone, the middle one of three, as the machine does other work too."""
    texts = [case.gold["text"] for case in cases]
    reads = [1000 * median(_seconds(triage, text, texts[max(0, i - 3) : i]) for _ in range(3)) for i, text in enumerate(texts)]
    return {
        "triage of a message after three others, median": resampled(reads, lambda some: quantile(some, 0.5)),
        "triage of a message after three others, p99": resampled(reads, lambda some: quantile(some, 0.99)),
        "Rasa parse p95, over HTTP": resampled([1000 * s for s in parsed], lambda some: quantile(some, 0.95)),
    }


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


def reveal(cases: list[Case], why: str) -> None:
    """Record that texts of errors are shown, with the reason; then show them."""
    wrong = [case for case in cases if case.found != case.crisis]
    with REVEALED.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow([datetime.now(UTC).date(), MESSAGES, len(wrong), why])
    for case in wrong:
        print(f"{case.gold['id']} {case.gold['urgency']} read {case.read['urgency']}: {case.gold['text']}")


def _parsed(cases: list[Case]) -> bool:
    return any(case.read["theme"] for case in cases)


def _first(case: Case) -> bool:
    return bool(case.gold["theme"] == case.read["theme"])


def _crisis_chances(cases: list[Case]) -> list[tuple[float, bool]]:
    """Return the model's probability of a crisis (a label's ``confidence`` is the theme's), and whether there was one."""
    read = [(case.reading.model.confidence if case.reading.model else None, case.crisis) for case in cases]
    return [(chance, crisis) for chance, crisis in read if chance is not None]


def _theme_chances(cases: list[Case]) -> list[tuple[float, bool]]:
    return [(float(case.read["confidence"] or 0), _first(case)) for case in cases]


def _columns(pairs: Sequence[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    return [a for a, _ in pairs], [b for _, b in pairs]


def _by(cases: list[Case], names: Callable[[Case], Iterable[str]], measure: Callable[[list[Case]], Figure]) -> dict[str, Figure]:
    some: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for name in names(case):
            some[name].append(case)
    return {name: measure(some[name]) for name in sorted(some)}


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _seconds(triage: Triage, text: str, earlier: list[str]) -> float:
    begun = time.thread_time()
    triage.read(text, earlier)
    return time.thread_time() - begun


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it: tuples with names and rates as objects, nan as null."""
    if isinstance(value, Fall):
        value = {"before": value.before.figure(), "after": value.after.figure(), "points": value.points}
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


if __name__ == "__main__":
    sys.exit(main())
