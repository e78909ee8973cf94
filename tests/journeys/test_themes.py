"""The three themes that have their whole talk: heard, asked on, what would help, a step, places to go, and goodbye."""

from collections.abc import Callable

import pytest

from handoff.referrals import Entry, load_directory
from handoff.texts import load_texts
from tests.journeys.house import House
from tests.journeys.phone import Line, Phone
from tests.journeys.scripts import THEMES, tell

pytestmark = pytest.mark.journey

DIRECTORY = load_directory()
TEXTS = load_texts(DIRECTORY)


def variants(*beginnings: str) -> set[str]:
    """Return every sentence of the keys that begin so."""
    keys = [key for key in TEXTS.keys() if key.startswith(beginnings)]
    return {sentence for key in keys for sentence in (*TEXTS.variants(key).je, *TEXTS.variants(key).u)}


def entries(line: Line) -> list[Entry]:
    """Return the entries of the directory that a message names; every place has to be one."""
    by_name = {entry.name: entry for entry in DIRECTORY.entries.values()}
    return [by_name[name] for name in line.places]


@pytest.mark.parametrize("theme", THEMES)
def test_theme_is_talked_through_from_hearing_to_goodbye(theme: str, house: House, phone: Callable[..., Phone]):
    visitor = phone(house)
    said = tell(visitor, theme)
    visitor.shoot(f"02-{theme}-goal")
    assert variants(f"gehoord.{theme}") & {line.text for line in said} != set(), "it says what it heard"
    assert [line.text for line in said if line.kind == "question"] != [], "it asks on"

    step, scaled = visitor.choose("Een stap voor nu")
    visitor.shoot(f"02-{theme}-step")
    assert {step.text} <= variants(f"zelfhulp.{theme}")
    assert (step.kind, scaled.choices) == ("self_help", ("Ja", "Nee"))

    assert visitor.choose("Nee")[-1].text in variants("vraag.verwijzing")
    offered = visitor.choose("Ja")[0]
    visitor.shoot(f"02-{theme}-places")
    chosen = entries(offered)
    assert 1 <= len(chosen) <= 3
    assert [theme in entry.themes or "any" in entry.themes for entry in chosen] == [True] * len(chosen)
    numbers = {"tel:" + "".join(filter(str.isdigit, number)) for entry in chosen for number in entry.phone}
    assert numbers == {link for link in offered.links if link.startswith("tel:")}
    assert len({link for link in offered.links if link.startswith("https:")}) >= len([entry for entry in chosen if entry.site])

    goodbye = visitor.choose("Nee")
    assert {goodbye[-1].text} <= variants("bot.afscheid")
    assert visitor.state == "closed"
    assert house.count("SELECT count(*) FROM escalations") == house.count("SELECT count(*) FROM escalations WHERE level >= 3")
