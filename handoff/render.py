"""From the bot's moves to lines: the words come from the texts, the help from the directory. Pure but for the memory it counts in.

Moves are small dicts, described in ``docs/moves.md``: ``say`` (a key, or the first of several that exists), ``offer_referrals``.
The moves that change a conversation (``call_human``, ``crisis``, ``close``) are carried out in ``turns``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.facts import Facts
from handoff.languages import language_of
from handoff.memory import Memory
from handoff.referrals import MOST, YOUNG, Directory, Entry, Need
from handoff.texts import Texts
from handoff.visitor_profile import CHILD, Profile
from handoff.wire import Body, Choice, Referral

NO_FACTS = Facts()

YOUTH = 15  # years of a minor who told no age
# themes with which a Dutch or Belgian visitor can always go to their own doctor
BY_DOCTOR = frozenset(
    {"stemming", "angst", "psychiatrie", "verslaving", "lichaam", "stress", "hulp", "zwangerschap", "seksualiteit", "suicide"}
)
SAID = ("text", "question", "self_help")  # kinds of line that a move may ask for
WHY_BY_ROLE = ("nood", "melding", "behandeling", "luisterend_oor", "lotgenoten", "zelfhulp", "advies", "informatie")


@dataclass(frozen=True, slots=True)
class Line:
    """A line to store: its kind and body."""

    kind: str
    body: Body


def _wanted(keys: Sequence[str], profile: Profile, facts: Facts) -> Iterator[str]:
    """Return the keys that may be said, the most fitting first: by who reads, and by what is known now.

    Simple words count for more than the exact subject: of all ``keys`` a child gets the first that is written for a child.
    """
    reader = profile.reader
    if reader == "kind":
        yield from (f"{key}.kind" for key in keys)
    ends = (*(("jong",) if reader else ()), *facts.known)
    for key in keys:
        yield from (f"{key}.{end}" for end in ends)
        yield key


def _age(profile: Profile) -> int | None:
    """Return the visitor's age in years as far as places ask for it."""
    return profile.age if profile.age is not None else CHILD - 2 if profile.child else YOUTH if profile.minor else None


class Renderer:
    """Renders moves for one visitor."""

    def __init__(self, texts: Texts, directory: Directory, line_name: str) -> None:
        """Everything that is written down; the visitor comes with each call."""
        self._texts = texts
        self._directory = directory
        self._line_name = line_name

    def lines(self, moves: list[dict[str, Any]], memory: Memory, facts: Facts = NO_FACTS, quoted: Sequence[str] = ()) -> list[Line]:
        """Return the lines for ``moves``, counting in ``memory`` what was said and offered. Unknown keys raise KeyError.

        ``facts``: what is true now; of a text that has an ending for what is known, or for who reads (``.kind``, ``.jong``), that
        ending is said. ``quoted``: sentences of the visitor that a summary may repeat.
        """
        out: list[Line] = []
        for move in moves:
            if move["move"] == "say":
                out.append(self._say(move, memory, facts))
            elif move["move"] == "offer_referrals":
                out.append(self._offer(move, memory))
            elif move["move"] == "summary":
                out.append(self._summary(move, memory, quoted))
        return out

    def _say(self, move: dict[str, Any], memory: Memory, facts: Facts) -> Line:
        key = self._texts.first(*_wanted(move["keys"], memory.profile, facts))
        values = facts.values | {name: self._texts.say(other) for name, other in move.get("values", {}).items()}
        text = self._texts.say(key, form=memory.profile.form, turn=memory.turn(key), lijn=self._line_name, **values)
        choices = [self._choice(choice) for choice in move.get("choices", ())]
        kind = move.get("kind", "text")
        if kind not in SAID:
            raise KeyError(kind)  # a line of an unknown kind could be stored and never be shown
        return Line(kind, Body(text=text, choices=choices, key=key, lang=language_of(key)))

    def _choice(self, choice: dict[str, str]) -> Choice:
        label = self._texts.say(choice["label"])
        return Choice(label=label[:1].upper() + label[1:], value=choice["value"])

    def _offer(self, move: dict[str, Any], memory: Memory) -> Line:
        profile = memory.profile
        perspective = move.get("perspective") or profile.perspective or "zelf"
        need = Need(
            theme=move.get("theme"),
            sub=move.get("sub"),
            perspective=perspective,
            age=None if perspective == "professional" else _age(profile),  # an age told at work is somebody else's
            country=profile.country,
            said_no=frozenset(memory.refused) | frozenset(memory.referred),
            now=bool(move.get("now")),
        )
        room = MOST - len(memory.referred)
        entries = self._directory.choose(need, room) if room > 0 else []
        intro = "verwijs.nu_open" if need.now else f"verwijs.intro.{perspective}"
        wanted = (intro, "verwijs.intro") if entries else ("verwijs.op",) if room <= 0 else (f"verwijs.geen.{perspective}", "verwijs.geen")
        key = self._texts.first(*_wanted(wanted, profile, NO_FACTS))
        memory.referred += [entry.id for entry in entries]
        text = self._texts.say(key, form=profile.form, turn=memory.turn(key))
        if entries and not need.now and need.theme in BY_DOCTOR and need.perspective != "professional":
            doctor = self._texts.first(*_wanted(["verwijs.huisarts"], profile, NO_FACTS))
            text = f"{text} {self._texts.say(doctor, form=profile.form)}"
        shown = [self._referral(entry, need, profile.form) for entry in entries]
        return Line("referrals" if shown else "text", Body(text=text, referrals=shown, key=key))

    def _summary(self, move: dict[str, Any], memory: Memory, quoted: Sequence[str]) -> Line:
        """Return what the talk was about, in a line each: the theme, the visitor's own words, what was given."""
        form, key = memory.profile.form, "einde.samenvatting"
        parts = [self._texts.say(key, form=form, turn=memory.turn(key), thema=self._texts.say(f"thema.{move['theme']}"))]
        if quoted:
            parts.append(self._texts.say("einde.eigen_woorden", form=form, zinnen=" ".join(f"“{one}”." for one in quoted)))
        if move.get("step"):
            parts.append(self._texts.say("einde.stap", form=form))
        if names := [entry.name for entry in map(self._directory.get, memory.referred) if entry]:
            parts.append(self._texts.say("einde.plaatsen", form=form, plaatsen=", ".join(names)))
        return Line("text", Body(text="\n".join(parts), key=key))

    def _referral(self, entry: Entry, need: Need, form: str) -> Referral:
        special = "waarom.kind" if entry.ages[1] <= YOUNG else ""
        if need.perspective != "zelf" and need.perspective in entry.audience:
            special = f"waarom.{need.perspective}"
        by_role = [f"waarom.{role}" for role in WHY_BY_ROLE if role in entry.roles]
        why = self._texts.say(self._texts.first(special, *by_role, "waarom.informatie"), form=form)
        return Referral(
            id=entry.id,
            name=entry.name,
            what=entry.what,
            why=why,
            phone=list(entry.phone),
            site=list(entry.site),
            hours=entry.hours,
            cost=entry.cost,
        )
