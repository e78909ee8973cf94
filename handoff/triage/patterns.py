"""The small pattern language of the rules, compiled to regular expressions over normalised words.

=================  ==========================================================================================
``niet meer``      these words, one after the other
``(wil|zou) weg``  one of these words or groups of words
``overdos*``       a word that begins so; ``*moord`` a word that ends so
``..``             at most two words in between; ``...`` at most five; never over the end of a sentence
``[echt|zo]``      may be there or not
``<ik>``           a named list of the lexicon (``lists.yml``)
``a & b``          both, in any order, at most eight words apart within a sentence
=================  ==========================================================================================
"""

import re
from dataclasses import dataclass
from itertools import permutations

GAPS = {"..": 2, "...": 5}
NEAR = 8  # words between the parts of ``a & b``
_PIECE = re.compile(r"\.{2,3}|[()\[\]|]|<[a-z_]+>|[^\s()\[\]|<>]+")


class BadPattern(ValueError):
    """A pattern that cannot be compiled; the message names it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. ``stems``: literal pieces of which one must occur, tested first because that is quick."""

    source: str
    regex: re.Pattern[str]
    stems: tuple[str, ...]

    def find(self, text: str) -> re.Match[str] | None:
        """Return the first place where the pattern holds in a normalised text."""
        if self.stems and not any(stem in text for stem in self.stems):
            return None
        return self.regex.search(text)

    def find_all(self, text: str, most: int = 8) -> list[re.Match[str]]:
        """Return up to ``most`` places, overlapping ones left out."""
        if self.stems and not any(stem in text for stem in self.stems):
            return []
        found = []
        for match in self.regex.finditer(text):
            found.append(match)
            if len(found) == most:
                break
        return found


def compile_pattern(source: str, lists: dict[str, list[str]]) -> Pattern:
    """Compile one pattern. Raises BadPattern."""
    try:
        parts = [part.strip() for part in source.split(" & ")]
        bodies = [_sequence(part, lists) for part in parts]
        gap = rf"(?: (?!\. )\S+){{0,{NEAR}}}"
        orders = ["".join(_joined(order, gap)) for order in permutations(bodies)]
        regex = re.compile(r"(?= )" + (orders[0] if len(orders) == 1 else "(?:" + "|".join(orders) + ")") + r"(?= )")
    except (KeyError, IndexError, re.error) as error:
        raise BadPattern(f"{source!r}: {error}") from None
    return Pattern(source, regex, _stems(parts, lists))


def _joined(bodies: tuple[str, ...], gap: str) -> list[str]:
    return [bodies[0], *(gap + body for body in bodies[1:])]


def _sequence(source: str, lists: dict[str, list[str]]) -> str:
    """Translate words, groups and gaps; every word carries the space before it."""
    pieces = _PIECE.findall(source)
    out, position = _group(pieces, 0, lists, closing="")
    if position != len(pieces):
        raise BadPattern(f"{source!r}: unbalanced brackets")
    return out


def _group(pieces: list[str], position: int, lists: dict[str, list[str]], closing: str) -> tuple[str, int]:
    out: list[str] = []
    while position < len(pieces):
        piece = pieces[position]
        position += 1
        if piece == closing:
            return "(?:" + "".join(out) + ")" + ("?" if closing == "]" else ""), position
        if piece in (")", "]"):
            raise BadPattern("a bracket closes that none opened")
        if piece in "([":
            inner, position = _group(pieces, position, lists, ")" if piece == "(" else "]")
            out.append(inner)
        else:
            out.append(_word(piece, lists))
    if closing:
        raise BadPattern("bracket not closed")
    return "".join(out) if "|" not in out else "(?:" + "".join(out) + ")", position


def _word(piece: str, lists: dict[str, list[str]]) -> str:
    if piece == "|":
        return "|"
    if piece in GAPS:
        return rf"(?: (?!\. )\S+){{0,{GAPS[piece]}}}?"
    if piece.startswith("<"):
        return "(?:" + "|".join(_sequence(item, lists) for item in lists[piece[1:-1]]) + ")"
    return " " + re.escape(piece).replace(r"\*", r"[^ ]*")


def _stems(parts: list[str], lists: dict[str, list[str]]) -> tuple[str, ...]:
    """Return literal pieces of which one occurs in every text that matches; empty where none is certain."""
    best: tuple[str, ...] = ()
    for part in parts:
        depth = 0
        for piece in _PIECE.findall(part):
            depth += (piece in "([") - (piece in ")]")
            if piece == "|" and not depth:
                return ()
            if depth or piece in "()[]|" or piece in GAPS:
                continue
            if piece.startswith("<"):
                options = tuple(_longest(item) for item in lists[piece[1:-1]])
                if all(options) and (not best or min(map(len, options)) > min(map(len, best))):
                    best = options
            elif len(stem := _longest(piece)) > min(map(len, best), default=0):
                best = (stem,)
    return best


def _longest(piece: str) -> str:
    """Return the longest run of literal letters of a piece; empty where it has brackets."""
    if any(c in piece for c in "()[]<>|"):
        return ""
    return max(re.split(r"[* ]|\.{2,3}", piece), key=len)
