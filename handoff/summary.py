"""What of the visitor's own sentences may stand in a summary: at most two, calm ones, without means, abuse or names. Pure.

A sentence is left out when anything about it is in doubt: a word that is not on the list of plain words (so no names, places or
streets), a digit, a sign of danger for either reader. A summary without a quotation is better than a wrong one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import yaml

from handoff.triage.normal import fold
from handoff.triage.reading import Reading

CONTENT = Path(__file__).parent / "content"
MOST, SHORTEST, LONGEST = 2, 5, 18  # sentences; words of one
HIGHEST = 2  # urgency of a message that may be quoted
MOST_READ = 3  # sentences of a message that triage reads again, in the transaction that stores the summary
UNSURE = 0.2  # probability of a crisis from which a sentence is not quoted
_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[^\W_]+")
_OWN = frozenset({"ik", "mij", "me", "mijn", "we", "wij", "ons", "onze"})
_ANSWERS = re.compile(r"\b(?:dank|bedankt|hallo|hoi|doei|je|jij|u)\b", re.IGNORECASE)  # said to the bot, not about oneself


@dataclass(frozen=True, slots=True)
class Quotable:
    """``plain``: words that name nobody and nowhere; ``unfit``: beginnings of words that are never quoted."""

    plain: frozenset[str]
    unfit: tuple[str, ...]


def load_quotable(folder: Path = CONTENT) -> Quotable:
    """Return the lists. Raises OSError where a file is missing."""
    unfit = yaml.safe_load((folder / "summary.yml").read_text(encoding="utf-8"))["unfit"]
    return Quotable(frozenset((folder / "plain_words.txt").read_text(encoding="utf-8").split()), tuple(unfit))


def quotes(told: Sequence[tuple[str, int]], quotable: Quotable, read: Callable[[str], Reading]) -> list[str]:
    """Return at most two sentences of what was told (text and urgency of each message), in order."""
    out: list[str] = []
    for text, urgency in told:
        parts = (part.strip(" ,;:-") for part in _SENTENCE.findall(text)) if urgency <= HIGHEST else ()
        fitting = islice((part for part in parts if _fits(part, quotable)), MOST_READ)
        best = next((part for part in fitting if _calm(read(part))), None)
        if best and best not in out:
            out.append(best)
        if len(out) == MOST:
            break
    return out


def _fits(sentence: str, quotable: Quotable) -> bool:
    typed = _WORD.findall(sentence)
    words = [fold(word)[0] for word in typed]
    if not SHORTEST <= len(words) <= LONGEST or not _OWN & set(words) or _ANSWERS.search(sentence):
        return False
    named = any(word[0].isupper() for word in typed[1:])
    known = all(len(word) <= 2 or word in quotable.plain for word in words) and not any(map(str.isdigit, sentence))
    return known and not named and not any(word.startswith(quotable.unfit) for word in words)


def _calm(reading: Reading) -> bool:
    """Return whether neither reader sees the slightest sign."""
    screen, model = reading.screen, reading.model
    sure = model is None or (model.confidence or 0.0) < UNSURE
    return reading.level <= HIGHEST and not (screen.evidence or screen.weak or screen.calmed) and sure
