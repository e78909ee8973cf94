"""The same message as another hand would have typed it: with typing errors, bare, in Flemish wording, cut into pieces.

Written down before looking at what the triage does with them; a word that it should know better is no reason to change a table here.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from evaluation.metrics import Fall, fall
from handoff.triage.reading import CRISIS
from handoff.triage.triage import Triage

ONE_IN = 8  # words with a typing error
SHORTEST = 3  # letters of a word that can get one
MOST_PIECES, WORDS_PER_PIECE = 4, 6
SEEDS = 5  # ways of making typing errors; the worst counts

_WORD = re.compile(r"[^\W\d_]+")
_PUNCTUATION = re.compile(r"[.,;:!?…\"“”„«»()\[\]–—-]+")
_APOSTROPHES = re.compile(r"['’‘`´]")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    beside = {}
    for r, row in enumerate(_ROWS):
        for i, letter in enumerate(row):
            near = row[max(0, i - 1) : i] + row[i + 1 : i + 2]
            near += "".join(_ROWS[other][i : i + 1] for other in (r - 1, r + 1) if 0 <= other < len(_ROWS))
            beside[letter] = near
    return beside


NEIGHBOURS = _neighbours()


def with_typos(text: str, seed: int = 0) -> str:
    """Return the text with a typing error in about one word in eight; the same seed and text give the same errors."""
    dice = random.Random(f"{seed}:{text}")
    words = list(_WORD.finditer(text))
    able = [word for word in words if len(word[0]) >= SHORTEST]
    count = min(len(able), int(len(words) / ONE_IN + dice.random()))
    for word in sorted(dice.sample(able, count), key=re.Match.start, reverse=True):
        text = text[: word.start()] + mistyped(word[0], dice) + text[word.end() :]
    return text


def mistyped(word: str, dice: random.Random) -> str:
    """Return the word with one error, never in its first letter: two letters swapped, one dropped, doubled, or a neighbour's key."""
    errors = [_swapped, _dropped, _doubled, _beside]
    dice.shuffle(errors)
    for error in errors:
        wrong = error(word, dice.randrange(1, len(word)), dice)
        if wrong != word:
            return wrong
    return word


def _swapped(word: str, at: int, _dice: random.Random) -> str:
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, at: int, _dice: random.Random) -> str:
    return word[:at] + word[at + 1 :]


def _doubled(word: str, at: int, _dice: random.Random) -> str:
    return word[:at] + word[at] + word[at:]


def _beside(word: str, at: int, dice: random.Random) -> str:
    near = NEIGHBOURS.get(word[at].lower())
    return word[:at] + dice.choice(near) + word[at + 1 :] if near else word


def bare(text: str) -> str:
    """Return the text without accents, capitals and punctuation. Signs that mask letters stay: who masks a word means them."""
    letters = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    spaced = _PUNCTUATION.sub(" ", _APOSTROPHES.sub("", unicodedata.normalize("NFC", letters)))
    return " ".join(spaced.lower().split())


MASCULINE = ("man", "vriend", "vader", "papa", "broer", "zoon", "opa", "baas", "ex", "buurman", "collega", "hond", "dokter")
FLEMISH = {
    **{f"{word} {noun}": f"{changed} {noun}" for (word, changed), noun in product((("mijn", "mijne"), ("een", "ne")), MASCULINE)},
    "niet meer": "nimeer", "ik ben": "kben", "ik heb": "kheb", "ik wil": "kwil", "ik zal": "kzal", "ik had": "khad", "ik weet": "kweet",
    "ik moet": "kmoet", "ik zit": "kzit", "ik voel": "kvoel", "dat ik": "da'k", "dat is": "das", "dat je": "da ge", "wat je": "wa ge",
    "als je": "als ge", "heb je": "hebde", "ben je": "zijde", "kun je": "kunde", "kan je": "kunde", "ga je": "gade", "weet je": "weete",
    "wil je": "wilde", "moet je": "moette", "doe je": "doede", "jij bent": "gij zijt", "je bent": "ge zijt", "jij hebt": "gij hebt",
    "je hebt": "ge hebt", "ben bang": "heb schrik", "is bang": "heeft schrik", "doet pijn": "doet zeer", "een keer": "ne keer",
    "een beetje": "een bietje", "niet": "ni", "dat": "da", "wat": "wa", "jij": "gij", "met": "me", "goed": "goe", "iets": "iet",
    "altijd": "altij", "gewoon": "gwn", "leuk": "plezant", "mooi": "schoon", "boos": "kwaad", "gek": "zot", "straks": "seffens",
    "huilen": "bleiten", "huil": "bleit", "meisje": "meiske", "oma": "bomma", "opa": "bompa", "huisarts": "huisdokter",
    "ziekenhuis": "kliniek", "mobiel": "gsm", "vervelend": "ambetant", "praten": "babbelen", "pillen": "pillekes", "zo'n": "zo'ne",
}  # fmt: skip
_CHANGES = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(k).replace(r"\ ", r"\s+") for k in sorted(FLEMISH, key=len, reverse=True)) + r")(?!\w)", re.I
)


def in_flemish(text: str) -> str:
    """Return the text with Flemish words and contractions where the table has them; a capital at the front stays."""

    def change(found: "re.Match[str]") -> str:
        new = FLEMISH[" ".join(found[0].lower().split())]
        return new[0].upper() + new[1:] if found[0][0].isupper() else new

    return _CHANGES.sub(change, text)


def pieces(text: str) -> list[str]:
    """Return the text in two to four pieces of whole words, as people send them."""
    words = text.split()
    if not words:
        return [text]
    size = -(-len(words) // min(MOST_PIECES, max(2, len(words) // WORDS_PER_PIECE)))
    return [" ".join(words[i : i + size]) for i in range(0, len(words), size)]


PIECES, TYPED = "cut into 2-4 fragments", "typing errors"
REWORDINGS: dict[str, Callable[[str], str]] = {"no accents, capitals, punctuation": bare, "Flemish wording": in_flemish}


def falls_of(triage: Triage, gold: Sequence[dict[str, Any]]) -> dict[str, dict[str, Fall]]:
    """Return how far recall and kept share fall when the same messages are typed otherwise, beside how they stand."""
    texts = [str(row["text"]) for row in gold]
    before = [triage.read(text).crisis for text in texts]
    return falls_from([bool(row["urgency"] >= CRISIS) for row in gold], before, [read_otherwise(triage, text) for text in texts])


def read_otherwise(triage: Triage, text: str) -> dict[str, list[bool]]:
    """Return whether a message is read as a crisis in each other way of typing; several ways of making typing errors."""
    return {
        PIECES: [read_in_pieces(triage, text) >= CRISIS],
        TYPED: [triage.read(with_typos(text, seed)).crisis for seed in range(SEEDS)],
        **{name: [triage.read(change(text)).crisis] for name, change in REWORDINGS.items()},
    }


def falls_from(crisis: list[bool], before: list[bool], after: Sequence[dict[str, list[bool]]]) -> dict[str, dict[str, Fall]]:
    """Return the falls of messages that were read before and otherwise; of the ways of making typing errors the worst counts."""
    out = {}
    for name in (PIECES, TYPED, *REWORDINGS):
        ways = SEEDS if name == TYPED else 1
        falls = [_both(crisis, before, [row[name][way] for row in after]) for way in range(ways)]
        out[name] = max(falls, key=lambda both: both["recall"].points.value)
    return out


def read_in_pieces(triage: Triage, text: str) -> int:
    """Return the highest level while a text comes in pieces."""
    parts = pieces(text)
    return max(triage.read(piece, parts[:i]).level for i, piece in enumerate(parts))


def _both(crisis: list[bool], before: list[bool], after: list[bool]) -> dict[str, Fall]:
    positive, negative = ([i for i, one in enumerate(crisis) if one is wanted] for wanted in (True, False))
    return {
        "recall": fall([before[i] for i in positive], [after[i] for i in positive]),
        "kept": fall([not before[i] for i in negative], [not after[i] for i in negative]),
    }
