"""How a played talk is judged: whether a person came in time, what was named, what came twice."""

import pytest

from evaluation.dialogues import by_its_turn, measures, names_all, says_nothing_twice
from evaluation.labelled_sets import read_messages


def played(*turns: tuple[str, int, list[str]]) -> dict:  # type: ignore[type-arg]
    return {
        "turns": [{"state": state, "urgency": urgency, "shown": shown} for state, urgency, shown in turns],
        "theme": "stress",
        "perspective": "zelf",
    }


TALK = played(("bot", 1, ["Hallo."]), ("bot", 2, ["Bel 113."]), ("waiting", 3, ["Je huisarts kan meedenken.", "De Luisterlijn"]))


@pytest.mark.parametrize(("by", "right"), [(3, True), (4, True), (2, False), (None, False)])
def test_a_person_has_to_come_by_the_turn_and_not_without_one(by: int | None, right: bool) -> None:
    assert by_its_turn({"escalate_by_turn": by}, TALK) is right
    assert by_its_turn({"escalate_by_turn": None}, played(("bot", 1, []))) is True
    assert by_its_turn({"escalate_by_turn": 1}, played(("bot", 1, []))) is False


@pytest.mark.parametrize(
    ("keys", "right"), [(["113", "huisarts", "luisterlijn"], True), (["112"], False), (["veilig_thuis"], False), ([], True)]
)
def test_what_has_to_be_named_is_looked_for_by_name_and_number(keys: list[str], right: bool) -> None:
    assert names_all({"must_mention": keys}, TALK) is right


def test_what_came_twice_is_found() -> None:
    assert says_nothing_twice({}, TALK)
    assert not says_nothing_twice({}, played(("bot", 1, ["Hallo."]), ("bot", 1, ["Hallo."])))


def test_danger_is_the_highest_level_of_the_talk() -> None:
    danger = measures()["danger or not, over the whole talk"]
    assert danger({"crisis": True}, TALK)
    assert not danger({"crisis": False}, TALK)


def test_own_set_is_as_it_was_written() -> None:
    scripts = read_messages("own_dialogues.jsonl")
    assert (len(scripts), len({one["id"] for one in scripts})) == (220, 220)
    assert all(4 <= len(one["turns"]) <= 7 for one in scripts)
