"""What triage says of a message. Plain values, so that they can be stored, sent and compared."""

from dataclasses import dataclass, field

CRISIS = 3  # from this level on a person is brought in and emergency help is shown


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why: one rule or model, and the part of the message it rests on.

    ``start`` and ``end`` are character offsets in the message as typed; both 0 where the reading rests on earlier messages
    or on the message as a whole.
    """

    source: str  # screen | model
    rule: str  # id of the rule, or name of the model
    level: int
    start: int
    end: int
    words: str
    language: str = ""  # of the rule's words, by two letters; empty for Dutch and for the model


@dataclass(frozen=True, slots=True)
class Part:
    """The reading of one reader.

    ``confidence``: of the model, the probability of level 3 or 4; of the screen, None. ``weak``: a sign of suicidality that is
    too weak for a level by itself. ``calmed``: the screen passed over alarming words because of what stands around them.
    """

    level: int
    kinds: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    confidence: float | None = None
    weak: bool = False
    calmed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading that counts, and both readers' own. ``doubt``: below a crisis, yet the direct question has to be asked."""

    level: int
    kinds: tuple[str, ...]
    screen: Part
    model: Part | None
    version: str
    evidence: tuple[Evidence, ...] = field(default=())
    doubt: bool = False

    @property
    def crisis(self) -> bool:
        """Whether a person has to be brought in."""
        return self.level >= CRISIS
