"""How to address a visitor and whose help fits, from small signs in their words. Rules are data (``content/profile.yml``). Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from handoff.triage.normal import fold

PATH = Path(__file__).parent / "content" / "profile.yml"
MINOR = 18
CHILD = 13  # younger visitors get the words of a child
OLD = 70  # from this age a visitor who wrote neither je nor u is called u
_SENTENCE = re.compile(r"[^.!?\n]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known so far. ``country``: NL, BE or None; ``age`` in years or None; ``perspective`` as in ``themes.yml``."""

    form: str = "je"
    country: str | None = None
    age: int | None = None
    minor: bool = False
    perspective: str | None = None
    child: bool = False

    @property
    def reader(self) -> str:
        """Return for whom words are chosen: ``kind``, ``jong``, or empty for an adult and whoever asks for their work."""
        if self.perspective == "professional":
            return ""
        if self.age is not None:
            return "kind" if self.age < CHILD else "jong" if self.age < MINOR else ""
        return "kind" if self.child else "jong" if self.minor else ""

    @property
    def place(self) -> str:
        """Return which numbers fit: ``nl``, ``be`` or ``onbekend`` (then both are shown, each with its country)."""
        return (self.country or "onbekend").lower()


class ProfileReader:
    """Adds to a profile what one message shows."""

    def __init__(self, data: dict[str, Any]) -> None:
        """``data``: the content of ``profile.yml``."""
        self._u = _words(data["u_form"])
        self._je = _words(data["je_form"])
        self._strong = _words(data["flemish"]["strong"])
        self._weak = _words(data["flemish"]["weak"])
        self._dutch = _words(data["dutch"])
        self._minor = _words([*data["minor"], *data["child"]])
        self._child = _words(data["child"])
        self._age = [re.compile(pattern) for pattern in data["age"]]
        self._bare_age = [re.compile(pattern) for pattern in data["bare_age"]]
        self._voiceless = re.compile(rf"\b(?:{'|'.join(data['voiceless'])})")
        whom = data["in_danger"]
        self._another, self._worry, self._own = (re.compile(rf"\b(?:{'|'.join(whom[name])})\b") for name in ("another", "worry", "own"))

    def update(self, profile: Profile, text: str) -> Profile:
        """Return the profile with what ``text`` adds; what is known is only changed by a stronger sign."""
        low, _ = fold(text)
        told = self._read_age(low)
        age = told or profile.age
        polite = "u" if profile.age is None and (told or 0) >= OLD else profile.form
        return replace(
            profile,
            form=self._read_form(low) or polite,
            country=self._read_country(low) or profile.country,
            age=age,
            minor=profile.minor or (age is not None and age < MINOR) or bool(self._minor.search(low)),
            child=profile.child or bool(self._child.search(low)),
        )

    def in_danger(self, text: str, signs: Iterable[tuple[int, int]]) -> str | None:
        """Return who is in danger, ``zelf`` or ``naaste``, from the sentences that the signs of danger stand in; None where unclear.

        ``signs``: character spans in ``text``. Words of worry about another ("ik ben bang dat ze ...") do not make it one's own danger.
        """
        places = list(signs)
        low, at = fold(text)
        touched = [s.group() for s in _SENTENCE.finditer(low) if any(a <= at[s.end() - 1] and at[s.start()] < b for a, b in places)]
        danger = self._worry.sub(" ", " . ".join(touched))
        if self._own.search(danger):
            return "zelf"
        return "naaste" if self._another.search(" ".join(touched)) else None

    def voiceless(self, text: str) -> bool:
        """Return whether a visitor says that they cannot speak aloud where they are."""
        return bool(self._voiceless.search(fold(text)[0]))

    def _read_form(self, low: str) -> str | None:
        if self._je.search(low):
            return "je"
        return "u" if self._u.search(low) and not self._strong.search(low) else None

    def _read_country(self, low: str) -> str | None:
        if self._strong.search(low):
            return "BE"
        if self._dutch.search(low):
            return "NL"
        return "BE" if len(set(self._weak.findall(low))) >= 3 else None

    def _read_age(self, low: str) -> int | None:
        """Return the visitor's age; one that is told without *ik* counts only where nobody else stands in the sentence."""
        for pattern in self._age:
            if (match := pattern.search(low)) and (age := _likely(match)):
                return age
        alone = [sentence.group() for sentence in _SENTENCE.finditer(low) if not self._another.search(sentence.group())]
        found = (pattern.search(sentence) for sentence in alone for pattern in self._bare_age)
        return next((age for match in found if match and (age := _likely(match))), None)


def _likely(match: re.Match[str]) -> int | None:
    age = int(match.group(1))
    return age if 5 <= age <= 99 else None


def _words(items: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(?:" + "|".join(re.escape(str(item)) for item in items) + r")(?![\w-])")


def load_profile_reader(path: Path = PATH) -> ProfileReader:
    """Read the signs. Raises OSError or KeyError."""
    return ProfileReader(yaml.safe_load(path.read_text(encoding="utf-8")))
