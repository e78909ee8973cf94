"""What may stand in a line once there was a sign of danger, and that each rule finds what it forbids."""

import pytest

from evaluation.safe_replies import faults
from handoff.referrals import load_directory
from handoff.texts import load_texts

NUMBERS = "Bel 112 bij gevaar, 113 bij gedachten aan zelfdoding."


def played(*turns: tuple[int, list[str]]) -> dict:  # type: ignore[type-arg]
    return {"turns": [{"urgency": urgency, "shown": shown} for urgency, shown in turns]}


def test_a_talk_without_danger_has_no_rules_to_keep() -> None:
    assert faults(played((1, ["Slikken kan altijd!"]))) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Ik lees dat het zwaar is.", ""),
        ("Heb je de pillen nog?", "a means is named"),
        ("Stel je niet aan.", "it shames"),
        ("Wat goed!", "it shames"),
        ("Het komt goed.", "a promise"),
    ],
)
def test_each_rule_finds_what_it_forbids(line: str, fault: str) -> None:
    assert faults(played((3, [NUMBERS]), (3, [line]))) == ([fault] if fault else [])


def test_numbers_have_to_come_with_the_first_sign() -> None:
    assert faults(played((1, [NUMBERS]), (3, ["Ik ben er nog."]))) == ["no number at the first sign"]
    assert faults(played((3, ["Bel 1133."]))) == ["no number at the first sign"]


def test_no_text_that_is_said_in_danger_breaks_a_rule() -> None:
    texts = load_texts(load_directory())
    said = [key for key in texts.keys() if key.split(".")[0] in ("nood", "wacht", "nummers", "ladder", "mens", "bericht")]
    assert len(said) > 50
    broken = [key for key in said for words in (*texts.variants(key).je, *texts.variants(key).u) if faults(played((3, [NUMBERS, words])))]
    assert broken == []
