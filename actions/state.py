"""The dialogue state that is carried from turn to turn. Plain values: the service keeps it sealed between turns."""

from dataclasses import asdict, dataclass, field
from typing import Any, Dict, List, Optional, Tuple

VERSION = 1
CRISIS = 3  # urgency from which a person is called


@dataclass
class Dialogue:
    """What the bot knows and has done.

    ``phase``: clarify, goal, work, round_off. ``pending``: the question that waits for an answer. ``asked``: questions put so far.
    ``company``: turns kept company while a person is awaited.
    """

    phase: str = "clarify"
    theme: Optional[str] = None
    sub: Optional[str] = None
    perspective: Optional[str] = None
    pending: Optional[str] = None
    asked: List[str] = field(default_factory=list)
    heard: List[str] = field(default_factory=list)
    helped: List[str] = field(default_factory=list)
    answered: List[str] = field(default_factory=list)  # fixed answers given so far
    told: int = 0
    unclear: int = 0
    rude: int = 0
    company: int = 0
    referred: bool = False
    evidence: Dict[str, float] = field(default_factory=dict)  # for each theme, what all messages together say
    chosen: bool = False  # the theme was tapped or corrected: what is told later does not change it by itself
    soothe: bool = False  # touched by a broadcast: the talk stays calm and asks nothing that digs
    v: int = VERSION

    def ask(self, question: str) -> None:
        """Remember that a question was put and waits for an answer."""
        self.pending = question
        if question not in self.asked:
            self.asked.append(question)

    def dump(self) -> Dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def load(values: Optional[Dict[str, Any]]) -> Dialogue:
    """Return the state from plain values; a fresh one for none, and for those of another version."""
    if not values or values.get("v") != VERSION:
        return Dialogue()
    known = {name: values[name] for name in Dialogue.__dataclass_fields__ if name in values}
    return Dialogue(**known)


@dataclass(frozen=True)
class Turn:
    """One message as it was understood, and what the service knows of the moment.

    ``choice``: value of the button that was tapped. ``state``: bot or waiting. ``doubt``: the safety net is not sure of danger.
    """

    act: str
    sure_act: bool
    theme: Optional[str]
    sub: Optional[str]
    sure_theme: bool
    ranking: List[str]
    perspective: Optional[str]
    sure_perspective: bool
    choice: Optional[str]
    state: str
    urgency: int
    message_urgency: int
    doubt: bool
    went_on: bool
    people: int
    words: int
    earlier: Dict[str, int] = field(default_factory=dict)  # themes of earlier talks on a device that is remembered, and how often
    policy: str = "off"  # what a repeat question meets: off, kind, strict
    remembered: Optional[bool] = None  # whether the visitor chose to be remembered; None where that is not offered
    young: bool = False  # a child or a teenager, as far as the service knows
    open: Optional[bool] = None  # whether the line is open now; None where nobody has said any hours
    language: str = ""  # in which the visitor writes now, by two letters; empty for Dutch and where it is not clear
    text: str = ""
    confidence: float = 0.0  # of the theme
    scores: Tuple[Tuple[str, float], ...] = ()  # themes with their probabilities, likeliest first

    @property
    def crisis_now(self) -> bool:
        """Whether this very message was read as danger."""
        return self.message_urgency >= CRISIS


def read_turn(parse: Dict[str, Any], context: Dict[str, Any], text: str) -> Turn:
    """Return the turn from Rasa's parse and the service's context; missing parts read as unknown."""
    intent = parse.get("intent") or {}
    theme = parse.get("theme") or {}
    perspective = parse.get("perspective") or {}
    urgency = parse.get("urgency") or {}
    # with the same weights the safety net has weighed this already, and knew what was said before
    weighed = bool(context.get("weights")) and urgency.get("weights") == context["weights"]
    level = 0 if weighed else int(urgency.get("level", 0))
    return Turn(
        act=str(intent.get("name") or "vertellen"),
        sure_act=float(intent.get("confidence", 0.0)) >= 0.5,
        theme=theme.get("name"),
        sub=theme.get("sub"),
        sure_theme=bool(theme.get("sure")),
        ranking=[str(item["name"]) for item in theme.get("ranking", ())],
        perspective=perspective.get("name"),
        sure_perspective=bool(perspective.get("sure")),
        choice=context.get("choice"),
        state=str(context.get("state", "bot")),
        urgency=int(context.get("urgency", 0)),
        message_urgency=max(int(context.get("message_urgency", 0)), level),
        doubt=bool(context.get("doubt")),
        went_on=bool(context.get("went_on")),
        people=int(context.get("people", 0)),
        open=context.get("open"),
        earlier={str(theme): int(count) for theme, count in (context.get("earlier") or {}).items()},
        policy=str(context.get("policy", "off")),
        remembered=context.get("remembered"),
        young=context.get("reader") in ("kind", "jong"),
        language=str(context.get("language") or ""),
        words=len(text.split()),
        text=text,
        confidence=float(theme.get("confidence", 0.0)),
        scores=tuple((str(item["name"]), float(item.get("confidence", 0.0))) for item in theme.get("ranking", ())),
    )
