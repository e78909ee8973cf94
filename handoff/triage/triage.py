"""The two readers as one: a message alone, and joined with the visitor's last few within three minutes."""

from collections.abc import Sequence
from pathlib import Path

from handoff.triage.lexicon import FOLDER, load_lexicon
from handoff.triage.model import WEIGHTS, UrgencyModel, load_weights
from handoff.triage.reading import CRISIS, Evidence, Part, Reading
from handoff.triage.screen import Screen

JOINED = 5  # earlier messages read along
JOIN_SECONDS = 180.0  # how long ago they may have been sent
MAX_KINDS = 4


class Triage:
    """Reads messages. One object serves all threads; it holds no state between messages."""

    def __init__(self, screen: Screen, model: UrgencyModel | None, version: str) -> None:
        """``model``: None leaves the learned reader out (the screen alone)."""
        self._screen = screen
        self._model = model
        self.version = version

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
        screen = self._screen.read(text)
        model = self._model.read(text) if self._model else None
        if earlier and screen.level < 4:
            joined = " ".join([*earlier, text])
            screen = _higher(screen, _elsewhere(self._screen.read(joined)))
            if self._model and model:
                model = _higher(model, self._model.read(joined))
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


def _higher(one: Part, other: Part) -> Part:
    return other if other.level > one.level else one


def _elsewhere(part: Part) -> Part:
    """Take the spans off evidence that was found in joined messages: they do not lie in the last one."""
    return Part(
        part.level,
        part.kinds,
        tuple(Evidence(e.source, e.rule, e.level, 0, 0, e.words) for e in part.evidence),
        part.confidence,
        part.weak,
    )


def load_triage(*, folder: Path = FOLDER, weights: Path = WEIGHTS, learned: bool = True) -> Triage:
    """Load rules and weights. Raises BadLexicon; without a weights file the screen reads alone, and the version says so."""
    lexicon = load_lexicon(folder)
    version = f"screen-{len(lexicon.rules)}"
    if not learned or not weights.exists():
        return Triage(Screen(lexicon), None, version)
    loaded = load_weights(weights)
    return Triage(Screen(lexicon), UrgencyModel(loaded), f"{version}+{loaded.version}"[:40])
