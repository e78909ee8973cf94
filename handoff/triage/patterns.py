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
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from handoff.triage.view import ANY, View

GAPS = {"..": 2, "...": 5}
NEAR = 8  # words between the parts of ``a & b``
_PIECE = re.compile(r"\.{2,3}|[()\[\]|]|<[a-z_]+>|[^\s()\[\]|<>]+")

Items = frozenset[str]


class BadPattern(ValueError):
    """A pattern that cannot be compiled; the message names it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a pattern: its expression, the words it cannot do without, and those it can begin with.

    ``needs``: of each set one word (or shape) stands in every text that matches. ``first``: None where any word may come first.
    ``skips``: it may match nothing.
    """

    regex: str
    needs: tuple[Items, ...] = ()
    first: Items | None = None
    skips: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; ``needs`` and ``first`` as in ``Part``, looked at before the expression because that is quick."""

    source: str
    regex: re.Pattern[str]
    needs: tuple[Items, ...]
    first: Items | None

    @property
    def items(self) -> Iterator[str]:
        """Return every word and shape that a view has to know."""
        for items in (*self.needs, *([self.first] if self.first else [])):
            yield from items

    def places(self, view: View, text: str | None = None) -> Iterator[re.Match[str]]:
        """Yield in order the places where the pattern holds, overlapping ones left out.

        ``text``: the view's text where parts of it have been blanked since, place by place.
        """
        if not view.holds(self.needs):
            return
        text = view.text if text is None else text
        end = 0
        for at in view.starts(self.first):
            if at >= end and (match := self.regex.match(text, at)):
                yield match
                end = match.end()

    def holds(self, view: View) -> bool:
        """Return whether the pattern holds anywhere."""
        return next(self.places(view), None) is not None


def compile_pattern(source: str, lists: dict[str, list[str]]) -> Pattern:
    """Compile one pattern. Raises BadPattern."""
    try:
        parts = [_sequence(part.strip(), lists) for part in source.split(" & ")]
        gap = rf"(?: (?!\. )\S+){{0,{NEAR}}}"
        orders = [gap.join(part.regex for part in order) for order in permutations(parts)]
        regex = re.compile(r"(?= )" + (orders[0] if len(orders) == 1 else "(?:" + "|".join(orders) + ")") + r"(?= )")
    except (KeyError, IndexError, re.error) as error:
        raise BadPattern(f"{source!r}: {error}") from None
    needs = tuple(sorted({items for part in parts for items in part.needs}, key=_width))
    return Pattern(source, regex, needs, _united([part.first for part in parts]))


def _sequence(source: str, lists: dict[str, list[str]]) -> Part:
    """Translate words, groups and gaps; every word carries the space before it."""
    pieces = _PIECE.findall(source)
    out, position = _group(pieces, 0, lists, closing="")
    if position != len(pieces):
        raise BadPattern(f"{source!r}: unbalanced brackets")
    return out


def _group(pieces: list[str], position: int, lists: dict[str, list[str]], closing: str) -> tuple[Part, int]:
    options: list[list[Part]] = [[]]
    while position < len(pieces):
        piece = pieces[position]
        position += 1
        if piece == closing:
            return _either([_row(parts) for parts in options], optional=closing == "]"), position
        if piece in (")", "]"):
            raise BadPattern("a bracket closes that none opened")
        if piece == "|":
            options.append([])
        elif piece in "([":
            inner, position = _group(pieces, position, lists, ")" if piece == "(" else "]")
            options[-1].append(inner)
        else:
            options[-1].append(_word(piece, lists))
    if closing:
        raise BadPattern("bracket not closed")
    return _either([_row(parts) for parts in options], optional=False), position


def _word(piece: str, lists: dict[str, list[str]]) -> Part:
    if piece in GAPS:
        return Part(rf"(?: (?!\. )\S+){{0,{GAPS[piece]}}}?", skips=True)
    if piece.startswith("<"):
        return _either([_sequence(item, lists) for item in lists[piece[1:-1]]], optional=False)
    regex = " " + re.escape(piece).replace(r"\*", r"[^ ]*")
    return Part(regex) if piece == ANY else Part(regex, (frozenset([piece]),), frozenset([piece]))


def _row(parts: list[Part]) -> Part:
    """Return parts one after the other."""
    first: Items | None = frozenset()
    skips = True
    for part in parts:
        first = _united([first, part.first])
        if not part.skips:
            skips = False
            break
    return Part("".join(part.regex for part in parts), tuple(items for part in parts for items in part.needs), first, skips)


def _either(options: list[Part], *, optional: bool) -> Part:
    """Return one of several parts, or with ``optional`` none of them."""
    regex = "(?:" + "|".join(option.regex for option in options) + ")" + ("?" if optional else "")
    first = _united([option.first for option in options])
    if optional or not options or any(option.skips for option in options):
        return Part(regex, (), first, skips=True)
    if len(options) == 1:
        return Part(options[0].regex, options[0].needs, first)
    if not all(option.needs for option in options):
        return Part(regex, (), first)
    rarest = [min(option.needs, key=_width) for option in options]
    return Part(regex, (frozenset().union(*rarest),), first)


def _united(firsts: list[Items | None]) -> Items | None:
    """Return all words that may come first; None where one of them may be any word."""
    known = [first for first in firsts if first is not None]
    return frozenset().union(*known) if len(known) == len(firsts) else None


def _width(items: Items) -> tuple[int, int, list[str]]:
    """Order sets of words by how often a text may hold one of them: few and long words before many and short ones."""
    return sum(10 if len(item) > 3 else 40 for item in items), -min(map(len, items)), sorted(items)
