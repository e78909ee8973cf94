"""Which emergency text is shown for a reading: by kind, level, who writes and country. Pure; the words are content."""

from handoff.texts import Texts
from handoff.visitor_profile import Profile

# the first kind of a reading that stands here decides the text: a body in trouble before the reason for it
ORDER = (
    "medisch",
    "intoxicatie",
    "suicidaliteit",
    "zelfbeschadiging",
    "seksueel_geweld",
    "kind_onveilig",
    "geweld",
    "gevaar_voor_ander",
    "psychose",
)
ACUTE = 4
# what is true about people, by whom the crisis reaches now (``ladder.Reach``)
PEOPLE = {"here": "nood.mens", "called": "nood.mens_oproep", "untested": "nood.mens_misschien", "nobody": "nood.mens_dicht"}
NUMBERS = {
    "medisch": "medisch",
    "intoxicatie": "medisch",
    "seksueel_geweld": "seksueel_geweld",
    "kind_onveilig": "kind",
    "geweld": "geweld",
}


def emergency_text(texts: Texts, *, kinds: tuple[str, ...], level: int, profile: Profile, reach: str, turn: int = 0) -> str:
    """Return the emergency message: a sentence that sees the person, the numbers, and what is true about people.

    Args:
        texts: the content.
        kinds: crisis kinds of the reading; empty is read as unknown danger.
        level: 3 or 4.
        profile: who writes, as far as known; the country decides the numbers.
        reach: who the crisis reaches now (``ladder.Reach``); it decides what is said about people.
        turn: how often an emergency text was shown before, so that words vary.

    """
    kind = next((kind for kind in ORDER if kind in kinds), "algemeen")
    parts = [
        texts.say(_opening(texts, kind, level, profile), form=profile.form, turn=turn),
        texts.say(_numbers(texts, kind, profile), form=profile.form),
        texts.say(PEOPLE[reach], form=profile.form, turn=turn),
    ]
    return "\n\n".join(parts)


def _opening(texts: Texts, kind: str, level: int, profile: Profile) -> str:
    acute = f"nood.{kind}.acuut" if level >= ACUTE else ""
    if profile.perspective in ("naaste", "professional"):
        return texts.first(f"nood.{kind}.naaste", acute, f"nood.{kind}")
    child = f"nood.{kind}.kind" if profile.minor else ""
    return texts.first(acute if level >= ACUTE and not profile.minor else child, child, acute, f"nood.{kind}", "nood.algemeen")


def _numbers(texts: Texts, kind: str, profile: Profile) -> str:
    group = "kind" if profile.minor and kind not in ("medisch", "intoxicatie", "seksueel_geweld") else NUMBERS.get(kind, "")
    return texts.first(f"nummers.{group}.{profile.place}", f"nummers.{profile.place}", "nummers.onbekend")
