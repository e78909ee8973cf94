"""``talk``: plays scripted visitors over the real socket, one turn after the other, and tells what each was shown."""

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from websockets.asyncio.client import ClientConnection, connect

from handoff.db import Database
from handoff.errors import HandoffError
from handoff.keys import KeyRing, load_master_key
from handoff.lines_file import BadLine, Row, check_turns, complain, read_rows
from handoff.models import Conversation, Transition
from handoff.settings import Settings
from handoff.states import Event

ANSWER_SECONDS = 20.0  # a turn that has no answer by then is an error
QUIET_SECONDS = 0.15  # all lines of an answer are stored together: they arrive together
AT_ONCE = 4
CALLS = (Event.CRISIS, Event.HUMAN_ASKED, Event.BOT_FAILED)


class NoAnswer(Exception):
    """The turn had no answer in time."""


@dataclass(slots=True)
class Visitor:
    """One scripted visitor's connection."""

    socket: ClientConnection
    token: str = ""
    shown: list[str] = field(default_factory=list)
    referrals: list[str] = field(default_factory=list)
    last_answer: int = 0
    acknowledged: int = 0
    refused: bool = False
    state: str = "bot"

    async def listen(self, seconds: float) -> bool:
        """Take one frame; return False where none came in time."""
        try:
            frame = json.loads(await asyncio.wait_for(self.socket.recv(), seconds))
        except TimeoutError:
            return False
        self._take(frame)
        return True

    def _take(self, frame: Row) -> None:
        if frame["type"] == "welcome":
            self.token = frame["token"] or self.token
        elif frame["type"] == "ack":
            self.acknowledged = frame["seq"]
        elif frame["type"] == "state":
            self.state = frame["state"]
        elif frame["type"] == "refused":
            self.shown += [text for text in (frame["text"], frame["emergency"]) if text]
            self.refused = True
        elif frame["type"] == "message" and frame["sender"] != "visitor":
            self.shown.append(as_read(frame))
            self.referrals += [entry["id"] for entry in frame["referrals"]]
            if frame["kind"] != "emergency":
                self.last_answer = frame["seq"]

    async def say(self, text: str) -> list[str]:
        """Send a message; return what was shown until the bot had answered. Raises NoAnswer."""
        self.shown, self.refused, self.acknowledged = [], False, 0
        await self.socket.send(json.dumps({"type": "say", "client_id": uuid.uuid4().hex, "text": text}))
        deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
        while not self._answered():
            if asyncio.get_running_loop().time() > deadline:
                raise NoAnswer(f"no answer within {ANSWER_SECONDS:.0f} s")
            await self.listen(0.5)
        while await self.listen(QUIET_SECONDS):
            continue
        return self.shown

    def _answered(self) -> bool:
        if self.state == "left_message" and self.acknowledged:
            return True  # words that are left for later have no answer now
        return self.refused or (self.acknowledged > 0 and self.last_answer > self.acknowledged)


def as_read(frame: Row) -> str:
    """Return a message as a visitor reads it: text, referrals with numbers and sites, buttons."""
    parts = [frame["text"]]
    parts += [f"{entry['name']}: {entry['why']} {' '.join([*entry['phone'], *entry['site']])}".strip() for entry in frame["referrals"]]
    if frame["choices"]:
        parts.append(" ".join(f"[{choice['label']}]" for choice in frame["choices"]))
    return "\n".join(parts)


def run(source: Path, target: Path, settings: Settings, address: str) -> int:
    """Play every line of ``source``; return 0, or 1 where no line could be played."""
    rows = list(read_rows(source, check_turns))
    results = asyncio.run(_play_all(rows, settings, address))
    with target.open("w", encoding="utf-8", errors="backslashreplace") as file:  # half an emoji in an id
        file.writelines(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    return 0 if not results or any("error" not in result for result in results) else 1


async def _play_all(rows: list[tuple[int, Row | BadLine]], settings: Settings, address: str) -> list[Row]:
    database = Database(settings.database())
    store = Database(settings.key_store())
    keys = KeyRing(load_master_key(settings.data_dir)[0], store)
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, row: Row | BadLine) -> Row:
        if isinstance(row, BadLine):
            return complain("talk", number, row)
        async with places:
            try:
                return await _play(row, database, keys, address)
            except (NoAnswer, OSError, HandoffError) as error:
                return {**complain("talk", number, error), "id": row["id"]}

    try:
        return await asyncio.gather(*(one(number, row) for number, row in rows))
    finally:
        database.close()
        store.close()


async def _play(row: Row, database: Database, keys: KeyRing, address: str) -> Row:
    async with connect(address, max_size=None) as socket:
        visitor = Visitor(socket)
        await socket.send(json.dumps({"type": "hello"}))
        while not visitor.token:
            await visitor.listen(ANSWER_SECONDS)
        while await visitor.listen(QUIET_SECONDS):
            continue
        turns = []
        for text in row["turns"]:
            shown = await visitor.say(text)
            now = await database.read(lambda s: _conversation(s, keys, visitor.token))
            turns.append({"visitor": text, "shown": shown, "state": now["state"], "urgency": now["urgency"]})
    whole = await database.read(lambda s: _conversation(s, keys, visitor.token))
    return {
        "id": row["id"],
        "turns": turns,
        "theme": whole["theme"],
        "perspective": whole["perspective"],
        "referrals": visitor.referrals,
        "human_called": whole["called"],
    }


def _conversation(session: Session, keys: KeyRing, token: str) -> dict[str, Any]:
    """Return what the counsellor would know of a conversation."""
    row = session.scalars(select(Conversation).where(Conversation.token_hash == keys.keyed_hash(token))).one()
    calls = select(Transition.id).where(Transition.conversation_id == row.id, Transition.event.in_(CALLS)).limit(1)
    return {
        "state": row.state,
        "urgency": row.urgency,
        "theme": row.theme,
        "perspective": row.perspective,
        "called": session.scalar(calls) is not None,
    }
