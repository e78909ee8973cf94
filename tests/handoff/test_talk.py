"""``talk`` plays visitors over the real socket: every turn with what was shown, bad lines named, the rest goes on."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handoff import talk
from tests.fake_bot import LISTEN, FakeBot, parse
from tests.live import Live

Start = Callable[..., Live]


def play(live: Live, tmp_path: Path, *rows: Any) -> tuple[int, list[dict[str, Any]]]:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    code = talk.run(source, target, live.settings, f"ws://{live.address}/ws/visitor")
    return code, [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def test_talk_tells_each_turn_with_what_was_shown(live: Live, bot: FakeBot, tmp_path: Path) -> None:
    bot.parse = {**parse(theme="angst"), "perspective": {"name": "zelf", "sure": True}}
    code, rows = play(live, tmp_path, {"id": "a", "turns": ["ik pieker", "ik wil dood"]}, "bad", {"id": "b", "turns": ["hallo"]})
    first, bad, last = rows
    texts = live.service.resources.texts
    assert code == 0
    assert [(turn["visitor"], turn["state"], turn["urgency"] >= 3) for turn in first["turns"]] == [
        ("ik pieker", "bot", False),
        ("ik wil dood", "waiting", True),
    ]
    assert first["turns"][0]["shown"] == [texts.variants("bot.luister").je[0]]
    assert "112" in first["turns"][1]["shown"][0]
    assert (first["theme"], first["perspective"], first["referrals"], first["human_called"]) == ("angst", "zelf", [], True)
    assert bad == {"id": None, "line": 2, "error": "it is not JSON"}
    assert (last["id"], last["human_called"], len(last["turns"])) == ("b", False, 1)


def test_talk_shows_referrals_with_their_numbers_and_buttons(live: Live, bot: FakeBot, tmp_path: Path) -> None:
    bot.moves = [
        {"move": "offer_referrals", "theme": "angst", "sub": None, "perspective": None},
        {**LISTEN[0], "kind": "question", "choices": [{"label": "knop.ja", "value": "ja"}]},
    ]
    _, (row,) = play(live, tmp_path, {"id": 1, "turns": ["waar kan ik heen"]})
    entries = live.service.resources.directory.entries
    assert 1 <= len(row["referrals"]) <= 3
    assert [entries[entry].name in row["turns"][0]["shown"][0] for entry in row["referrals"]] == [True] * len(row["referrals"])
    assert row["turns"][0]["shown"][1].endswith("[Ja]")


def test_talk_ends_a_turn_that_is_refused_and_one_that_the_bot_does_not_answer(live: Live, bot: FakeBot, tmp_path: Path) -> None:
    bot.status = 500
    texts = live.service.resources.texts
    _, (row,) = play(live, tmp_path, {"id": 1, "turns": ["   ", "hallo"]})
    assert [turn["shown"] for turn in row["turns"]] == [[texts.say("fout.empty")], [texts.say("bot.storing")]]


def test_talk_names_a_line_without_an_answer_and_goes_on(
    start: Start, bot: FakeBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "ANSWER_SECONDS", 3.0)
    live = start(bot_timeout=20.0)
    whole = {"moves": LISTEN, "parse": parse(), "state": {}}

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        time.sleep(0.0 if "snel" in body["text"] else 6.0)
        return whole

    bot.answers = answer
    code, rows = play(live, tmp_path, {"id": 1, "turns": ["snel"]}, {"id": 2, "turns": ["traag"]}, {"id": 3, "turns": ["ook snel"]})
    assert code == 0
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert ("error" in rows[1], rows[1]["line"], "error" in rows[0], "error" in rows[2]) == (True, 2, False, False)
