"""Every sub theme has its first response; the most frequent have a step of their own that can be done now."""

from collections import Counter

import yaml

from handoff.texts import Texts
from tests.handoff import content

THEMES = yaml.safe_load((content.PACKAGE / "content" / "themes.yml").read_text(encoding="utf-8"))["themes"]
SUBS = [(theme, sub) for theme, what in THEMES.items() for sub in what["sub"]]
# no question for help: what the bot answers to it
ACTS = {
    "begroeting": "bot.groet",
    "dienst": "bot.dienst",
    "niet_serieus": "bot.niet_serieus",
    "grof": "bot.huisregels",
    "onduidelijk": "bot.onduidelijk",
    "andere_taal": "bot.andere_taal",
}
MOST = 40
FEWEST_WORDS, MOST_WORDS, MOST_SENTENCES = 20, 70, 6


def counted() -> Counter[tuple[str, str]]:
    """Return how often each sub theme stands in the training data, without what is no question for help."""
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted((content.ROOT / "nlu_data" / "nlu").glob("*.yml")):
        for item in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            labels = (example.get("metadata") or {} for example in item["examples"])
            found.update((one["theme"], one["sub"]) for one in labels if one.get("theme", "geen") != "geen")
    return found


def test_every_sub_theme_has_a_first_response(texts: Texts) -> None:
    assert len(SUBS) == 116
    without = [
        (theme, sub) for theme, sub in SUBS if theme != "geen" and not {f"gehoord.{theme}.{sub}", f"gehoord.{theme}"} & set(texts.keys())
    ]
    assert without == []
    assert {sub for theme, sub in SUBS if theme == "geen"} == set(ACTS)
    assert [key for key in ACTS.values() if key not in texts] == []


def test_most_frequent_sub_themes_have_a_step_of_their_own(texts: Texts) -> None:
    often = [sub for sub, _ in counted().most_common(MOST)]
    assert len(set(often) & set(SUBS)) == MOST
    assert [f"{theme}.{sub}" for theme, sub in often if f"zelfhulp.{theme}.{sub}" not in texts] == []


def test_text_of_a_sub_theme_belongs_to_one_that_exists(texts: Texts) -> None:
    known = {f"{theme}.{sub}" for theme, sub in SUBS}
    for key in texts.keys():
        family, *rest = key.split(".")
        if family in ("gehoord", "zelfhulp") and len(rest) > 1 and rest[1] not in ("naaste", "professional", "kind", "jong"):
            assert ".".join(rest[:2]) in known, key


def test_step_is_short_enough_to_be_done_in_a_few_minutes_and_asks_nothing(texts: Texts) -> None:
    steps = [key for key in texts.keys() if key.startswith("zelfhulp.") and key != "zelfhulp.intro"]
    for key in steps:
        for words in (*texts.variants(key).je, *texts.variants(key).u):
            assert FEWEST_WORDS <= len(words.split()) <= MOST_WORDS, key
            assert "?" not in words, key
            assert len([part for part in words.split(". ") if part]) <= MOST_SENTENCES, key
