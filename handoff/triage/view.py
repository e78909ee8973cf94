"""A text as patterns look at it: which words and word shapes it holds and where, so that few patterns need a closer look.

A shape is a word of a pattern with ``*``. Which shapes a word has is found once per word, not once per pattern.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

ANY = "*"


class Shapes:
    """All words with ``*`` that the patterns of one lexicon use."""

    def __init__(self, items: Iterable[str]) -> None:
        """``items``: words of patterns; those without ``*`` are left out."""
        self._prefixes: dict[str, str] = {}
        self._suffixes: dict[str, str] = {}
        self._others: dict[str, re.Pattern[str]] = {}
        for item in {item for item in items if ANY in item and item != ANY}:
            if item.count(ANY) > 1 or ANY in item[1:-1]:
                self._others[item] = re.compile(re.escape(item).replace(r"\*", ".*"))
            elif item.endswith(ANY):
                self._prefixes[item[:-1]] = item
            else:
                self._suffixes[item[1:]] = item
        self.of = lru_cache(maxsize=20_000)(self._of)

    def _of(self, word: str) -> tuple[str, ...]:
        """Return the word itself and all shapes it has."""
        found = [word]
        for cut in range(len(word) + 1):
            if shape := self._prefixes.get(word[:cut]):
                found.append(shape)
            if shape := self._suffixes.get(word[cut:]):
                found.append(shape)
        found += [shape for shape, regex in self._others.items() if regex.fullmatch(word)]
        return tuple(found)


class View:
    """A normalised text with the places of its words. A place is the offset of the space before the word."""

    __slots__ = ("places", "text")

    def __init__(self, text: str, shapes: Shapes) -> None:
        """``text``: words with single spaces between them and at both ends."""
        self.text = text
        self.places: dict[str, list[int]] = {}
        at, places = 0, self.places
        for word in text.split():
            for item in shapes.of(word):
                if item in places:
                    places[item].append(at)
                else:
                    places[item] = [at]
            at += len(word) + 1

    def starts(self, items: frozenset[str] | None) -> list[int]:
        """Return in order the places of any of these items; of every word where None."""
        if items is None:
            return [match.start() for match in re.finditer(r" (?=\S)", self.text)]
        found = [self.places[item] for item in self.places.keys() & items]
        return found[0] if len(found) == 1 else sorted({at for places in found for at in places})

    def holds(self, needs: tuple[frozenset[str], ...]) -> bool:
        """Return whether of each set at least one item is here."""
        here = self.places.keys()
        for items in needs:  # a loop takes half the time, and this runs for every pattern
            if here.isdisjoint(items):
                return False
        return True
