"""Loads and checks the rules (``rules/*.yml``), the named lists and the spelling. Everything wrong is said at once, at start.

A rule::

    - id: su-wens-01            # stable: stored with every reading
      level: 3                  # what one match means
      kinds: [suicidaliteit]
      reason: wens om er niet meer te zijn
      any: [pattern, ...]       # see patterns.py
      unless: [pattern, ...]    # not where this holds in the same sentence
      past: lowers              # lowers (default) | keeps: long past and nothing present makes it level 1
      told: lowers              # lowers (default) | keeps: news, fiction, study, a general question makes it level 0
      report: lowers            # lowers (default) | keeps: a report on others makes it level 0 (``screen.py``)
      sign: afscheid            # instead of a level: a weak sign, counted by rules with ``signs``
      signs: [afscheid, moe]    # instead of ``any``: these weak signs together
      language: en              # of the words, in ``rules/other``
      cases: {hit: [...], miss: [...]}

A mask is a rule without level: its words are taken away before the rules look (idiom, denial).

Rules for other languages (``rules/other``) are a lexicon of their own, which reads the words as they were typed: what puts Dutch
right would bend them (*fils* to *film*), and their words must not count as known when Dutch is put right.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from handoff.triage.normal import Spelling, fold, normalise
from handoff.triage.patterns import BadPattern, Pattern, compile_pattern
from handoff.triage.repair import Words

FOLDER = Path(__file__).parent / "rules"
OTHER = "other"  # folder of the rules for other languages, within that of the rules
FIELDS = {"id", "level", "kinds", "reason", "any", "unless", "past", "told", "report", "sign", "signs", "cases", "language"}
AS_TYPED = Spelling({}, frozenset())
_WORD = re.compile(r"[^\s()\[\]|<>&.,]+")  # of a pattern


@dataclass(frozen=True, slots=True)
class Rule:
    """One readable rule."""

    id: str
    level: int
    kinds: tuple[str, ...]
    reason: str
    any: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    past_lowers: bool
    told_lowers: bool
    report_lowers: bool
    sign: str | None
    signs: tuple[str, ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    language: str = ""  # of its words, by two letters; empty for Dutch


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that the screen needs. ``contexts``: named pattern lists (past, present, told, bereaved ...).

    ``other``: the rules for other languages, by themselves.
    """

    rules: tuple[Rule, ...]
    masks: tuple[Rule, ...]
    contexts: dict[str, tuple[Pattern, ...]]
    spelling: Spelling
    other: "Lexicon | None" = None


class BadLexicon(ValueError):
    """The rule files contradict themselves; the message lists every fault."""


def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Read every rule file of ``folder``. Raises BadLexicon."""
    lists = {name: [str(item) for item in items] for name, items in _yaml(folder / "lists.yml").items()}
    spelling_data = _yaml(folder / "spelling.yml")
    spelling = Spelling({str(k): str(v) for k, v in spelling_data["forms"].items()}, frozenset(str(k) for k in spelling_data["keys"]))
    faults: list[str] = []
    contexts = {name: tuple(_patterns(items, lists, f"context {name}", faults)) for name, items in _yaml(folder / "contexts.yml").items()}
    special = {"lists.yml", "spelling.yml", "contexts.yml", "masks.yml"}
    rules = [_rule(entry, lists, faults) for path in sorted(folder.glob("*.yml")) if path.name not in special for entry in _yaml(path)]
    masks = [_rule(entry, lists, faults) for entry in _yaml(folder / "masks.yml")]
    other = _other(folder / OTHER, faults)
    faults += _repeated(rule.id for rule in [*rules, *masks, *other.rules])
    if faults:
        raise BadLexicon("; ".join(faults))
    everything = [pattern for rule in (*rules, *masks) for pattern in (*rule.any, *rule.unless)]
    everything += [pattern for context in contexts.values() for pattern in context]
    known = (folder / "words.txt").read_text(encoding="utf-8").split()
    spelling = replace(spelling, words=Words(known, {item for pattern in everything for item in pattern.items}))
    return Lexicon(tuple(rules), tuple(masks), contexts, spelling, other)


def _other(folder: Path, faults: list[str]) -> Lexicon:
    """Read the rules for other languages, each file one language; an empty lexicon where there is no such folder."""
    rules: list[Rule] = []
    contexts: dict[str, tuple[Pattern, ...]] = {}
    for path in sorted(folder.glob("*.yml")):
        data = _yaml(path)
        rules += [_rule({**entry, "language": path.stem}, {}, faults) for entry in data["rules"]]
        for name, items in data["contexts"].items():
            read = [_as_typed(item) for item in items]
            contexts[name] = (*contexts.get(name, ()), *_patterns(read, {}, f"context {name} of {path.stem}", faults))
    return Lexicon(tuple(rules), (), contexts, AS_TYPED)


def _as_typed(source: str) -> str:
    """Return a pattern, written as its language writes, with words as they are read: no accents, no apostrophes."""

    def read(match: re.Match[str]) -> str:
        return fold(match.group())[0] if "*" in match.group() else normalise(match.group(), AS_TYPED).text.strip()

    return _WORD.sub(read, source)


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _patterns(sources: Iterable[str], lists: dict[str, list[str]], where: str, faults: list[str]) -> list[Pattern]:
    out = []
    for source in sources:
        try:
            out.append(compile_pattern(source, lists))
        except BadPattern as error:
            faults.append(f"{where}: {error}")
    return out


def _rule(entry: dict[str, Any], lists: dict[str, list[str]], faults: list[str]) -> Rule:
    name = str(entry.get("id", "without id"))
    unknown = set(entry) - FIELDS
    if unknown:
        faults.append(f"{name}: unknown fields {sorted(unknown)}")
    cases = entry.get("cases", {})
    language = str(entry.get("language", ""))
    found, excused = ([_as_typed(one) if language else one for one in entry.get(field, ())] for field in ("any", "unless"))
    return Rule(
        id=name,
        level=int(entry.get("level", 0)),
        kinds=tuple(entry.get("kinds", ())),
        reason=str(entry.get("reason", "")),
        any=tuple(_patterns(found, lists, name, faults)),
        unless=tuple(_patterns(excused, lists, name, faults)),
        past_lowers=entry.get("past", "lowers") == "lowers",
        told_lowers=entry.get("told", "lowers") == "lowers",
        report_lowers=entry.get("report", "lowers") == "lowers",
        sign=entry.get("sign"),
        signs=tuple(entry.get("signs", ())),
        hits=tuple(cases.get("hit", ())),
        misses=tuple(cases.get("miss", ())),
        language=language,
    )


def _repeated(ids: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [f"{i}: id used twice" for i in ids if i in seen or seen.add(i)]  # type: ignore[func-returns-value]
