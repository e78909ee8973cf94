"""``classify`` and ``talk`` of the real command: what they write, a bad line, and a live data folder that stays as it was."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commands import Home, Verb
from tests.journeys.house import PASSWORD

pytestmark = pytest.mark.journey

LABELS = [
    "id", "theme", "themes", "sub", "urgency", "crisis_kinds", "perspective", "confidence", "evidence", "screen_urgency", "model_urgency",
]  # fmt: skip
MESSAGES = [
    {"id": "een", "text": "ik heb steeds paniekaanvallen in de trein"},
    "geen json {",
    {"id": "twee", "text": "ik wil niet meer leven"},
    {"id": "drie"},
    {"id": "vier", "text": "mijn relatie loopt vast, mijn man en ik praten alleen nog over de kinderen"},
]
TALKS = [
    {"id": "rustig", "turns": ["mijn relatie loopt vast, mijn man en ik praten alleen nog over de kinderen", "sinds we samenwonen"]},
    {"id": "leeg", "turns": []},
    {"id": "gevaar", "turns": ["ik wil niet meer leven"]},
]
NIGHT = ("--at", "2027-01-04T02:00")
Stamps = dict[str, tuple[int, int]]


def stamps(folder: Path) -> Stamps:
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.rglob("*"))}


@pytest.fixture(scope="module")
def home(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a live data folder in it."""
    home = Home(tmp_path_factory.mktemp("commands") / "home")
    made = home.run("user", "add", "anna", "--name", "Anna", "--password-stdin", words=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture(scope="module")
def live(home: Home) -> Stamps:
    """How the live data folder was before any verb began."""
    return stamps(home.data)


@pytest.fixture(scope="module")
def verbs(home: Home, live: Stamps) -> Iterator[dict[str, Verb]]:
    """The three verbs at work at once: most of their time is Rasa's start."""
    with ExitStack() as running:
        yield {
            "talk": running.enter_context(Verb(home, "talk", TALKS, NIGHT)),
            "classify": running.enter_context(Verb(home, "classify", MESSAGES)),
            "triage": running.enter_context(Verb(home, "classify", MESSAGES, ("--triage-only", *NIGHT))),
        }


def test_classify_without_rasa_leaves_theme_and_perspective_empty(verbs: dict[str, Verb]):
    rows, _ = verbs["triage"].result()
    assert [row.get("id") for row in rows] == ["een", None, "twee", None, "vier"]
    assert [(rows[n]["theme"], rows[n]["perspective"], rows[n]["themes"]) for n in (0, 2, 4)] == [(None, None, [])] * 3
    assert rows[2]["urgency"] >= 3


def test_classify_labels_in_order_and_names_a_bad_line(verbs: dict[str, Verb]):
    rows, errors = verbs["classify"].result()
    assert [row.get("id") for row in rows] == ["een", None, "twee", None, "vier"]
    assert [list(rows[number]) for number in (0, 2, 4)] == [LABELS] * 3
    assert [rows[number]["line"] for number in (1, 3)] == [2, 4]
    assert [f"line {number}:" in errors for number in (1, 2, 3, 4, 5)] == [False, True, False, True, False]
    assert (rows[0]["theme"], rows[4]["theme"]) == ("angst", "partnerrelatie")
    assert rows[0]["themes"][0] == "angst"
    assert (rows[2]["urgency"] >= 3, rows[2]["crisis_kinds"], rows[0]["crisis_kinds"]) == (True, ["suicidaliteit"], [])
    assert rows[2]["evidence"][0]["source"] == "screen"


def test_talk_plays_visitors_and_names_a_bad_line(verbs: dict[str, Verb]):
    rows, errors = verbs["talk"].result()
    calm, bad, danger = rows
    assert ([row.get("id") for row in rows], bad["line"], "line 2:" in errors) == (["rustig", None, "gevaar"], 2, True)
    for row in (calm, danger):
        assert list(row) == ["id", "turns", "theme", "perspective", "referrals", "human_called"]
        assert [list(turn) for turn in row["turns"]] == [["visitor", "shown", "state", "urgency"]] * len(row["turns"])
        assert [turn["shown"] != [] for turn in row["turns"]] == [True] * len(row["turns"])
    assert [[turn["visitor"] for turn in row["turns"]] for row in (calm, danger)] == [TALKS[0]["turns"], TALKS[2]["turns"]]
    assert (calm["theme"], calm["human_called"], danger["human_called"]) == ("partnerrelatie", False, True)
    only: dict[str, Any] = danger["turns"][0]
    assert (only["state"], only["urgency"]) == ("waiting", 3)
    assert ["113" in only["shown"][0], "112" in only["shown"][0]] == [True, True]


def test_verbs_leave_the_live_data_alone_and_nothing_behind(verbs: dict[str, Verb], home: Home, live: Stamps):
    for verb in verbs.values():
        verb.result()
    assert stamps(home.data) == live
    assert "nachtlicht.db" in live
    assert [path.name for path in home.folder.iterdir() if path.name.startswith("talk-") and path.is_dir()] == []


def test_unreadable_moment_is_refused_in_plain_words(home: Home):
    (home.folder / "one.jsonl").write_text(json.dumps(MESSAGES[0]) + "\n", encoding="utf-8")
    done = home.run("classify", home.folder / "one.jsonl", home.folder / "one-out.jsonl", "--triage-only", "--at", "gisteren")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "gisteren" in done.stderr
