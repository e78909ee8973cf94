"""The concept lexicon: for each sub theme the words and phrases in which people tell of it, as counts for the models.

Data in ``bot/lexicon/concepts.json``: theme, sub theme, cues. A cue is one or more words; a final ``*`` matches any ending.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np
from scipy.sparse import csr_matrix

from bot.components.preparation import plain

PATH = Path(__file__).parent.parent / "lexicon" / "concepts.json"
LONGEST = 6  # words of a cue that are compared


class Concepts:
    """Counts cues per sub theme in a text."""

    def __init__(self, lexicon: Dict[str, Dict[str, List[str]]]) -> None:
        """``lexicon``: theme -> sub theme -> cues."""
        self.names = [f"{theme}/{sub}" for theme, subs in lexicon.items() for sub in subs]
        self._by_first: Dict[str, List[Tuple[Tuple[str, ...], bool, int]]] = defaultdict(list)
        self._prefixes: Dict[str, List[int]] = defaultdict(list)
        column = 0
        for subs in lexicon.values():
            for cues in subs.values():
                for cue in cues:
                    self._add(cue, column)
                column += 1

    def _add(self, cue: str, column: int) -> None:
        open_end = cue.endswith("*")
        words = tuple(plain(cue.rstrip("*")).split())[:LONGEST]
        if not words:
            return
        if open_end and len(words) == 1:
            self._prefixes[words[0]].append(column)
        else:
            self._by_first[words[0]].append((words, open_end, column))

    def counts(self, text: str) -> Dict[int, float]:
        """Return for each sub theme (by column) how many cues a plain text holds."""
        words = text.split()
        found: Dict[int, float] = defaultdict(float)
        for i, word in enumerate(words):
            for length in range(3, len(word) + 1):
                for column in self._prefixes.get(word[:length], ()):
                    found[column] += 1.0
            for cue, open_end, column in self._by_first.get(word, ()):
                if _holds(cue, words[i : i + len(cue)], open_end):
                    found[column] += 1.0 + 0.5 * (len(cue) - 1)
        return found

    def matrix(self, texts: List[str]) -> csr_matrix:
        """Return a matrix of texts x sub themes, each row of length one where anything was found."""
        rows, columns, values = [], [], []
        for row, text in enumerate(texts):
            found = self.counts(text)
            norm = np.sqrt(sum(np.log1p(v) ** 2 for v in found.values())) or 1.0
            for column, value in found.items():
                rows.append(row)
                columns.append(column)
                values.append(np.log1p(value) / norm)
        return csr_matrix((values, (rows, columns)), shape=(len(texts), len(self.names)), dtype=np.float32)


def _holds(cue: Tuple[str, ...], words: List[str], open_end: bool) -> bool:
    if len(words) < len(cue) or tuple(words[:-1]) != cue[:-1]:
        return False
    return words[-1].startswith(cue[-1]) if open_end else words[-1] == cue[-1]


def load_concepts(path: Path = PATH) -> Concepts:
    """Read the lexicon. Raises OSError."""
    return Concepts(json.loads(path.read_text(encoding="utf-8")))
