"""Who reads decides the words: a child gets simple ones, a teenager those of a teenager, everybody else the plain text."""

from typing import Any

import pytest

from handoff.memory import Memory
from handoff.referrals import Directory
from handoff.render import Renderer
from handoff.texts import Texts
from handoff.visitor_profile import Profile

CHILD, TEENAGER, ADULT = Profile(age=9), Profile(age=15), Profile(age=40)
PLACES = {"move": "offer_referrals", "theme": "stemming", "sub": None, "perspective": "zelf"}


@pytest.fixture
def renderer(texts: Texts, directory: Directory) -> Renderer:
    return Renderer(texts, directory, "De lijn")


def key_for(renderer: Renderer, profile: Profile, *keys: str) -> str:
    move: dict[str, Any] = {"move": "say", "keys": list(keys)}
    return renderer.lines([move], Memory(profile=profile))[0].body.key


def test_child_reads_what_is_written_for_a_child_before_the_exact_subject(renderer: Renderer) -> None:
    keys = ("gehoord.angst.paniek", "gehoord.angst")
    assert key_for(renderer, CHILD, *keys) == "gehoord.angst.kind"
    assert key_for(renderer, TEENAGER, *keys) == "gehoord.angst.paniek"
    assert key_for(renderer, ADULT, *keys) == "gehoord.angst.paniek"


def test_teenager_reads_what_is_written_for_a_teenager_and_so_does_a_child_without_own_words(renderer: Renderer) -> None:
    assert key_for(renderer, TEENAGER, "gehoord.hulp") == "gehoord.hulp.jong"
    assert key_for(renderer, CHILD, "gehoord.hulp") == "gehoord.hulp.jong"
    assert key_for(renderer, ADULT, "gehoord.hulp") == "gehoord.hulp"
    assert key_for(renderer, Profile(age=15, perspective="professional"), "gehoord.hulp") == "gehoord.hulp"


def test_child_who_worries_about_another_is_not_answered_as_if_in_danger(renderer: Renderer) -> None:
    assert key_for(renderer, CHILD, "gehoord.suicide.naaste") == "gehoord.suicide.naaste.kind"
    assert key_for(renderer, CHILD, "gehoord.rouw.naaste") == "gehoord.rouw.naaste"
    assert key_for(renderer, CHILD, "zelfhulp.suicide.naaste", "zelfhulp.naaste", "zelfhulp.intro") == "zelfhulp.naaste.kind"


def test_words_for_a_child_are_short(texts: Texts) -> None:
    for key in (key for key in texts.keys() if key.endswith(".kind") and not key.startswith(("nood.", "waarom."))):
        for words in texts.variants(key).je:
            assert [part for part in words.replace("?", ".").replace(":", ".").split(".") if len(part.split()) > 12] == [], key


def test_every_question_a_child_can_be_asked_has_words_for_a_child(texts: Texts) -> None:
    plain = {key for key in texts.keys() if key.startswith("vraag.") and key.count(".") == 1}
    assert len(plain) > 10
    assert {key for key in plain if f"{key}.kind" not in texts} == set()


def test_places_for_a_child_come_with_words_for_a_child(renderer: Renderer, texts: Texts) -> None:
    line = renderer.lines([PLACES], Memory(profile=CHILD))[0]
    assert line.body.key == "verwijs.intro.kind"
    assert line.body.text == " ".join(texts.say(f"verwijs.{part}.kind") for part in ("intro", "huisarts"))
    assert line.body.referrals[0].id == "nl-kindertelefoon"


def test_age_told_by_a_professional_is_somebody_elses(renderer: Renderer) -> None:
    move = {**PLACES, "theme": "psychiatrie", "perspective": "professional"}
    named = renderer.lines([move], Memory(profile=Profile(age=15, minor=True)))[0].body.referrals
    assert [one.id for one in named][:1] == ["nl-mind-hulplijn"]


def test_professional_for_whom_no_place_fits_is_told_who_else_thinks_along(renderer: Renderer, texts: Texts) -> None:
    move = {**PLACES, "theme": "maatschappelijk", "perspective": "professional"}
    assert renderer.lines([move], Memory())[0].body.key == "verwijs.geen.professional"
    line = renderer.lines([{**move, "theme": "suicide"}], Memory())[0]
    assert line.body.key == "verwijs.intro.professional"
    assert {one.why for one in line.body.referrals} == {texts.say("waarom.professional")}
