"""The emergency text: for whom, in which country, at what level; every number in it comes from the directory."""

import re
from itertools import product
from typing import Any

import pytest
import yaml

from handoff import texts as texts_module
from handoff.emergency import ORDER, emergency_text
from handoff.ladder import Reach
from handoff.referrals import Directory
from handoff.texts import Texts
from handoff.visitor_profile import Profile, load_profile_reader
from tests.handoff.line import Line

CHILD = {"minor": True, "age": 12}
RELATIVE = {"perspective": "naaste"}
KINDS = (*ORDER, "algemeen")


def text_for(texts: Texts, kind: str, *, level: int = 3, reach: str = "here", turn: int = 0, **profile: Any) -> str:
    return emergency_text(texts, kinds=(kind,), level=level, profile=Profile(**profile), reach=reach, turn=turn)


def numbers_in(text: str) -> set[str]:
    """Return everything in a text that looks like a telephone number."""
    return set(re.findall(r"\d[\d -]*\d", text))


# kind, country, extra of the profile -> entries whose number stands in the text
EXPECTED = [
    ("suicidaliteit", "NL", {}, {"nl-112", "nl-113"}),
    ("suicidaliteit", "BE", {}, {"be-112", "be-1813"}),
    ("suicidaliteit", None, {}, {"nl-112", "nl-113", "be-1813"}),
    ("geweld", "NL", {}, {"nl-112", "nl-veilig-thuis"}),
    ("geweld", "BE", {}, {"be-112", "be-teleonthaal", "be-1712"}),
    ("geweld", None, {}, {"nl-112", "nl-veilig-thuis", "be-teleonthaal", "be-1712"}),
    ("seksueel_geweld", "NL", {}, {"nl-112", "nl-csg"}),
    ("seksueel_geweld", "BE", {}, {"be-112", "be-teleonthaal"}),
    ("medisch", "NL", {}, {"nl-112", "nl-113"}),
    ("intoxicatie", "BE", {}, {"be-112", "be-1813"}),
    ("suicidaliteit", "NL", CHILD, {"nl-112", "nl-113", "nl-veilig-thuis", "nl-kindertelefoon"}),
    ("geweld", "NL", CHILD, {"nl-112", "nl-113", "nl-veilig-thuis", "nl-kindertelefoon"}),
    ("suicidaliteit", "BE", CHILD, {"be-112", "be-1813", "be-teleonthaal", "be-awel"}),
    ("suicidaliteit", None, CHILD, {"nl-112", "nl-113", "nl-veilig-thuis", "be-1813", "be-teleonthaal"}),
    ("suicidaliteit", "NL", RELATIVE, {"nl-112", "nl-113"}),
    ("geweld", "BE", RELATIVE, {"be-112", "be-teleonthaal", "be-1712"}),
    ("algemeen", "NL", {}, {"nl-112", "nl-113"}),
    ("algemeen", None, {}, {"nl-112", "nl-113", "be-1813"}),
]


@pytest.mark.parametrize("level", [3, 4])
@pytest.mark.parametrize(("kind", "country", "extra", "entries"), EXPECTED)
def test_numbers_are_those_of_the_visitors_country_and_situation(
    texts: Texts, directory: Directory, kind: str, country: str | None, extra: dict[str, Any], entries: set[str], level: int
) -> None:
    text = text_for(texts, kind, level=level, country=country, **extra)
    assert numbers_in(text) == {directory.entries[entry].phone[0] for entry in entries}


@pytest.mark.parametrize(("kind", "level", "country"), list(product(KINDS, (3, 4), ("NL", "BE", None))))
def test_every_text_for_everyone_names_112_and_only_numbers_of_the_directory(
    texts: Texts, directory: Directory, kind: str, level: int, country: str | None
) -> None:
    known = {number for entry in directory.entries.values() for number in entry.phone}
    for extra, form, turn in product(({}, CHILD, RELATIVE, {"perspective": "professional"}), ("je", "u"), range(3)):
        text = text_for(texts, kind, level=level, turn=turn, country=country, form=form, **extra)
        assert "112" in numbers_in(text)
        assert numbers_in(text) <= known
        assert "{" not in text


def test_unknown_country_names_each_number_with_its_country(texts: Texts) -> None:
    lines = text_for(texts, "suicidaliteit").splitlines()
    assert [line for line in lines if "113" in line and "1813" not in line] == ["Gedachten aan zelfdoding, in Nederland: bel 113."]
    assert [line for line in lines if "1813" in line] == ["Gedachten aan zelfdoding, in België: bel 1813."]


def test_acute_danger_names_112_before_anything_else(texts: Texts) -> None:
    for kind, extra in product(ORDER, ({}, RELATIVE, CHILD)):
        first = re.search(r"\d[\d -]*\d", text_for(texts, kind, level=4, country="NL", **extra))
        assert first is not None
        assert first.group() == "112", (kind, extra)


def test_text_speaks_to_a_child_a_relative_and_someone_who_writes_u(texts: Texts) -> None:
    opening = {
        who: text_for(texts, "suicidaliteit", **profile).split("\n")[0]
        for who, profile in {"self": {}, "child": CHILD, "relative": RELATIVE, "u": {"form": "u"}}.items()
    }
    assert opening == {
        "self": texts.say("nood.suicidaliteit"),
        "child": texts.say("nood.suicidaliteit.kind"),
        "relative": texts.say("nood.suicidaliteit.naaste"),
        "u": texts.say("nood.suicidaliteit", form="u"),
    }
    assert len(set(opening.values())) == 4


def test_body_in_trouble_comes_before_the_reason_for_it(texts: Texts) -> None:
    text = emergency_text(texts, kinds=("suicidaliteit", "intoxicatie"), level=4, profile=Profile(), reach="nobody")
    assert text.startswith(texts.say("nood.intoxicatie.acuut"))


def test_what_is_said_of_people_is_true(texts: Texts) -> None:
    ends = {"here": "nood.mens", "called": "nood.mens_oproep", "untested": "nood.mens_misschien", "nobody": "nood.mens_dicht"}
    assert {str(one) for one in Reach} == set(ends)
    for reach, key in ends.items():
        assert text_for(texts, "geweld", reach=reach).endswith(texts.say(key))


def test_every_kind_that_content_knows_has_a_text_of_its_own(texts: Texts) -> None:
    urgency = yaml.safe_load((texts_module.FOLDER.parent / "urgency.yml").read_text(encoding="utf-8"))
    assert set(ORDER) == set(urgency["crisis_kinds"])
    assert [kind for kind in ORDER if f"nood.{kind}" not in texts or f"nood.{kind}.naaste" not in texts] == []
    assert urgency["crisis_from"] == 3


CASES = [
    ("ik wil dood", "je", {"nl-112", "nl-113", "be-1813"}),
    ("ik wil dood, ik woon in gent", "je", {"be-112", "be-1813"}),
    ("ik wil dood, ik woon in België", "je", {"be-112", "be-1813"}),
    ("ik wil dood, ik woon in utrecht", "je", {"nl-112", "nl-113"}),
    ("kunt u mij helpen, ik wil dood", "u", {"nl-112", "nl-113", "be-1813"}),
    ("ik ben 13 en ik wil dood, ik woon in Utrecht", "je", {"nl-112", "nl-113", "nl-veilig-thuis", "nl-kindertelefoon"}),
]


@pytest.mark.parametrize(("words", "form", "entries"), CASES)
def test_conversation_shows_the_text_that_its_first_message_asks_for(
    line: Line, directory: Directory, words: str, form: str, entries: set[str]
) -> None:
    talk = line.open()
    line.says(talk, words)
    (text,) = [said.text for said in line.said(talk) if said.kind == "emergency"]
    assert numbers_in(text) == {directory.entries[entry].phone[0] for entry in entries}
    profile = load_profile_reader().update(Profile(), words)
    reading = line.resources.triage.read(words)
    assert profile.form == form
    assert text == emergency_text(line.resources.texts, kinds=reading.kinds, level=reading.level, profile=profile, reach="nobody")
