"""``./nachtlicht evaluate words``: which words are known, and which of them name nobody and nowhere.

``handoff/triage/rules/words.txt``: made from the training messages and the everyday sentences, the commonest first: words that at
least two authors wrote, three times or more, as rules see them after normalisation. A word that is not on the list may be a slip of
the finger (``handoff/triage/repair.py``). ``handoff/content/plain_words.txt``: those that a summary may quote.
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

import handoff
from handoff.triage.lexicon import FOLDER
from handoff.triage.normal import Spelling, fold, normalise
from handoff.triage.repair import LONGEST, SHORTEST

DATA = Path(__file__).parent.parent / "nlu_data"
PATH = FOLDER / "words.txt"
PLAIN = Path(handoff.__file__).parent / "content" / "plain_words.txt"
TIMES, AUTHORS = 3, 2
CAPITAL = 0.05  # share of a word's places inside sentences in which it has a capital, from which it may be a name
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = re.compile(r"[.!?:…\"“”‘’'\n(–—-]\s*$")


def main() -> int:
    """Write the list; print how many words it holds."""
    words = known_words(list(texts()))
    PATH.write_text("\n".join(words) + "\n", encoding="utf-8")
    plain = plain_words(words, [text for _, text in texts()])
    PLAIN.write_text("\n".join(plain) + "\n", encoding="utf-8")
    print(f"{len(words)} words in {PATH.name}, {len(plain)} in {PLAIN.name}")
    return 0


def texts(folder: Path = DATA) -> Iterator[tuple[str, str]]:
    """Return author and text of everything to learn from; each file of everyday sentences counts as an author."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((folder / "nlu").glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), loader)["nlu"]:
            for example in block["examples"]:
                yield example["metadata"]["id"].split("-")[0], example["text"]
    for path in sorted((folder / "urgency").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield path.stem, line


def known_words(written: list[tuple[str, str]]) -> list[str]:
    """Return the words of these texts that count as known, the commonest first."""
    spelling = Spelling(_forms(), frozenset())
    count: Counter[str] = Counter()
    authors = defaultdict(set)
    for author, text in written:
        for word in normalise(text, spelling).words:
            count[word.text] += 1
            authors[word.text].add(author)
    known = [word for word, times in count.items() if times >= TIMES and len(authors[word]) >= AUTHORS]
    return sorted((w for w in known if SHORTEST <= len(w) <= LONGEST and w.isalpha()), key=lambda word: (-count[word], word))


def plain_words(known: list[str], written: list[str]) -> list[str]:
    """Return the known words that are hardly ever written with a capital inside a sentence: those that are may be names."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in written:
        for match in _WORD.finditer(text):
            before = text[: match.start()]
            if before.strip() and not _BEGINS.search(before):
                (capital if match[0][0].isupper() else small)[fold(match[0])[0]] += 1
    return sorted(word for word in known if capital[word] <= CAPITAL * (capital[word] + small[word]))


def _forms() -> dict[str, str]:
    data = yaml.safe_load((FOLDER / "spelling.yml").read_text(encoding="utf-8"))
    return {str(typed): str(form) for typed, form in data["forms"].items()}


if __name__ == "__main__":
    sys.exit(main())
