"""Every sentence a visitor reads, from ``content/texts``: chosen by key and form (je or u), varied, filled with facts.

Numbers and sites come from the directory by id (``{tel:nl-113}``); nothing else of a text is computed.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handoff.referrals import Directory

FOLDER = Path(__file__).parent / "content" / "texts"
_FACT = re.compile(r"\{(tel|site):([a-z0-9-]+)\}")


class BadTexts(ValueError):
    """A text names an entry without that fact, or its variants do not match; the message lists every fault."""


@dataclass(frozen=True, slots=True)
class Text:
    """The variants of one key."""

    je: tuple[str, ...]
    u: tuple[str, ...]


class Texts:
    """Looks sentences up. Immutable after loading."""

    def __init__(self, texts: dict[str, Text], page: dict[str, str]) -> None:
        """``texts``: what is said in a conversation; ``page``: words of the visitor's page."""
        self._texts = texts
        self.page = page

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def keys(self) -> list[str]:
        """Return every key of what is said."""
        return list(self._texts)

    def variants(self, key: str) -> Text:
        """Return all variants of a key. Raises KeyError."""
        return self._texts[key]

    def say(self, key: str, *, form: str = "je", turn: int = 0, **values: str) -> str:
        """Return the variant number ``turn`` (counted round) of ``key``, with ``{names}`` filled in.

        Raises KeyError for a key that no file has.
        """
        text = self._texts[key]
        variants = text.u if form == "u" and text.u else text.je
        sentence = variants[turn % len(variants)]
        for name, value in values.items():
            sentence = sentence.replace("{" + name + "}", value)
        return sentence

    def first(self, *keys: str) -> str:
        """Return the first of ``keys`` that exists: the most fitting text comes first. Raises KeyError."""
        for key in keys:
            if key in self._texts:
                return key
        raise KeyError(keys[-1])


def load_texts(directory: Directory, folder: Path = FOLDER) -> Texts:
    """Read every text and put the directory's facts in. Raises BadTexts."""
    faults: list[str] = []
    texts: dict[str, Text] = {}
    page: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        for key, value in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if path.stem == "page":
                page[key] = _filled(str(value), key, directory, faults)
                continue
            if key in texts:
                faults.append(f"{key}: in two files")
            texts[key] = _text(key, value, directory, faults)
    if faults:
        raise BadTexts("; ".join(faults))
    return Texts(texts, page)


def _text(key: str, value: dict[str, Any], directory: Directory, faults: list[str]) -> Text:
    je = tuple(_filled(str(s), key, directory, faults) for s in value.get("je", ()))
    u = tuple(_filled(str(s), key, directory, faults) for s in value.get("u", ()))
    if not je:
        faults.append(f"{key}: no variant")
    if u and len(u) != len(je):
        faults.append(f"{key}: {len(je)} variants with je, {len(u)} with u")
    return Text(je, u)


def _filled(sentence: str, key: str, directory: Directory, faults: list[str]) -> str:
    def fact(match: re.Match[str]) -> str:
        entry = directory.get(match.group(2))
        values = () if entry is None else entry.phone if match.group(1) == "tel" else entry.site
        if not values:
            faults.append(f"{key}: {match.group()} is not in the directory")
            return ""
        return values[0]

    return _FACT.sub(fact, sentence).strip()
