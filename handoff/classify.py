"""``classify``: labels messages by the same code as live traffic. Triage here, theme and perspective from Rasa's parse."""

import asyncio
import json
from pathlib import Path
from typing import Any

from handoff.bot_client import BotClient
from handoff.errors import BotUnavailable
from handoff.lines_file import BadLine, Row, check_text, complain, read_rows
from handoff.messages_in import readable
from handoff.settings import Settings
from handoff.triage.triage import Triage, load_triage

AT_ONCE = 4  # parses under way: two cores, and Rasa answers one after the other anyway
ENOUGH = 3  # themes that are named


def run(source: Path, target: Path, settings: Settings, *, triage_only: bool) -> int:
    """Label every line of ``source`` into ``target``, in order. Return 0, or 1 where no line could be labelled."""
    triage = load_triage()
    rows = list(read_rows(source, check_text))
    if triage_only:
        results = [_errors_or(number, row, lambda r: label(triage, r["text"], None)) for number, row in rows]
    else:
        results = asyncio.run(_with_rasa(triage, rows, settings))
    with target.open("w", encoding="utf-8", errors="backslashreplace") as file:  # half an emoji in an id
        file.writelines(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    return 0 if not results or any("error" not in result for result in results) else 1


def _errors_or(number: int, row: Row | BadLine, work: Any) -> Row:
    if isinstance(row, BadLine):
        return complain("classify", number, row)
    return {"id": row["id"], **work(row)}


async def _with_rasa(triage: Triage, rows: list[tuple[int, Row | BadLine]], settings: Settings) -> list[Row]:
    bot = BotClient(settings)
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, row: Row | BadLine) -> Row:
        if isinstance(row, BadLine):
            return complain("classify", number, row)
        async with places:
            try:
                parse = await bot.parse(readable(row["text"]) or "-")
            except BotUnavailable as error:
                return {**complain("classify", number, f"the bot: {error.code}"), "id": row["id"]}
        return {"id": row["id"], **label(triage, row["text"], parse)}

    try:
        return await asyncio.gather(*(one(number, row) for number, row in rows))
    finally:
        await bot.close()


def label(triage: Triage, text: str, parse: dict[str, Any] | None) -> Row:
    """Return the labels of one message. ``parse``: Rasa's reading; None leaves theme and perspective empty.

    ``urgency`` is the highest of all readers, as in a conversation; Rasa's counts where it has other weights than triage.
    ``confidence`` is the theme's probability, or without Rasa the probability of a crisis.
    """
    reading = triage.read(readable(text))
    rasa = (parse or {}).get("urgency") or {}
    theme = (parse or {}).get("theme") or {}
    level, kinds = reading.level, list(reading.kinds)
    if int(rasa.get("level", 0)) > level and not triage.knows(rasa.get("weights", "")):
        level = int(rasa["level"])
        kinds = list(dict.fromkeys([*kinds, *rasa.get("kinds", ())]))
    return {
        "theme": theme.get("name"),
        "themes": [item["name"] for item in theme.get("ranking", ())][:ENOUGH],
        "sub": theme.get("sub"),
        "urgency": level,
        "crisis_kinds": kinds if level >= 3 else [],
        "perspective": ((parse or {}).get("perspective") or {}).get("name"),
        "confidence": theme.get("confidence") if theme else reading.model.confidence if reading.model else None,
        "evidence": [{"source": e.source, "rule": e.rule, "level": e.level, "words": e.words} for e in reading.evidence],
        "screen_urgency": reading.screen.level,
        "model_urgency": reading.model.level if reading.model else None,
    }
