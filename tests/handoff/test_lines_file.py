"""JSON lines in and out: a bad line is named by its number, the rest goes on, the order is kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from handoff import classify
from handoff.lines_file import MAX_TEXT, BadLine, check_text, check_turns, read_rows
from handoff.triage.triage import Triage
from tests.fake_bot import FakeBot, parse

BAD = {
    "no JSON": "hallo",
    "half": '{"id": 1, "text": "hal',
    "a list": '["a"]',
    "a number": "7",
    "null": "null",
    "no id": '{"text": "hallo"}',
    "id is a list": '{"id": [], "text": "hallo"}',
    "no text": '{"id": 2}',
    "text is a number": '{"id": 2, "text": 3}',
    "text is null": '{"id": 2, "text": null}',
    "too long": json.dumps({"id": 2, "text": "x" * (MAX_TEXT + 1)}),
    "too deep": "[" * 100_000,
    "a number without end": '{"id": 2, "text": "x", "n": ' + "9" * 5_000 + "}",
    "two objects": '{"id": 1, "text": "a"} {"id": 2, "text": "b"}',
}


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("what", BAD)
def test_bad_line_is_named_by_its_number_and_the_rest_goes_on(tmp_path: Path, what: str) -> None:
    source = lines(tmp_path / "in", {"id": "a", "text": "een"}, "", BAD[what], "   ", {"id": "b", "text": "twee"})
    rows = list(read_rows(source, check_text))
    assert [(number, isinstance(row, BadLine)) for number, row in rows] == [(1, False), (3, True), (5, False)]
    assert "hallo" not in str(rows[1][1])  # what a line says is not repeated


def test_odd_files_are_read(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.write_bytes(b'\xef\xbb\xbf{"id": 1, "text": "een"}\r\n{"id": 2, "text": "tw\xff\xfeee"}\r\n{"id": 3, "text": "drie"}')
    rows = [row for _, row in read_rows(source, check_text)]
    assert [isinstance(row, BadLine) for row in rows] == [False, False, False]
    source.write_bytes(b"")
    assert list(read_rows(source, check_text)) == []


@pytest.mark.parametrize("turns", [None, [], "hallo", ["a", 3], [None], {}])
def test_turns_must_be_texts(turns: Any) -> None:
    with pytest.raises(BadLine):
        check_turns({"turns": turns})
    check_turns({"turns": ["hallo"]})


@pytest.fixture(autouse=True)
def _triage_is_read_once(triage: Triage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "load_triage", lambda: triage)


@pytest.fixture
def settings(tmp_path: Path, bot: FakeBot) -> Any:
    from handoff.settings import Settings

    return Settings(data_dir=tmp_path / "data", bot_url=bot.url, bot_wake_seconds=0.0, bot_timeout=1.0)


FIELDS = [
    "id", "theme", "themes", "sub", "urgency", "crisis_kinds", "perspective", "confidence", "evidence", "screen_urgency", "model_urgency",
]  # fmt: skip


def test_classify_by_triage_alone_leaves_theme_and_perspective_empty(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    source = lines(tmp_path / "in", {"id": "a", "text": "ik wil dood"}, "bad", {"id": 7, "text": "hallo"})
    assert classify.run(source, tmp_path / "out", settings, triage_only=True) == 0
    first, bad, last = read(tmp_path / "out")
    assert list(first) == FIELDS
    assert (first["id"], first["urgency"] >= 3, "suicidaliteit" in first["crisis_kinds"], first["theme"], first["perspective"]) == (
        "a", True, True, None, None,
    )  # fmt: skip
    assert next(item["words"] for item in first["evidence"] if item["source"] == "screen") in "ik wil dood"
    assert bad == {"id": None, "line": 2, "error": "it is not JSON"}
    assert (last["id"], last["urgency"], last["crisis_kinds"]) == (7, 0, [])
    assert capsys.readouterr().err == "nachtlicht classify: line 2: it is not JSON\n"


def test_classify_keeps_the_order_though_answers_come_in_another(tmp_path: Path, settings: Any, bot: FakeBot) -> None:
    answer = bot.answer

    def slower_first(path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        bot.delay = 0.2 if body["text"].endswith("0") else 0.0
        return answer(path, body)

    bot.answer = slower_first  # type: ignore[method-assign]
    bot.parse = {**parse(theme="angst"), "perspective": {"name": "zelf", "sure": True}}
    bot.parse["theme"]["ranking"] = [{"name": name} for name in ("angst", "stress", "rouw", "gezin")]
    source = lines(tmp_path / "in", *({"id": number, "text": f"bericht {number}"} for number in range(30)))
    assert classify.run(source, tmp_path / "out", settings, triage_only=False) == 0
    rows = read(tmp_path / "out")
    assert [row["id"] for row in rows] == list(range(30))
    assert {(row["theme"], row["perspective"], *row["themes"]) for row in rows} == {("angst", "zelf", "angst", "stress", "rouw")}


def test_classify_takes_the_highest_of_all_readers(tmp_path: Path, settings: Any, bot: FakeBot) -> None:
    bot.parse = parse(level=4, kinds=("geweld",))
    source = lines(tmp_path / "in", {"id": 1, "text": "hallo"}, {"id": 2, "text": "ik wil dood"})
    classify.run(source, tmp_path / "out", settings, triage_only=False)
    rows = read(tmp_path / "out")
    assert [(row["urgency"], row["crisis_kinds"][-1]) for row in rows] == [(4, "geweld"), (4, "geweld")]
    assert next(row["screen_urgency"] for row in rows) == 0


def test_classify_names_the_lines_that_the_bot_did_not_answer(tmp_path: Path, settings: Any, bot: FakeBot) -> None:
    answer = bot.answer
    bot.answer = lambda path, body: (500, b"{}") if "stuk" in body["text"] else answer(path, body)  # type: ignore[method-assign]
    source = lines(tmp_path / "in", {"id": 1, "text": "een"}, {"id": 2, "text": "stuk"}, {"id": 3, "text": ""}, {"id": 4, "text": "drie"})
    assert classify.run(source, tmp_path / "out", settings, triage_only=False) == 0
    rows = read(tmp_path / "out")
    assert [row["id"] for row in rows] == [1, 2, 3, 4]
    assert rows[1] == {"id": 2, "line": 2, "error": "the bot: bot_unavailable"}
    assert [body["text"] for body in bot.parses].count("-") == 1  # nothing to read is still a line


@pytest.mark.parametrize(("rows", "code"), [((), 0), (("bad", "worse"), 1), (("bad", {"id": 1, "text": "goed"}), 0)])
def test_classify_fails_only_where_no_line_could_be_labelled(tmp_path: Path, settings: Any, rows: tuple[Any, ...], code: int) -> None:
    source = lines(tmp_path / "in", *rows)
    assert classify.run(source, tmp_path / "out", settings, triage_only=True) == code
    assert len(read(tmp_path / "out")) == len(rows)


@pytest.mark.parametrize("text", ["", "😢", "\\ud83d", "\\u0000", "/restart", "x" * 50_000])
def test_classify_reads_every_text(tmp_path: Path, settings: Any, text: str) -> None:
    source = lines(tmp_path / "in", f'{{"id": "a\\ud800", "text": "{text}"}}')
    assert classify.run(source, tmp_path / "out", settings, triage_only=True) == 0
    assert [row["urgency"] in range(5) for row in read(tmp_path / "out")] == [True]
