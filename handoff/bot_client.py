"""Asks Rasa, through the channel of ours that carries the dialogue state in and moves, parse and new state out.

A retry happens only where the connection was refused, so that nothing is said twice. Words of a visitor never reach a log:
errors carry a status, not a body.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx

from handoff.errors import BotRefused, BotUnavailable
from handoff.settings import Settings

CHANNEL = "/webhooks/nachtlicht"
REFUSED_PAUSE = 0.4  # seconds between attempts while nothing listens


@dataclass(frozen=True, slots=True)
class Turn:
    """What the bot needs for one turn. ``context``: who holds the conversation, urgency, button, people present."""

    turn_id: str
    text: str
    state: dict[str, Any]
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot decided: moves, the parse of the message and the state to keep."""

    moves: list[dict[str, Any]]
    parse: dict[str, Any]
    state: dict[str, Any]


class BotClient:
    """One HTTP client for the life of the process."""

    def __init__(self, settings: Settings) -> None:
        """Connects lazily; the service starts without waiting for Rasa."""
        headers = {"Authorization": f"Bearer {settings.bot_token}"} if settings.bot_token else {}
        self._http = httpx.AsyncClient(base_url=settings.bot_url, headers=headers, timeout=settings.bot_timeout)
        self._timeout = settings.bot_timeout
        self._wake_until = time.monotonic() + settings.bot_wake_seconds
        self._seen = False

    @property
    def waking(self) -> bool:
        """Whether the bot has never answered and may still be loading its model."""
        return not self._seen and time.monotonic() < self._wake_until

    async def ready(self) -> bool:
        """Return whether the bot has its model loaded."""
        try:
            response = await self._http.get(f"{CHANNEL}/ready", timeout=2.0)
        except httpx.HTTPError:
            return False
        self._seen = self._seen or response.status_code == httpx.codes.OK
        return response.status_code == httpx.codes.OK

    async def reply(self, turn: Turn) -> Answer:
        """Return the bot's answer to one message. Raises BotUnavailable, BotRefused."""
        body = {"turn": turn.turn_id, "text": turn.text, "state": turn.state, "context": turn.context}
        data = await self._post("/turn", body)
        answer = Answer(data.get("moves", []), data.get("parse", {}), data.get("state", {}))
        if not isinstance(answer.moves, list) or not answer.moves or not all(isinstance(move, dict) for move in answer.moves):
            raise BotUnavailable("no moves")
        if not isinstance(answer.parse, dict) or not isinstance(answer.state, dict):
            raise BotUnavailable("no parse or no state")
        return answer

    async def parse(self, text: str) -> dict[str, Any]:
        """Return only what Rasa reads in a text. Raises BotUnavailable, BotRefused."""
        data = (await self._post("/parse", {"text": text})).get("parse")
        if not isinstance(data, dict):
            raise BotUnavailable("no parse")
        return data

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), 0.05)):
                    return await self._once(path, body)
            except BotRefused:
                if time.monotonic() + REFUSED_PAUSE >= deadline:
                    raise
                await asyncio.sleep(REFUSED_PAUSE)
            except TimeoutError:
                raise BotUnavailable("no answer in time") from None

    async def _once(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self._http.post(CHANNEL + path, json=body)
        except httpx.ConnectError:
            raise BotRefused("nothing listens") from None
        except httpx.HTTPError as error:
            raise BotUnavailable(type(error).__name__) from None
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise BotRefused("no model yet")
        if response.status_code != httpx.codes.OK:
            raise BotUnavailable(f"status {response.status_code}")
        self._seen = True
        try:
            data = response.json()
        except ValueError:
            raise BotUnavailable("no JSON") from None
        if not isinstance(data, dict):
            raise BotUnavailable("no JSON object")
        return data
