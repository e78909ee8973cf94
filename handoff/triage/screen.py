"""The screen: readable rules over normalised words. Explains itself with rule ids and spans; never raises.

Masks are taken away first (idiom, denial); then every rule looks. A match in a sentence that is about long ago, or
about news, fiction, study or a general question, is lowered, unless the same sentence speaks of now. So is a report:
a message that speaks of nobody the visitor could know, and tells of somebody else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from handoff.triage.lexicon import Lexicon, Rule
from handoff.triage.normal import Normal, normalise, put_right
from handoff.triage.patterns import Pattern
from handoff.triage.reading import CRISIS, Evidence, Part
from handoff.triage.view import Shapes, View

PAST_LEVEL = 1
TOLD_LEVEL = 0
STRONG_MATCHES = 6  # evidence kept of one reading: enough to understand, not a second transcript
MOST = 8  # places of one pattern that are looked at
AROUND = 240  # characters on either side of a match that count as its sentence where nobody ended one


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that held: its level after context, and its place in the normalised text."""

    rule: Rule
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the rules saw in a text: what holds; whether any weak sign was seen; and whether alarming words were passed over."""

    matches: list[Match]
    weak: bool
    calmed: bool


class PatternIndex:
    """Finds which patterns of many rules are worth a look at a text, by a word that each cannot do without."""

    def __init__(self, rules: list[Rule]) -> None:
        """``rules``: in the order in which they are asked."""
        # by each word of what a pattern needs first: its place among all, rule and pattern, and what else it needs
        self._by_item: dict[str, list[tuple[tuple[int, int], tuple[Rule, Pattern], tuple[frozenset[str], ...]]]] = {}
        self._always: dict[tuple[int, int], tuple[Rule, Pattern]] = {}
        for number, rule in enumerate(rules):
            for place, pattern in enumerate(rule.any):
                for item in pattern.needs[0] if pattern.needs else ():
                    self._by_item.setdefault(item, []).append(((number, place), (rule, pattern), pattern.needs[1:]))
                if not pattern.needs:
                    self._always[number, place] = (rule, pattern)

    def worth(self, view: View) -> Iterator[tuple[Rule, Pattern]]:
        """Yield rules with their patterns in the order of the rules."""
        here = view.places.keys()
        found = dict(self._always)
        for item in here & self._by_item.keys():
            for key, pair, others in self._by_item[item]:
                for items in others:  # written out: this runs for every pattern that one word calls up
                    if here.isdisjoint(items):
                        break
                else:
                    found[key] = pair
        for key in sorted(found):
            yield found[key]


class Screen:
    """Reads one text with the rules of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the rules apart by what they need."""
        self.lexicon = lexicon
        self._plain = PatternIndex([rule for rule in lexicon.rules if rule.any])
        self._joint = [rule for rule in lexicon.rules if rule.signs]
        self._masks = PatternIndex(list(lexicon.masks))
        patterns = [pattern for rule in (*lexicon.rules, *lexicon.masks) for pattern in (*rule.any, *rule.unless)]
        patterns += [pattern for context in lexicon.contexts.values() for pattern in context]
        self._shapes = Shapes(item for pattern in patterns for item in pattern.items)
        self._other = Screen(lexicon.other) if lexicon.other else None

    def read(self, text: str) -> Part:
        """Return level, kinds and evidence of a text, the higher of Dutch and other languages; spans count in the text as typed."""
        own = self._read(text)
        other = self._other._read(text) if self._other else Part(0)
        return _both(own, other) if other.level or other.calmed else own

    def _read(self, text: str) -> Part:
        normal = normalise(text, self.lexicon.spelling)
        seen = self.look(normal)
        if not seen.matches:
            return Part(0, weak=seen.weak, calmed=seen.calmed)
        level = max(match.level for match in seen.matches)
        kinds = {kind: None for match in seen.matches if match.level >= CRISIS for kind in match.rule.kinds}
        strongest = sorted(seen.matches, key=lambda match: (-match.level, match.start))[:STRONG_MATCHES]
        evidence = tuple(_evidence(match, normal, text) for match in strongest)
        return Part(level, tuple(kinds), evidence, weak=seen.weak, calmed=seen.calmed)

    def put_right(self, text: str) -> str:
        """Return a text with single slips of the finger put right in words that nobody knows; all else as it was typed."""
        return put_right(text, self.lexicon.spelling)

    def look(self, normal: Normal) -> Seen:
        """Return every rule that holds in a normalised text, with weak signs joined."""
        text = self._without_masks(normal.text)
        look = _Look(self.lexicon, self._shapes, text)
        found = [match for rule, pattern in self._plain.worth(look.view) for match in look.apply(rule, pattern)]
        signs: dict[str, Match] = {}
        for match in found:
            if match.rule.sign:
                signs.setdefault(match.rule.sign, match)
        for rule in self._joint:
            if all(sign in signs for sign in rule.signs):
                places = [signs[sign] for sign in rule.signs]
                found.append(Match(rule, rule.level, min(m.start for m in places), max(m.end for m in places)))
        return Seen([match for match in found if match.level > 0], bool(signs), look.passed_over or text != normal.text)

    def _without_masks(self, text: str) -> str:
        look = _Look(self.lexicon, self._shapes, text)
        for mask, pattern in self._masks.worth(look.view):
            for match in pattern.places(look.view, text):
                if not any(other.holds(look.sentence(*match.span())) for other in mask.unless):
                    text = text[: match.start()] + _blank(match.group()) + text[match.end() :]
        return text


class _Look:
    """One look at one text: the sentences that were needed so far, and what their contexts are."""

    def __init__(self, lexicon: Lexicon, shapes: Shapes, text: str) -> None:
        self._contexts = lexicon.contexts
        self._shapes = shapes
        self.view = View(text, shapes)
        self.passed_over = False  # a rule of a crisis held but for what stands around it
        self._sentences: dict[tuple[int, int], View] = {}
        self._held: dict[tuple[str, int], bool] = {}
        self._message: View | None = None

    def apply(self, rule: Rule, pattern: Pattern) -> Iterator[Match]:
        for match, _ in zip(pattern.places(self.view), range(MOST), strict=False):
            sentence = self.sentence(*match.span())
            excused = any(other.holds(sentence) for other in rule.unless)
            level = 0 if excused else self._level(rule, sentence)
            self.passed_over |= rule.level >= CRISIS > level
            if not excused and (level or (rule.sign and not self._elsewhere(sentence))):
                yield Match(rule, level, *match.span())

    def sentence(self, start: int, end: int) -> View:
        """Return the sentence around a match, with a space at both ends."""
        text = self.view.text
        left = text.rfind(" . ", max(0, start - AROUND), start + 1)
        right = text.find(" . ", end, end + AROUND)
        begin = left + 2 if left >= 0 else text.find(" ", start - AROUND) if start > AROUND else 0
        stop = right + 1 if right >= 0 else text.rfind(" ", 0, end + AROUND) + 1 if len(text) > end + AROUND else len(text)
        if (begin, stop) not in self._sentences:
            self._sentences[begin, stop] = View(text[begin:stop], self._shapes)
        return self._sentences[begin, stop]

    def _level(self, rule: Rule, sentence: View) -> int:
        """Return what a match means in its sentence."""
        if rule.report_lowers and self._reports(sentence):
            return TOLD_LEVEL
        if rule.told_lowers and self._holds("told", sentence) and not self._holds("present", sentence):
            return TOLD_LEVEL
        if rule.past_lowers and self._holds("past", sentence) and not self._holds("present", sentence):
            return min(rule.level, PAST_LEVEL)
        return rule.level

    def _reports(self, sentence: View) -> bool:
        """Return whether a sentence is out of a story, or tells of a figure (a knight, a goalkeeper) in a message about nobody near."""
        if self._holds("story", sentence):
            return True
        return self._holds("figures", sentence) and not self._holds("personal", self._whole())

    def _whole(self) -> View:
        """Return the message with a sentence end before it, so that a pattern can ask for the first word of a sentence."""
        if self._message is None:
            self._message = View(" ." + self.view.text, self._shapes)
        return self._message

    def _elsewhere(self, sentence: View) -> bool:
        """Return whether a weak sign is about long ago or about something told."""
        return self._holds("told", sentence) or (self._holds("past", sentence) and not self._holds("present", sentence))

    def _holds(self, context: str, sentence: View) -> bool:
        key = (context, id(sentence))
        if key not in self._held:
            self._held[key] = any(pattern.holds(sentence) for pattern in self._contexts.get(context, ()))
        return self._held[key]


def _blank(words: str) -> str:
    """Replace each word by a mark of the same length, so that offsets hold and no rule reads across it."""
    return "".join(" " if c == " " else "_" for c in words)


def _evidence(match: Match, normal: Normal, text: str) -> Evidence:
    start, end = normal.span(match.start, match.end)
    return Evidence("screen", match.rule.id, match.level, start, end, text[start:end], match.rule.language)


def _both(own: Part, other: Part) -> Part:
    """Return the reading of Dutch and of other languages as one."""
    evidence = sorted((*own.evidence, *other.evidence), key=lambda one: (-one.level, one.start))[:STRONG_MATCHES]
    kinds = tuple(dict.fromkeys((*own.kinds, *other.kinds)))
    return Part(max(own.level, other.level), kinds, tuple(evidence), weak=own.weak, calmed=own.calmed or other.calmed)
