"""How the learned models see a text. The same steps as ``handoff/triage/model.py``; a test shows that both agree.

The two rooms run on different interpreters and import nothing of each other, so the few lines stand twice.
"""

import re
import unicodedata
from typing import List

MAX_READ = 1_200  # characters: above that a message is read in its first and last part
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"(\w)\1{2,}")
_DIGIT = re.compile(r"\d")


def plain(text: str) -> str:
    """Return the text in lower case, without accents, digits as 0, letter runs at most two, words by single spaces."""
    if len(text) > MAX_READ:
        text = text[: MAX_READ // 2] + " " + text[-MAX_READ // 2 :]
    kept: List[str] = []
    for char in text:
        for part in unicodedata.normalize("NFKD", char) if ord(char) > 127 else char:
            if unicodedata.category(part) in ("Mn", "Cf", "Cc") and part not in "\n\t\r":
                continue
            kept.append("'" if part in "’‘`´" else part.lower())
    return " ".join(_WORD.findall(_DIGIT.sub("0", _RUN.sub(r"\1\1", "".join(kept)))))
