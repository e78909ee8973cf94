"""From the bot's moves to lines: the words come from the texts, the help from the directory. Pure but for the memory it counts in.

Moves are small dicts, described in ``docs/moves.md``: ``say`` (a key, or the first of several that exists), ``offer_referrals``.
The moves that change a conversation (``call_human``, ``crisis``, ``close``) are carried out in ``turns``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handoff.facts import Facts
from handoff.languages import language_of
from handoff.memory import Memory
from handoff.referrals import MOST, Directory, Entry, Need
from handoff.texts import Texts
from handoff.wire import Body, Choice, Referral

NO_FACTS = Facts()
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


class Renderer:
    """Renders moves for one visitor."""

    def __init__(self, texts: Texts, directory: Directory, line_name: str) -> None:
        """Everything that is written down; the visitor comes with each call."""
        self._texts = texts
        self._directory = directory
        self._line_name = line_name

    def lines(self, moves: list[dict[str, Any]], memory: Memory, facts: Facts = NO_FACTS, quoted: Sequence[str] = ()) -> list[Line]:
        """Return the lines for ``moves``, counting in ``memory`` what was said and offered. Unknown keys raise KeyError.

        ``facts``: what is true now; of a text that has an ending for what is known, that ending is said. ``quoted``: sentences of
        the visitor that a summary may repeat.
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
        key = self._texts.first(*(f"{key}{end}" for key in move["keys"] for end in (*(f".{known}" for known in facts.known), "")))
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
        need = Need(
            theme=move.get("theme"),
            sub=move.get("sub"),
            perspective=move.get("perspective") or profile.perspective or "zelf",
            age=profile.age if profile.age is not None else (15 if profile.minor else None),
            country=profile.country,
            said_no=frozenset(memory.refused) | frozenset(memory.referred),
            now=bool(move.get("now")),
        )
        room = MOST - len(memory.referred)
        entries = self._directory.choose(need, room) if room > 0 else []
        intro = "verwijs.nu_open" if need.now else "verwijs.intro"
        key = intro if entries else "verwijs.op" if room <= 0 else "verwijs.geen"
        memory.referred += [entry.id for entry in entries]
        text = self._texts.say(key, form=profile.form, turn=memory.turn(key))
        if entries and not need.now and need.theme in BY_DOCTOR and need.perspective != "professional":
            text = f"{text} {self._texts.say('verwijs.huisarts', form=profile.form)}"
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
        special = "waarom.naaste" if need.perspective == "naaste" else "waarom.kind" if entry.ages[1] <= 25 else ""
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
