"""The screen: readable rules over normalised words. Explains itself with rule ids and spans; never raises.

Masks are taken away first (idiom, denial); then every rule looks. A match in a sentence that is about long ago, or
about news, fiction, study or a general question, is lowered, unless the same sentence speaks of now.
"""

from dataclasses import dataclass

from handoff.triage.lexicon import Lexicon, Rule
from handoff.triage.normal import Normal, normalise
from handoff.triage.reading import Evidence, Part

PAST_LEVEL = 1
TOLD_LEVEL = 0
STRONG_MATCHES = 6  # evidence kept of one reading: enough to understand, not a second transcript


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that held: its level after context, and its place in the normalised text."""

    rule: Rule
    level: int
    start: int
    end: int


class Screen:
    """Reads one text with the rules of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the rules apart by what they need."""
        self.lexicon = lexicon
        self._plain = [rule for rule in lexicon.rules if rule.any]
        self._joint = [rule for rule in lexicon.rules if rule.signs]

    def read(self, text: str) -> Part:
        """Return level, kinds and evidence of a text; spans count in the text as typed."""
        normal = normalise(text, self.lexicon.spelling)
        matches, weak = self.matches(normal)
        if not matches:
            return Part(0, weak=weak)
        level = max(match.level for match in matches)
        kinds = {kind: None for match in matches if match.level >= 3 for kind in match.rule.kinds}
        strongest = sorted(matches, key=lambda match: (-match.level, match.start))[:STRONG_MATCHES]
        return Part(level, tuple(kinds), tuple(_evidence(match, normal, text) for match in strongest), weak=weak)

    def matches(self, normal: Normal) -> tuple[list[Match], bool]:
        """Return every rule that holds in a normalised text, with weak signs joined; and whether any weak sign was seen."""
        text = self._without_masks(normal.text)
        found = [match for rule in self._plain for match in self._apply(rule, text)]
        signs: dict[str, Match] = {}
        for match in found:
            if match.rule.sign:
                signs.setdefault(match.rule.sign, match)
        for rule in self._joint:
            if all(sign in signs for sign in rule.signs):
                places = [signs[sign] for sign in rule.signs]
                found.append(Match(rule, rule.level, min(m.start for m in places), max(m.end for m in places)))
        return [match for match in found if match.level > 0], bool(signs)

    def _without_masks(self, text: str) -> str:
        for mask in self.lexicon.masks:
            for pattern in mask.any:
                for match in pattern.find_all(text):
                    if not any(other.find(_sentence(text, *match.span())) for other in mask.unless):
                        text = text[: match.start()] + _blank(match.group()) + text[match.end() :]
        return text

    def _apply(self, rule: Rule, text: str) -> list[Match]:
        out = []
        for pattern in rule.any:
            for match in pattern.find_all(text):
                sentence = _sentence(text, *match.span())
                if any(other.find(sentence) for other in rule.unless):
                    continue
                level = self._level(rule, sentence)
                if level or (rule.sign and not self._elsewhere(sentence)):
                    out.append(Match(rule, level, *match.span()))
        return out

    def _level(self, rule: Rule, sentence: str) -> int:
        """Return what a match means in its sentence."""
        if rule.told_lowers and self._holds("told", sentence) and not self._holds("present", sentence):
            return TOLD_LEVEL
        if rule.past_lowers and self._holds("past", sentence) and not self._holds("present", sentence):
            return min(rule.level, PAST_LEVEL)
        return rule.level

    def _elsewhere(self, sentence: str) -> bool:
        """Return whether a weak sign is about long ago or about something told."""
        return self._holds("told", sentence) or (self._holds("past", sentence) and not self._holds("present", sentence))

    def _holds(self, context: str, sentence: str) -> bool:
        return any(pattern.find(sentence) for pattern in self.lexicon.contexts.get(context, ()))


def _blank(words: str) -> str:
    """Replace each word by a mark of the same length, so that offsets hold and no rule reads across it."""
    return "".join(" " if c == " " else "_" for c in words)


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence around a match, with a space at both ends."""
    left = text.rfind(" . ", 0, start + 1)
    right = text.find(" . ", end)
    return text[left + 2 if left >= 0 else 0 : right + 1 if right >= 0 else len(text)]


def _evidence(match: Match, normal: Normal, text: str) -> Evidence:
    start, end = normal.span(match.start, match.end)
    return Evidence("screen", match.rule.id, match.level, start, end, text[start:end])
