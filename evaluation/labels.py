"""``./nachtlicht evaluate data``: how much training data there is, and how far a second, blind reader agreed with its authors."""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evaluation.metrics import rate, weighted_kappa

DATA = Path(__file__).parent.parent / "nlu_data"
CRISIS = 3


@dataclass(frozen=True, slots=True)
class Labels:
    """What one person says of one message."""

    theme: str
    sub: str
    perspective: str
    urgency: int
    kinds: frozenset[str]

    @property
    def crisis(self) -> bool:
        """Whether a person has to be brought in."""
        return self.urgency >= CRISIS


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger. ``reader`` and ``read`` are empty where nobody has read the message a second time."""

    id: str
    author: str
    reader: str
    wrote: Labels
    read: Labels | None
    date: str


def labels_from(text: str) -> Labels:
    """Return the labels written as ``theme/sub|perspective|urgency|kind,kind``. Raises ValueError."""
    topic, perspective, urgency, kinds = text.split("|")
    theme, _, sub = topic.partition("/")
    return Labels(theme, sub, perspective, int(urgency), frozenset(kind.strip() for kind in kinds.split(",") if kind.strip()))


def read_ledger(path: Path = DATA / "ledger.csv") -> list[Entry]:
    """Return every line of the ledger. Raises OSError, ValueError."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Entry(
                row["id"],
                row["author"],
                row["reader"],
                labels_from(row["author_labels"]),
                labels_from(row["reader_labels"]) if row["reader_labels"] else None,
                row["date"],
            )
            for row in csv.DictReader(file)
        ]


def read_messages_of(folder: Path = DATA / "nlu") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the text and the labels of every training message."""
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            for example in block["examples"]:
                yield example["text"], example["metadata"]


def agreement(entries: list[Entry]) -> dict[str, Any]:
    """Return how far readers agree with authors: shares with interval and n, and kappa of the urgency."""
    pairs = [(entry.wrote, entry.read) for entry in entries if entry.read]
    same = [(wrote, read) for wrote, read in pairs if wrote.theme == read.theme]
    both = [(wrote, read) for wrote, read in pairs if wrote.crisis and read.crisis]
    return {
        "main theme": rate(pairs, lambda pair: pair[0].theme == pair[1].theme),
        "sub theme, given the main": rate(same, lambda pair: pair[0].sub == pair[1].sub),
        "perspective": rate(pairs, lambda pair: pair[0].perspective == pair[1].perspective),
        "urgency, same level": rate(pairs, lambda pair: pair[0].urgency == pair[1].urgency),
        "crisis or not": rate(pairs, lambda pair: pair[0].crisis == pair[1].crisis),
        "kinds of a crisis, one in common": rate(both, lambda pair: bool(pair[0].kinds & pair[1].kinds)),
        "urgency, quadratic weighted kappa": f"{weighted_kappa([w.urgency for w, _ in pairs], [r.urgency for _, r in pairs]):.3f}"
        if pairs
        else "-",
    }


def main() -> int:
    """Print counts and agreement; return the exit code."""
    entries = read_ledger()
    crises = [entry for entry in entries if entry.wrote.crisis]
    authors, twice = {entry.author for entry in entries}, sum(entry.read is not None for entry in entries)
    print(f"messages {len(entries)}; authors {len(authors)}; read a second time {twice}")
    print("urgency:", dict(sorted(Counter(entry.wrote.urgency for entry in entries).items())))
    print("crisis kinds:", dict(Counter(kind for entry in crises for kind in entry.wrote.kinds).most_common()))
    print("perspective:", dict(Counter(entry.wrote.perspective for entry in entries).most_common()))
    for name, value in agreement(entries).items():
        print(f"{name:46} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
