"""The directory of help (``content/referrals.yml``) and the choice of at most three fitting entries.

The only source of phone numbers and sites. Choosing is a pure function of what is known of the visitor.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parent / "content" / "referrals.yml"
SUBJECTS = PATH.with_name("referral_subjects.yml")
MOST = 3  # places named in one conversation, as Dutch helplines do
ADULT = 18
ELDERLY = 60
ANYTHING = frozenset({"stemming", "sociaal"})  # themes of lines that listen to whatever it is
DANGER_THEMES = frozenset({"suicide", "geweld", "seksueel_geweld"})  # emergency lines are named for these only


@dataclass(frozen=True, slots=True)
class Entry:
    """One organisation, site or self-help tool. ``phone`` is empty where no number was confirmed by two sources."""

    id: str
    name: str
    country: str  # NL | BE | both
    what: str
    audience: frozenset[str]  # zelf, naaste, slachtoffer, professional, ...
    ages: tuple[int, int]  # youngest and oldest age it is for
    phone: tuple[str, ...]
    always_open: bool
    hours: str
    cost: str
    site: tuple[str, ...]
    roles: tuple[str, ...]
    themes: frozenset[str]
    keywords: tuple[str, ...]
    self_help: bool
    subjects: frozenset[str] | None = None  # sub themes it is for alone; None: the whole theme


@dataclass(frozen=True, slots=True)
class Need:
    """What is known of a visitor when help is chosen. ``age``: None where unknown (then adult); ``country``: NL, BE or None."""

    theme: str | None
    sub: str | None = None
    perspective: str = "zelf"
    age: int | None = None
    country: str | None = None
    said_no: frozenset[str] = frozenset()
    now: bool = False  # only what is open day and night


class Directory:
    """All entries by id, in the order of the file."""

    def __init__(self, entries: list[Entry]) -> None:
        """Raises ValueError for an id that occurs twice."""
        self.entries = {entry.id: entry for entry in entries}
        if len(self.entries) != len(entries):
            raise ValueError("an id stands twice in the directory")

    def get(self, entry_id: str) -> Entry | None:
        """Return the entry of that id, or None."""
        return self.entries.get(entry_id)

    def named(self, name: str) -> Entry | None:
        """Return the entry of an id or of one of its numbers."""
        return self.entries.get(name) or next((entry for entry in self.entries.values() if name in entry.phone), None)

    def choose(self, need: Need, most: int = MOST) -> list[Entry]:
        """Return up to ``most`` entries that fit, the best first; never one that was refused, never a wrong age or country."""
        open_ones = [entry for entry in self.entries.values() if entry.always_open or not need.now]
        fitting = [(self._fit(entry, need), entry) for entry in open_ones]
        if (need.theme or need.now) and not any(fit > 0 for fit, _ in fitting):  # nothing knows this subject: somebody who listens to any
            fitting = [(float(self._listens(entry, need)), entry) for entry in open_ones]
        ranked = sorted((pair for pair in fitting if pair[0] > 0), key=lambda pair: -pair[0])
        chosen: list[Entry] = []
        for _, entry in ranked:
            same_site = any(set(entry.site) & set(other.site) for other in chosen)
            if not same_site and len(chosen) < most:
                chosen.append(entry)
        return chosen

    @staticmethod
    def _open_to(entry: Entry, need: Need) -> bool:
        """Return whether somebody of this age and country may turn to it, and did not refuse it."""
        here = entry.country in (need.country or "NL", "both", "NL/BE", "BE/NL")
        return here and entry.id not in need.said_no and entry.ages[0] <= _age(need) <= entry.ages[1]

    def _listens(self, entry: Entry, need: Need) -> bool:
        """Return whether it is there for talk about anything, and open to this visitor."""
        listens = entry.roles[:1] == ("luisterend_oor",) and bool(entry.themes & ANYTHING)
        return listens and (need.perspective != "naaste" or "naaste" in entry.audience) and self._open_to(entry, need)

    def _fit(self, entry: Entry, need: Need) -> float:
        """Return how well an entry fits; 0 where it must not be named."""
        age = _age(need)
        if not self._open_to(entry, need):
            return 0.0
        if entry.subjects is not None and need.sub not in entry.subjects:
            return 0.0
        if need.theme is None or not (need.theme in entry.themes or "any" in entry.themes):
            return 0.0
        if "nood" in entry.roles and need.theme not in DANGER_THEMES:
            return 0.0
        if need.perspective == "naaste" and not entry.audience & {"naaste", "ouder", "ouders", "mantelzorger"}:
            return 0.0
        score = 1.0 if need.theme in entry.themes else 0.4
        score += 2.0 * (entry.subjects is not None or self._about(entry, need.sub)) + (0.6 if entry.always_open else 0.0)
        score += 0.5 if age < ADULT and entry.ages[1] <= 25 else 0.0
        score += 0.3 if need.perspective in entry.audience else 0.0
        return score - 0.1 * len(entry.themes)

    @staticmethod
    def _about(entry: Entry, sub: str | None) -> bool:
        if not sub:
            return False
        stem = sub.split("_")[0][:6]
        words = re.findall(r"\w+", " ".join((*entry.keywords, entry.name.lower(), entry.what.lower())))
        return any(word.startswith(stem) for word in words)  # *werk* is not what a *netwerk* is about


def load_directory(path: Path = PATH) -> Directory:
    """Read the directory. Raises OSError, KeyError or ValueError where the file is not as described."""
    subjects = yaml.safe_load(SUBJECTS.read_text(encoding="utf-8"))
    return Directory([_entry(item, subjects) for item in yaml.safe_load(path.read_text(encoding="utf-8"))])


def _entry(item: dict[str, Any], subjects: dict[str, dict[str, list[str]]]) -> Entry:
    only = subjects["only"].get(item["id"])
    site = item.get("site", [])
    return Entry(
        id=item["id"],
        name=item["name"],
        country=item["country"],
        what=item["what"],
        audience=frozenset(item.get("for", ())),
        ages=_ages(str(item.get("age", "")), str(item.get("minors", ""))),
        phone=tuple(str(number) for number in item.get("phone", ())),
        always_open=bool(item.get("open_day_and_night")),
        hours=str(item.get("hours", "")),
        cost=str(item.get("cost", "")),
        site=(site,) if isinstance(site, str) else tuple(site),
        roles=tuple(item.get("role", ())),
        themes=frozenset((*item.get("themes", ()), *subjects["also"].get(item["id"], ()))),
        keywords=tuple(str(word).lower() for word in item.get("keywords", ())),
        self_help=item.get("kind") == "self_help",
        subjects=None if only is None else frozenset(only),
    )


def _age(need: Need) -> int:
    """Return the visitor's age, an adult's where it is unknown."""
    return ADULT + 12 if need.age is None else need.age


def _ages(age: str, minors: str) -> tuple[int, int]:
    """Read the ages an entry is for from its free text; wide where the text does not say."""
    if found := re.search(r"(\d{1,2})\s*(?:-|t/m|tot)\s*(\d{1,2})", age):
        return int(found.group(1)), int(found.group(2))
    if found := re.search(r"(\d{1,2})\s*\+|vanaf (\d{1,2})", age):
        return int(found.group(1) or found.group(2)), 120
    if found := re.match(r"tot (\d{1,2})", age):
        return 0, int(found.group(1))
    if age == "ouderen":
        return ELDERLY, 120
    if age.startswith("minderjarigen"):
        return 0, ADULT - 1
    if minors.startswith("nee") or (age in ("volwassenen", "gericht op volwassenen") and not minors.startswith("ja")):
        return ADULT, 120
    if re.match(r"(kinderen|jongeren|kind)", age) and "volwassen" not in age.replace("jongvolwassen", "") and "ouder" not in age:
        return 0, 25
    return 0, 120
