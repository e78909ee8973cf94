"""``./nachtlicht evaluate models``: remakes the choice of models by measurement. Runs in Rasa's environment.

Authors are dealt into parts by a seed; each part in turn is read by models that learned from the other authors. Training data only,
never a test set. For a crisis the figure is the recall at the point of each candidate's own curve where 94% of the part's messages
below 3 stay below 3. A tie counts as a miss. Every candidate learns from the messages alone, without the everyday sentences.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Dict, Sequence, Tuple

from evaluation.candidates import CANDIDATES, Candidate
from evaluation.comparison import Figure, Figures, compare, read_rows, sample

RESULTS = Path(__file__).parent / "results"
SEEDS, PARTS = 5, 4
QUICK_MESSAGES, QUICK_PARTS = 4_000, 2


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Measure, store after every seed, and print; return the exit code."""
    options = _options(arguments)
    chosen, left_out = choose(options.only or list(CANDIDATES), quick=options.quick)
    rows, parts = sample(read_rows(), options.messages, 0), QUICK_PARTS if options.quick else PARTS
    path = RESULTS / ("models_quick.json" if options.quick else "models.json")
    figures: Figures = {}
    for seeds, (figures, failed) in enumerate(compare(rows, chosen, range(options.seeds), parts), 1):
        left_out.update(failed)
        if not options.only:
            store(path, {"messages": len(rows), "seeds": seeds, "parts": parts}, figures, left_out)
    show(figures, left_out)
    print("not stored: only some candidates were asked for" if options.only else f"stored in evaluation/results/{path.name}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="evaluate models", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, two parts, 4,000 messages, without DIET")
    parser.add_argument("--seeds", type=int, help="ways of dealing the authors (5)")
    parser.add_argument("--only", metavar="NAME,...", help=", ".join(CANDIDATES), type=lambda text: text.split(","))
    parser.add_argument("--messages", type=int, help="a sample of so many messages")
    options = parser.parse_args(arguments)
    options.seeds = options.seeds or (1 if options.quick else SEEDS)
    options.messages = options.messages or (QUICK_MESSAGES if options.quick else sys.maxsize)
    unknown = set(options.only or []) - set(CANDIDATES)
    if unknown:
        parser.error(f"no candidate is called {', '.join(sorted(unknown))}; there are {', '.join(CANDIDATES)}")
    return options


def choose(names: Sequence[str], *, quick: bool) -> Tuple[Dict[str, Candidate], Dict[str, str]]:
    """Return the candidates that can run here, and why the others are left out."""
    reasons = {name: "too slow for --quick" if quick and CANDIDATES[name].small else CANDIDATES[name].needs() for name in names}
    return {n: CANDIDATES[n] for n in names if not reasons[n]}, {n: reason for n, reason in reasons.items() if reason}


def show(figures: Figures, left_out: Dict[str, str]) -> None:
    """Print a table for each figure, the best worst seed first, and what was left out."""
    for figure, by_name in figures.items():
        print(f"\n{figure:28} {'mean':>6} {'worst':>6}  {'95% of the worst':16} {'n':>6} {'seconds':>8}")
        for name, one in sorted(by_name.items(), key=lambda item: -item[1].worst.value):
            low, high = one.worst.interval
            print(f"  {name:26} {one.mean:6.3f} {one.worst.value:6.3f}  {low:.3f}-{high:.3f}      {one.worst.n:6} {one.seconds:8.1f}")
    print("\nseconds: to learn from one fold, features included")
    for name, reason in left_out.items():
        print(f"left out: {name} ({reason})")


def store(path: Path, settings: Dict[str, int], figures: Figures, left_out: Dict[str, str]) -> None:
    """Write everything as JSON."""
    tables = {figure: {name: _stored(one) for name, one in by_name.items()} for figure, by_name in figures.items()}
    about = {name: one.about for name, one in CANDIDATES.items()}
    path.parent.mkdir(exist_ok=True)
    whole = {"settings": settings, "candidates": about, "figures": tables, "left out": left_out}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _stored(figure: Figure) -> Dict[str, object]:
    worst = figure.worst
    return {
        "n": worst.n,
        "mean": round(figure.mean, 4),
        "worst": round(worst.value, 4),
        "interval of the worst": [round(edge, 4) for edge in worst.interval],
        "seeds": [round(rate.value, 4) for rate in figure.rates],
        "seconds": round(figure.seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
