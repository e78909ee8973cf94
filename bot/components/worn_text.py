"""Texts as tired, hurried and Flemish hands type them, made from those that are there: the urgency model learns from both.

Words of danger come mistyped more often than they come right. A copy counts for less than its original (``WORN_WEIGHT``), keeps its
author, and is the same in every training.
"""

import random
from pathlib import Path
from typing import Dict, List

import yaml

VARIANTS = Path(__file__).parent.parent / "lexicon" / "variants.yml"
SLIP = 0.12  # share of words with a slip of the finger
SPOKEN = 0.5  # share of words with another way of writing that take it
SHORTEST = 4  # letters of a word that may get a slip


def load_variants(path: Path = VARIANTS) -> Dict[str, List[str]]:
    """Return for common words how else they are written. Raises OSError."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {str(word): [str(other) for other in others] for word, others in data.items()}


def worn(text: str, variants: Dict[str, List[str]], seed: int) -> str:
    """Return a copy of a plain text with some words written otherwise and some letters wrong. ``seed``: which copy."""
    chance = random.Random(f"{seed}{text}")
    return " ".join(_word(word, variants, chance) for word in text.split())


def _word(word: str, variants: Dict[str, List[str]], chance: random.Random) -> str:
    if word in variants and chance.random() < SPOKEN:
        return chance.choice(variants[word])
    if len(word) < SHORTEST or chance.random() >= SLIP:
        return word
    at = chance.randrange(1, len(word) - 1)
    slips = (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return chance.choice(slips)
