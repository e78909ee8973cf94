"""Which language a visitor writes, where that is clear. Pure.

Short Dutch, Flemish and street language is easily taken for another language, so nothing follows from one message: two have to
be clear, with no clear Dutch between them (docs/decisions.md, 32). Whoever then writes Dutch is answered in Dutch again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from py3langid.langid import MODEL_FILE, LanguageIdentifier

DUTCH = "nl"
SPOKEN = ("en", "de", "fr", "tr", "ar", "pl", "uk")  # a visitor is told something in these
# languages that are near one of those, or that visitors here write: so that Slovak is not read as Polish, nor Frisian as English
NEAR = tuple("af fy lb ru be bg sr es pt it ro ca so fa ur ps ku sdh az uz id ms cs sk hr sl hu sq da no sv ht sw".split())
SURE = 0.7  # probability from which a message is clear
FEWEST_WORDS, FEWEST_LETTERS = 2, 8  # of a clear message: *merci* and *sorry* are Dutch too
MOST = 1_000  # characters that are looked at
TOLD = ("taal", "nood")  # families of texts that end with their language


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is known of a visitor's language, by two letters; empty where nothing is.

    ``known``: clear over two messages. ``last``: of the last clear message. ``alarm``: of the words in which a rule saw danger.
    """

    known: str = ""
    last: str = ""
    alarm: str = ""

    @property
    def now(self) -> str:
        """Return the language in which the visitor writes now; empty for Dutch and where it is not clear."""
        return "" if self.last == DUTCH else self.known

    @property
    def emergency(self) -> str:
        """Return the language in which emergency help is shown beside Dutch: also that of one clear cry for help."""
        return self.alarm or self.known

    def heard(self, language: str, alarm: str = "") -> "Spoken":
        """Return what is known after a message. ``language``: empty where it is not clear; ``alarm``: of a rule that saw danger."""
        known = language if language in SPOKEN and language == self.last else self.known
        return replace(self, known=known, last=language or self.last, alarm=alarm or self.alarm)


class LanguageReader:
    """Tells the language of one message. Serves all threads; holds no state between messages."""

    def __init__(self) -> None:
        """Load the library's model: half a second, some 75 MB."""
        self._model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # type: ignore[no-untyped-call]
        self._model.set_languages([DUTCH, *SPOKEN, *NEAR])

    def read(self, text: str) -> str:
        """Return the language of a text by two or three letters; empty where it is too short or not clear."""
        if len(text.split()) < FEWEST_WORDS or sum(map(str.isalpha, text)) < FEWEST_LETTERS:
            return ""
        language, probability = self._model.classify(text[:MOST])
        return str(language) if probability >= SURE else ""


def alarm_language(signs: Iterable[tuple[int, str]], from_level: int) -> str:
    """Return the language of the highest of ``signs`` (level, language) at ``from_level`` or above; empty for Dutch and for none."""
    level, language = max(signs, default=(0, ""))
    return language if level >= from_level else ""


def language_of(key: str) -> str:
    """Return the language of a text by its key (``taal.kort.pl``); empty for Dutch."""
    family, _, rest = key.partition(".")
    end = rest.rpartition(".")[2]
    return end if end in SPOKEN and family in TOLD else ""
