"""The two readers as one: a message alone, and joined with the visitor's last few within three minutes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from handoff.triage.lexicon import FOLDER, load_lexicon
from handoff.triage.model import WEIGHTS, UrgencyModel, load_weights
from handoff.triage.normal import last_words, windows
from handoff.triage.reading import CRISIS, Evidence, Part, Reading
from handoff.triage.screen import Screen

JOINED = 5  # earlier messages read along
SCREENED, MODELLED = 4_200, 1_200  # characters that each reader takes at once
TOLD = 240  # characters of them, the last: five pieces of a sentence; what stands before has been read with the message it came in
JOIN_SECONDS = 180.0  # how long ago they may have been sent
MAX_KINDS = 4
# How much surer than its threshold the model has to be where the screen passed over alarming words for a reason (an idiom, a
# denial, long ago, a film): docs/decisions.md, 15.
CALMED = 0.3
# The same in a later message of a talk: it answers, thanks or goes on with a story that was read when it began. By itself it has to be
# surer than joined with what came before, because joined it is read with its story (decisions, 27 and 34).
LATER, LATER_ALONE = 0.15, 0.35
# A short later message that begins with a no and in which the screen passed over alarming words answers a question about danger: only
# the screen can read danger in it (decisions, 31).
NO = re.compile(r"\W*(?:nee+|neen|neuh|nope|nah)\b", re.IGNORECASE)
NO_WORDS, SILENT = 25, 1.0


Reader = Callable[[str], Part]  # reads one text of bearable length


class Triage:
    """Reads messages. One object serves all threads; it holds no state between messages."""

    def __init__(self, screen: Screen, model: UrgencyModel | None, version: str) -> None:
        """``model``: None leaves the learned reader out (the screen alone)."""
        self._screen = screen
        self._model = model
        self.version = version

    @property
    def weights(self) -> str:
        """Return the version of the model's weights; empty where the screen reads alone."""
        return self._model.weights.version if self._model else ""

    def knows(self, weights: str) -> bool:
        """Return whether the model that reads here has these weights: what they say of a message has been weighed already."""
        return bool(weights) and self.weights == weights

    def read(self, text: str, earlier: Sequence[str] = ()) -> Reading:
        """Return the reading of ``text``, with up to five earlier messages of the same visitor (oldest first).

        The joined reading counts where it is higher: danger typed in fragments. Never raises: a fault inside a reader
        is read as a crisis signal of level 3, because a message that cannot be read must be seen by a person.
        """
        try:
            return self._read(text, [part for part in earlier[-JOINED:] if part.strip()])
        except Exception:  # noqa: BLE001 - a message that triage cannot read goes to a person, whatever the reason
            fault = Evidence("screen", "triage-fault", CRISIS, 0, 0, "")
            return Reading(CRISIS, (), Part(CRISIS, evidence=(fault,)), None, self.version, (fault,))

    def _read(self, text: str, earlier: list[str]) -> Reading:
        screen = _read_pieces(self._screen.read, text, SCREENED)
        calmed = CALMED if screen.calmed and screen.level < CRISIS else 0.0
        denied = bool(earlier and calmed and NO.match(text)) and len(text.split()) <= NO_WORDS
        least = SILENT if denied else calmed
        model = None
        if self._model:
            model = _read_pieces(partial(self._learned, margin=max(least, LATER_ALONE if earlier else 0.0)), text, MODELLED)
        if earlier and screen.level < 4:
            screen = _with_earlier(self._screen.read, screen, text, earlier)
            model = model and _with_earlier(partial(self._learned, margin=max(least, LATER)), model, text, earlier)
        level = max(screen.level, model.level if model else 0)
        kinds: dict[str, None] = {}
        for part in (screen, model):
            if part and part.level >= CRISIS:
                kinds.update(dict.fromkeys(part.kinds))
        evidence = list(screen.evidence)
        if model and model.level >= CRISIS:
            evidence.append(Evidence("model", "urgency", model.level, 0, 0, ""))
        doubt = level < CRISIS and (screen.weak or bool(model and model.weak))
        return Reading(level, tuple(kinds)[:MAX_KINDS], screen, model, self.version, tuple(evidence), doubt)

    def _learned(self, text: str, margin: float) -> Part:
        """Return the model's reading of a text in which single slips of the finger are put right."""
        assert self._model is not None, "asked only where there is one"
        return self._model.read(self._screen.put_right(text), margin)


def _read_pieces(reader: Reader, text: str, size: int) -> Part:
    """Return the reading of a text, a long one in pieces: danger may stand in the middle."""
    whole = Part(0)
    for at, piece in windows(text, size):
        part = reader(piece)
        part = replace(part, evidence=tuple(replace(e, start=e.start + at, end=e.end + at) for e in part.evidence)) if at else part
        whole = part if at == 0 else _both(whole, part)
    return whole


def _both(one: Part, other: Part) -> Part:
    """Return two readings of parts of one text as one."""
    confidence = None if one.confidence is None else max(one.confidence, other.confidence or 0.0)
    kinds = tuple(dict.fromkeys([*one.kinds, *other.kinds]))
    return Part(
        max(one.level, other.level), kinds, one.evidence + other.evidence, confidence, one.weak or other.weak, one.calmed or other.calmed
    )


def _with_earlier(reader: Reader, alone: Part, text: str, earlier: list[str]) -> Part:
    """Return the reading of a message joined with the ones before it, where the message adds to what those say by themselves.

    *ik wil* and then *dood* is danger; *ja, ik ben veilig* after danger is not danger anew.
    """
    told = last_words(" ".join(earlier), TOLD)
    joined = reader(f"{told} {text}"[-SCREENED:])
    if joined.level <= alone.level or joined.level < CRISIS:
        return alone
    before = reader(told)
    return _elsewhere(joined) if joined.level > before.level else alone


def _elsewhere(part: Part) -> Part:
    """Take the spans off evidence that was found in joined messages: they do not lie in the last one."""
    return replace(part, evidence=tuple(replace(e, start=0, end=0) for e in part.evidence))


def load_triage(*, folder: Path = FOLDER, weights: Path = WEIGHTS, learned: bool = True) -> Triage:
    """Load rules and weights. Raises BadLexicon; without a weights file the screen reads alone, and the version says so."""
    lexicon = load_lexicon(folder)
    version = f"screen-{len(lexicon.rules) + (len(lexicon.other.rules) if lexicon.other else 0)}"
    if not learned or not weights.exists():
        return Triage(Screen(lexicon), None, version)
    loaded = load_weights(weights)
    return Triage(Screen(lexicon), UrgencyModel(loaded), f"{version}+{loaded.version}"[:40])
