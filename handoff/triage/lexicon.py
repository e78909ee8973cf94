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
      cases: {hit: [...], miss: [...]}

A mask is a rule without level: its words are taken away before the rules look (idiom, denial).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from handoff.triage.normal import Spelling
from handoff.triage.patterns import BadPattern, Pattern, compile_pattern
from handoff.triage.repair import Words

FOLDER = Path(__file__).parent / "rules"


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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that the screen needs. ``contexts``: named pattern lists (past, present, told, bereaved ...)."""

    rules: tuple[Rule, ...]
    masks: tuple[Rule, ...]
    contexts: dict[str, tuple[Pattern, ...]]
    spelling: Spelling


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
    faults += _repeated(rule.id for rule in [*rules, *masks])
    if faults:
        raise BadLexicon("; ".join(faults))
    everything = [pattern for rule in (*rules, *masks) for pattern in (*rule.any, *rule.unless)]
    everything += [pattern for context in contexts.values() for pattern in context]
    known = (folder / "words.txt").read_text(encoding="utf-8").split()
    spelling = replace(spelling, words=Words(known, {item for pattern in everything for item in pattern.items}))
    return Lexicon(tuple(rules), tuple(masks), contexts, spelling)


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
    unknown = set(entry) - {"id", "level", "kinds", "reason", "any", "unless", "past", "told", "report", "sign", "signs", "cases"}
    if unknown:
        faults.append(f"{name}: unknown fields {sorted(unknown)}")
    cases = entry.get("cases", {})
    return Rule(
        id=name,
        level=int(entry.get("level", 0)),
        kinds=tuple(entry.get("kinds", ())),
        reason=str(entry.get("reason", "")),
        any=tuple(_patterns(entry.get("any", ()), lists, name, faults)),
        unless=tuple(_patterns(entry.get("unless", ()), lists, name, faults)),
        past_lowers=entry.get("past", "lowers") == "lowers",
        told_lowers=entry.get("told", "lowers") == "lowers",
        report_lowers=entry.get("report", "lowers") == "lowers",
        sign=entry.get("sign"),
        signs=tuple(entry.get("signs", ())),
        hits=tuple(cases.get("hit", ())),
        misses=tuple(cases.get("miss", ())),
    )


def _repeated(ids: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [f"{i}: id used twice" for i in ids if i in seen or seen.add(i)]  # type: ignore[func-returns-value]
