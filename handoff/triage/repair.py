"""One slip of the finger in a word, put right: *zelfmord*, *niet mere*, *wli*. Rules match words, and tired hands mistype.

A word nobody knows becomes the commonest known word that is one letter more, less, other or swapped away and begins alike. Known are
the words of the training messages (``rules/words.txt``, made by ``./nachtlicht evaluate words``) and whatever a rule names.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

SHORTEST, LONGEST = 3, 24  # letters of a word that is put right
TRIED = 8  # known words that are looked at for each way of leaving a letter out, the commonest first: bounds the time
MOST = 40  # words of one text that are put right: who mistypes more of them writes no Dutch


class Words:
    """Known words by how common they are. Immutable after loading."""

    def __init__(self, ranked: Sequence[str] = (), named: Iterable[str] = ()) -> None:
        """``ranked``: known words, the commonest first; ``named``: words of rules, with ``*`` before or behind where any ending fits."""
        shapes = set(named) - {"*"}
        self._begins = tuple(one[:-1] for one in shapes if one.endswith("*"))
        self._ends = tuple(one[1:] for one in shapes if one.startswith("*"))
        exact = sorted(one for one in shapes if "*" not in one)
        self._rank = {word: place for place, word in reversed(list(enumerate(chain(ranked, exact))))}
        self._near: dict[str, list[str]] = {}
        for word in sorted(self._rank, key=self._rank.__getitem__):
            if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                for short in shortened(word):
                    near = self._near.setdefault(short, [])
                    if len(near) < TRIED:
                        near.append(word)

    def unsure(self, word: str) -> bool:
        """Return whether a word may be mistyped: letters alone, and nobody knows it."""
        if word in self._rank or not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
            return False
        return not (word.startswith(self._begins) or word.endswith(self._ends))

    def meant(self, word: str) -> str:
        """Return the known word that was probably meant, else the word itself."""
        near = {other for short in shortened(word) for other in self._near.get(short, ())}
        fitting = [other for other in near if other[0] == word[0] and one_slip(word, other)]
        return min(fitting, key=self._rank.__getitem__, default=word)


class Repair:
    """Puts right the words of one text, at most ``MOST`` of them."""

    def __init__(self, words: Words) -> None:
        """Begin a text."""
        self._words, self._left = words, MOST

    def meant(self, word: str) -> str:
        """Return what a word was probably meant to be; the word itself where it is known, or where too much was put right."""
        if self._left <= 0 or not self._words.unsure(word):
            return word
        self._left -= 1
        return self._words.meant(word)


def shortened(word: str) -> set[str]:
    """Return the word, and the word with each of its letters left out."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def one_slip(one: str, other: str) -> bool:
    """Return whether two words differ by one letter missing, added or changed, or by two neighbours swapped."""
    if len(one) == len(other):
        wrong = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
        return len(wrong) == 1 or swapped
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
