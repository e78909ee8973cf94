"""``evaluate triage`` on made-up messages: what it counts, what it calls missed, and that no text leaves but by ``--reveal``."""

import csv
import json
import re
import sys

import pytest

from evaluation import triage as stage
from evaluation.triage_page import floor_lines, page, show
from handoff.triage.reading import Evidence, Part, Reading

SECRET = "kanarievogel"


class MadeUp:
    """A triage that reads ``alarm`` as 4, sure, and everything else as 1."""

    version = "made-up"

    def read(self, text: str, earlier: object = ()) -> Reading:
        level, sure = (4, 0.9) if "alarm" in text else (1, 0.1)
        evidence = (Evidence("screen", "xx-rule", level, 0, 0, text),) if level == 4 else ()
        return Reading(level, ("geweld",) if level == 4 else (), Part(0), Part(level, confidence=sure), self.version, evidence)

    def knows(self, weights: str) -> bool:
        return weights == "made-up"


def row(text: str, level: int, *phenomena: str, theme: str = "geweld") -> dict:
    kinds = ["geweld"] if level >= 3 else []
    labels = {"theme": theme, "sub": "", "urgency": level, "crisis_kinds": kinds, "perspective": "zelf"}
    return {"id": text, "text": f"{text} {SECRET}", "phenomena": list(phenomena), **labels}


GOLD = [
    row("alarm een", 4),
    row("alarm twee", 3, "verhuld", "vlaams"),
    row("alarm drie", 4, "oudere"),
    row("stil vier", 4, "verhuld", theme="gezin"),
    row("alarm vijf", 1, "schijnalarm", theme="gezin"),
    row("stil zes", 0, "vlaams", theme="gezin"),
    row("stil zeven", 1, theme="<b>gezin"),
    row("stil acht", 2, "schijnalarm"),
]
PARSE = {
    "theme": {"name": "geweld", "ranking": [{"name": "geweld"}, {"name": "gezin"}], "sub": None, "confidence": 0.6},
    "perspective": {"name": "zelf"},
}


def measured(parse: dict | None = None, gold: list[dict] = GOLD) -> dict:
    triage = MadeUp()
    cases = [stage.case_of(triage, None, one, parse) for one in gold]
    return stage.figures_of(triage, cases, ["een zin", "een alarm"] * 500, [0.02, 0.09] if parse else [])


def value(figures: dict, name: str) -> tuple[float | None, int, str]:
    return next((one["value"], one["n"], one["verdict"]) for one in figures["floors"] if one["name"] == name)


def test_floors_are_judged_by_what_was_measured():
    figures = measured()
    assert value(figures, "level 4 recognised as 3 or 4") == (pytest.approx(2 / 3, abs=1e-5), 3, "MISSED")
    assert value(figures, "level 3 and 4 recognised as 3 or 4") == (0.75, 4, "MISSED")
    assert value(figures, "of these, explicit wording") == (1.0, 2, "goal")
    assert value(figures, "of these, veiled wording") == (0.5, 2, "MISSED")
    assert value(figures, "messages below 3 left below 3") == (0.75, 4, "MISSED")
    assert value(figures, "tagged hard negatives left below 3") == (0.5, 2, "MISSED")
    assert value(figures, "everyday Dutch called crisis, in 1,000") == (500, 1000, "MISSED")
    assert value(figures, "no accents, capitals, punctuation: recall falls by") == (0, 4, "goal")
    assert value(figures, "crisis kinds, macro F1, of those recognised") == (1.0, 3, "goal")


def test_calibration_of_urgency_is_that_of_the_probability_of_a_crisis():
    # 0.9 on four messages of which three are crises, 0.1 on four of which one is
    figures = measured(PARSE)
    assert value(figures, "calibration of urgency (ECE, 10 bins)")[:2] == (pytest.approx(0.15), 8)
    assert value(figures, "calibration of theme (ECE, 10 bins)")[:2] == (pytest.approx(abs(0.6 - 4 / 8)), 8)


def test_without_rasa_its_floors_are_not_measured_and_not_met():
    figures = measured()
    for name in ("theme, main: first", "perspective", "Rasa parse p95, over HTTP", "training"):
        assert value(figures, name) == (None, 0, "not measured")
    assert figures["met"] == sum(one["verdict"] in ("met", "goal") for one in figures["floors"])
    assert "theme right, by theme" not in figures["groups"]


def test_with_rasa_themes_are_measured():
    figures = measured(PARSE)
    assert value(figures, "theme, main: first") == (0.5, 8, "MISSED")
    assert value(figures, "theme, main: in the first three") == (0.875, 8, "met")
    assert value(figures, "perspective") == (1.0, 8, "goal")
    assert value(figures, "Rasa parse p95, over HTTP")[:2] == (pytest.approx(90), 2)
    assert figures["themes"]["gezin"] == {"geweld": 3}


def test_every_floor_that_can_be_measured_is():
    figures = measured(PARSE)
    assert {one["name"] for one in figures["floors"] if one["n"] == 0} == {"theme, sub given the main", "training", "memory of Rasa"}


def test_weights_that_only_the_bot_has_are_noticed():
    assert not stage.other_weights(MadeUp(), [None, {"urgency": {"level": 1, "weights": "made-up"}}])
    assert stage.other_weights(MadeUp(), [{"urgency": {"level": 3, "weights": "newer"}}])


def test_groups_carry_their_n():
    groups = measured()["groups"]
    assert groups["recall by crisis kind"]["geweld"]["n"] == 4
    assert groups["recall by theme"]["gezin"]["value"] == 0
    assert (groups["recall by kind of writer"]["vlaams"]["value"], groups["recall by kind of writer"]["vlaams"]["n"]) == (1, 1)
    assert groups["kept below 3 by phenomenon of false alarm"] == {
        "schijnalarm": {"value": 0.5, "low": pytest.approx(0.0945, abs=1e-4), "high": pytest.approx(0.9055, abs=1e-4), "n": 2}
    }


def test_errors_are_counted_by_kind():
    assert measured()["errors"] == {
        "missed, by crisis kind": {"geweld": 1},
        "raised for nothing, by phenomenon": {"schijnalarm": 1},
        "raised for nothing, by rule": {"xx-rule": 1},
    }


def test_the_printed_end_says_how_many_floors_are_met(capsys):
    figures = measured()
    show(figures)
    printed = capsys.readouterr().out
    assert f"floors met: {figures['met']} of {len(figures['floors'])}" in printed
    assert re.search(r"level 4 recognised as 3 or 4 +0\.667 .* 3 +0\.93 +0\.98  MISSED", printed)
    assert "counts on 150 crises or more; here are 4" in floor_lines(figures)[-1]
    assert SECRET not in printed


@pytest.mark.parametrize("parse", [None, PARSE])
def test_the_page_holds_no_text_and_needs_nothing_from_elsewhere(parse):
    text = page(measured(parse))
    assert SECRET not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert re.search(r"<script|<link|<img|<iframe|@import|url\(|\ssrc=|\shref=|\son\w+=", text) is None
    for title in ("Floors", "Recall against alarms", "Reliability", "Errors by kind", "Themes", "labelled (rows)"):
        assert title in text


def test_names_on_the_page_are_escaped():
    assert "&lt;b&gt;gezin" in page(measured())
    assert "<b>" not in page(measured())


def test_figures_are_json_without_text():
    text = json.dumps(measured(PARSE), allow_nan=False)
    assert SECRET not in text
    assert page(json.loads(text)) == page(json.loads(text))


def test_no_messages_give_a_page_that_says_so():
    figures = measured(gold=[])
    assert {one["verdict"] for one in figures["floors"] if "everyday" not in one["name"]} == {"not measured"}
    assert "Not measured" in page(figures)
    show(figures)


@pytest.fixture
def made_up(monkeypatch, tmp_path):
    monkeypatch.setattr(stage, "load_triage", MadeUp)
    monkeypatch.setattr(stage, "read_messages", lambda _name: GOLD)
    monkeypatch.setattr(stage, "read_everyday", lambda: ["een zin"])
    monkeypatch.setattr(stage, "REVEALED", tmp_path / "revealed.csv")

    def run(*options: str) -> int:
        monkeypatch.setattr(sys, "argv", ["evaluate", "--triage-only", *options])
        return stage.main()

    return run


def test_files_are_written_and_no_text_is_shown(made_up, tmp_path, capsys):
    assert made_up("--html", str(tmp_path / "page.html"), "--json", str(tmp_path / "figures.json")) == 0
    assert json.loads((tmp_path / "figures.json").read_text())["n"] == len(GOLD)
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    assert SECRET not in capsys.readouterr().out + (tmp_path / "page.html").read_text() + (tmp_path / "figures.json").read_text()
    assert not (tmp_path / "revealed.csv").exists()


def test_a_folder_that_is_not_there_is_said_at_once(made_up, tmp_path, capsys):
    with pytest.raises(SystemExit):
        made_up("--html", str(tmp_path / "nowhere" / "page.html"))
    assert "there is no folder" in capsys.readouterr().err


def test_revealing_texts_is_recorded_with_its_reason(made_up, tmp_path, capsys):
    made_up("--reveal", "to see, why")
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if SECRET in line] == [
        f"stil vier 4 read 1: stil vier {SECRET}",
        f"alarm vijf 1 read 4: alarm vijf {SECRET}",
    ]
    with (tmp_path / "revealed.csv").open() as file:
        assert [line[1:] for line in csv.reader(file)] == [["dev.jsonl", "2", "to see, why"]]
