"""The trained model: it loads, reads the obvious, and agrees with the safety net on urgency."""

import asyncio
import os

import numpy as np
import pytest
from rasa.core.agent import Agent

from handoff.triage.model import UrgencyModel, load_weights

MODEL = os.environ.get("NACHTLICHT_MODEL", "")


@pytest.fixture(scope="module")
def agent():
    if not os.path.exists(MODEL):
        pytest.fail("NACHTLICHT_MODEL names no model: run this through ./nachtlicht test")
    return Agent.load(MODEL)


def parse(agent, text):
    return asyncio.run(agent.parse_message(text))


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("ik heb steeds paniekaanvallen in de trein", "angst"),
        ("mijn vriend en ik maken alleen maar ruzie en ik denk dat het uit gaat", "partnerrelatie"),
        ("mijn moeder is vorige maand overleden en ik mis haar zo", "rouw"),
        ("ik heb schulden en de deurwaarder komt morgen", "maatschappelijk"),
        ("ik kan niet stoppen met drinken", "verslaving"),
        ("ik hoor stemmen die niemand anders hoort", "psychiatrie"),
    ],
)
def test_obvious_themes_are_recognised(agent, text, theme):
    assert parse(agent, text)["theme"]["name"] == theme


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("hallo", "begroeting"),
        ("bedankt", "dank"),
        ("ik wil een mens spreken", "mens"),
        ("ben jij een robot?", "ben_je_mens"),
        ("wie leest dit allemaal mee", "wie_leest"),
    ],
)
def test_acts_of_dialogue_are_recognised(agent, text, act):
    assert parse(agent, text)["intent"]["name"] == act


def test_every_output_is_there_and_plain(agent):
    parsed = parse(agent, "mijn dochter van 15 eet bijna niks meer en ik weet niet wat ik moet doen")
    assert {"intent", "theme", "perspective", "urgency"} <= set(parsed)
    assert parsed["perspective"]["name"] == "naaste"


def test_both_rooms_read_the_same_urgency(agent, messages):
    weights = UrgencyModel(load_weights())
    for text in messages:
        rasa = parse(agent, text)["urgency"]
        ours = weights.probabilities(text)
        theirs = [*rasa["levels"], rasa["crisis"], rasa["addressed"]]
        assert np.allclose([*ours.levels, ours.crisis, ours.addressed], theirs, atol=2e-3), text
        assert weights.read(text).level == rasa["level"]


@pytest.fixture(scope="module")
def messages():
    from bot.importer import messages_of

    texts = [m.get("text") for topic in ("suicide", "geweld", "angst", "geen") for m in messages_of(f"nlu_data/nlu/{topic}.yml")]
    return [*texts[::25], "", "!!!", "🙂" * 40, "woord " * 600]
