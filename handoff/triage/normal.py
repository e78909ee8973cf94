"""From typed words to words that rules can match, each word still knowing where it stood.

Lower case, no accents, letters of other scripts in the one form that people without their keyboard type too (``ALIKE``), long
letter runs shortened, split (``z e l f``), masked (``z*lfm**rd``) and digit-written (``d00d``) key words restored, frequent
misspellings and Flemish or chat forms rewritten (``spelling.yml``). Sentence ends become the word ``.`` and commas ``,`` so that a
rule can stay within a sentence. Pure; never raises.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from handoff.triage.repair import Repair, Words

# one letter for letters that are typed for one another, and our own signs for those of other scripts
ALIKE = {
    "ı": "i", "ł": "l", "ß": "ss", "œ": "oe", "ґ": "г", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": "",
    "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "،": ",", "؟": "?", "؛": ";", "。": ".",
}  # fmt: skip
MARKED = {("и", "\u0306"): "й", ("і", "\u0308"): "ї"}  # a mark that makes another letter of these, not an accent
DIGITS = str.maketrans("013457@$!|", "oieastasil")
_TOKEN = re.compile(r"[^\W_]+(?:[*#@$!'.\-_](?=[^\W_*#@$!'.\-_\s]|[*#@$!]+[^\W_])[*#@$!]*[^\W_]*)*|[.!?;:\n…]+|,")
_SPLIT = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:\s|[.\-_*])){3,}[^\W\d_](?![^\W_])")
_LETTERS = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"(\w)\1{2,}")
_MASK = re.compile(r"[*#@$!.\-_]+")
MOST_READ = 24_000  # characters: of a longer text the first 20,000 and the last 4,000 are read
TAIL = 4_000


@dataclass(frozen=True, slots=True)
class Word:
    """One normalised word and its character span in the text as typed."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Normal:
    """A normalised text: its words, and one string of them with single spaces (also at both ends)."""

    words: tuple[Word, ...]
    text: str
    starts: tuple[int, ...]  # index in ``text`` at which each word begins

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the typed text of ``text[start:end]``."""
        inside = [w for w, at in zip(self.words, self.starts, strict=True) if at < end and at + len(w.text) > start]
        return (inside[0].start, inside[-1].end) if inside else (0, 0)


@dataclass(frozen=True, slots=True)
class Spelling:
    """Data for the rewriting: ``forms`` maps one typed word to one or more words, ``keys`` are words worth restoring.

    ``words``: all that are known, so that an unknown one with a slip of the finger can be put right.
    """

    forms: dict[str, str]
    keys: frozenset[str]
    words: Words = field(default_factory=Words, compare=False)

    def restore(self, word: str) -> str:
        """Return the key word hidden behind masks, digits or one wrong letter; else the word itself."""
        if word in self.keys:
            return word
        if _MASK.search(word):
            shape = re.compile("".join(".{1,3}" if _MASK.fullmatch(p) else re.escape(p) for p in re.split(r"([*#@$!.\-_]+)", word) if p))
            found = [key for key in self.keys if shape.fullmatch(key)] if len(word) >= 4 and word[0].isalpha() else []
            return found[0] if found else _MASK.sub("", word)
        if any(c.isdigit() for c in word) and (plain := word.translate(DIGITS)) in self.keys:
            return plain
        return _one_letter_off(word, self.keys) or word


@lru_cache(maxsize=8)
def _deletions(keys: frozenset[str]) -> dict[str, str]:
    """Map every key of 7 letters or more, with one letter left out, to the key."""
    return {key[:i] + key[i + 1 :]: key for key in sorted(keys) if len(key) >= 7 for i in range(len(key))}


def _one_letter_off(word: str, keys: frozenset[str]) -> str | None:
    """Return a key one edit away (missing, extra, swapped or other letter), for words of 7 letters or more."""
    if not 6 <= len(word) <= 24:
        return None
    table = _deletions(keys)
    if word in table:
        return table[word]
    if len(word) < 7:
        return None
    for i in range(len(word)):
        short = word[:i] + word[i + 1 :]
        if short in keys and len(short) >= 7:
            return short
        if (key := table.get(short)) and key[0] == word[0] and abs(len(key) - len(word)) <= 1:
            return key
    return None


def windows(text: str, size: int, overlap: int = 100) -> list[tuple[int, str]]:
    """Return a text in pieces that overlap, each with its offset; one piece where it is short enough.

    Danger may stand anywhere in a long message, and a reader's time must not grow with more than the text's length. Pieces begin
    and end between words where there is a gap within ``overlap`` characters: half a word is another word.
    """
    if len(text) <= size:
        return [(0, text)]
    spans = [(0, len(text))] if len(text) <= MOST_READ else [(0, MOST_READ - TAIL), (len(text) - TAIL, len(text))]
    return [piece for begin, end in spans for piece in _pieces(text, begin, end, size, overlap)]


def _pieces(text: str, begin: int, end: int, size: int, overlap: int) -> Iterator[tuple[int, str]]:
    at = begin
    while True:
        stop = _gap_before(text, at + size, overlap) if at + size < end else end
        yield at, text[at:stop]
        if stop == end:
            return
        at = _gap_before(text, stop - overlap // 2, overlap // 2)


def last_words(text: str, size: int) -> str:
    """Return the end of a text, at most ``size`` characters, beginning with a whole word where there is a gap in it."""
    if len(text) <= size:
        return text
    end = text[-size:]
    return end[end.find(" ") + 1 :]


def _gap_before(text: str, place: int, reach: int) -> int:
    """Return where the last word before ``place`` begins, looking back ``reach`` characters; ``place`` where there is no gap."""
    gap = max(text.rfind(" ", place - reach, place), text.rfind("\n", place - reach, place))
    return gap + 1 if gap >= 0 else place


def fold(text: str) -> tuple[str, list[int]]:
    """Return the text in lower case without accents or invisible characters, and for each character its typed index."""
    if text.isascii() and text.isprintable():  # most messages, and eight times as fast
        return text.lower().replace("`", "'"), list(range(len(text)))
    out: list[str] = []
    at: list[int] = []
    for index, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char) if ord(char) > 127 else char:
            if out and (out[-1], part) in MARKED:
                out[-1] = MARKED[out[-1], part]
            if unicodedata.category(part) in ("Mn", "Cf", "Cc") and part not in "\n\t\r":
                continue
            for low in part.lower():
                for letter in ALIKE.get(low, low):
                    out.append(letter)
                    at.append(index)
    return "".join(out), at


def normalise(text: str, spelling: Spelling) -> Normal:
    """Return the words of ``text`` as rules match them."""
    folded, at = _join_split(*fold(text))
    words: list[Word] = []
    repair = Repair(spelling.words)
    for match in _TOKEN.finditer(folded):
        start, end = at[match.start()], at[match.end() - 1] + 1
        for piece in _rewrite(match.group(), spelling):
            meant = repair.meant(piece)
            right = [piece] if meant == piece else spelling.forms.get(meant, meant).split()
            words += [Word(one, start, end) for one in right]
    starts: list[int] = []
    length = 1
    for word in words:
        starts.append(length)
        length += len(word.text) + 1
    return Normal(tuple(words), " " + " ".join(w.text for w in words) + " ", tuple(starts))


def put_right(text: str, spelling: Spelling) -> str:
    """Return a text with single slips of the finger put right in words that nobody knows; all else as it was typed."""
    repair = Repair(spelling.words)

    def right(match: re.Match[str]) -> str:
        word = fold(match.group())[0]
        meant = repair.meant(word)
        return match.group() if meant == word else meant

    return _LETTERS.sub(right, text)


def _join_split(folded: str, at: list[int]) -> tuple[str, list[int]]:
    """Join letters typed apart; the gaps move behind the word, whose last letter stands where the run ended."""
    places = list(at)

    def join(match: re.Match[str]) -> str:
        begin, run = match.start(), match.group()
        letters = [begin + i for i, c in enumerate(run) if c.isalpha()]
        gaps = [begin + i for i, c in enumerate(run) if not c.isalpha()]
        places[begin : match.end()] = [at[i] for i in letters + gaps]
        return "".join(folded[i] for i in letters) + " " * len(gaps)

    return _SPLIT.sub(join, folded), places


@lru_cache(maxsize=20_000)
def _rewrite_cached(token: str, spelling_id: int) -> tuple[str, ...]:
    spelling = _SPELLINGS[spelling_id]
    if token == ",":
        return (",",)
    if not any(c.isalnum() for c in token):
        return (".",)
    word = _RUN.sub(lambda m: m.group(1) * (2 if m.group(1) in "aeou" else 1), token)
    if word != token and word not in spelling.forms and word not in spelling.keys:
        single = _RUN.sub(r"\1", token)
        word = single if single in spelling.forms or single in spelling.keys else word
    if form := spelling.forms.get(word):
        return tuple(form.split())
    restored = spelling.restore(word.strip("'.-_"))
    return tuple(spelling.forms.get(restored, restored).replace("'", "").split()) or (".",)


_SPELLINGS: dict[int, Spelling] = {}


def _rewrite(token: str, spelling: Spelling) -> tuple[str, ...]:
    key = id(spelling)
    _SPELLINGS.setdefault(key, spelling)
    return _rewrite_cached(token[:60], key)
