"""The only way into the bot: one call a message, the dialogue state in, the moves, the parse and the new state out.

Failures answer with an error status (Rasa's own REST channel answers 200 and an empty list), and no visitor's word is logged.
"""

import asyncio
import hmac
import logging
import os
from typing import Any, Awaitable, Callable, Dict, Optional

import rasa.core.actions.action as remote_actions
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.tracker_store import ForgetfulTrackerStore

logger = logging.getLogger(__name__)

TURN_SECONDS = 4.0
ACTION_SECONDS = 2.0
PARSED = ("intent", "intent_ranking", "theme", "perspective", "urgency")

# Rasa waits 300 s for an action by default and offers no setting for it
remote_actions.DEFAULT_REQUEST_TIMEOUT = ACTION_SECONDS


class BadCall(Exception):
    """A call that is not as described."""


class NachtlichtInput(InputChannel):
    """Routes ``/webhooks/nachtlicht/{ready,parse,turn}``."""

    def __init__(self, token: Optional[str]) -> None:
        """``token``: shared with the service; None accepts every caller on loopback."""
        self._token = token

    @classmethod
    def name(cls) -> str:
        """Return the part of the address that is ours."""
        return "nachtlicht"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> "NachtlichtInput":
        """Read the token from the environment variable that the credentials name."""
        variable = (credentials or {}).get("token_variable")
        return cls(os.environ.get(variable) if variable else None)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes."""
        blueprint = Blueprint("nachtlicht_channel", __name__.replace(".", "_"))

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent = _agent(request.app)
            return response.json({"ready": agent is not None}, status=200 if agent else 503)

        @blueprint.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            return await self._answer(request, _parse)

        @blueprint.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            return await self._answer(request, _turn)

        return blueprint

    async def _answer(self, request: Request, work: Callable[[Agent, Dict[str, Any]], Awaitable[Dict[str, Any]]]) -> HTTPResponse:
        """Run one call; every failure has a status and says nothing of the words in it."""
        if self._token and not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self._token}"):
            return response.json({"error": "forbidden"}, status=403)
        agent = _agent(request.app)
        if agent is None:
            return response.json({"error": "no_model"}, status=503)
        try:
            return response.json(await asyncio.wait_for(work(agent, _body(request)), TURN_SECONDS))
        except BadCall:
            return response.json({"error": "bad_call"}, status=400)
        except asyncio.TimeoutError:
            return response.json({"error": "timeout"}, status=504)
        except Exception as error:  # noqa: BLE001 - its text may carry a visitor's words: only the type is told
            logger.error("a call failed with %s", type(error).__name__)
            return response.json({"error": "failed"}, status=500)


def _agent(app: Sanic) -> Optional[Agent]:
    agent: Optional[Agent] = getattr(app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _body(request: Request) -> Dict[str, Any]:
    try:
        body = request.json
    except Exception:  # noqa: BLE001 - sanic raises its own error here, which would repeat the body
        raise BadCall from None
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise BadCall
    return body


def harmless(text: str) -> str:
    """Return the text without the leading strokes that Rasa takes for a command."""
    return text.lstrip("/ \t\n") or "-"


async def _parse(agent: Agent, body: Dict[str, Any]) -> Dict[str, Any]:
    assert agent.processor is not None, "the agent is ready"
    parsed = await agent.processor.parse_message(UserMessage(harmless(body["text"])))
    return {"parse": _shown(parsed, agent)}


async def _turn(agent: Agent, body: Dict[str, Any]) -> Dict[str, Any]:
    """Answer one message; an action that failed is an error, since without it nothing was decided."""
    turn_id, store = body.get("turn"), agent.tracker_store
    if not isinstance(turn_id, str) or not isinstance(body.get("state"), dict) or not isinstance(body.get("context"), dict):
        raise BadCall
    inner = _forgetful(store)
    collector = CollectingOutputChannel()
    inner.begin(turn_id, {"dialogue": body["state"], "context": body["context"]})
    try:
        await agent.handle_message(UserMessage(harmless(body["text"]), collector, turn_id, input_channel="nachtlicht"))
    finally:
        tracker = inner.end(turn_id)
    moves = [move for message in collector.messages for move in message.get("custom", {}).get("moves", ())]
    if not moves or tracker is None:
        raise RuntimeError("the action did not decide")
    return {"moves": moves, "parse": _shown(_latest(tracker), agent), "state": tracker.get_slot("dialogue")}


def _forgetful(store: Any) -> ForgetfulTrackerStore:
    """Return our store from within the wrappers that Rasa puts around it."""
    while not isinstance(store, ForgetfulTrackerStore):
        store = store._tracker_store
    return store


def _latest(tracker: DialogueStateTracker) -> Dict[str, Any]:
    message = tracker.latest_message
    return dict(message.parse_data) if message is not None else {}


def _shown(parsed: Dict[str, Any], agent: Agent) -> Dict[str, Any]:
    return {**{key: parsed.get(key) for key in PARSED}, "model": agent.model_id or ""}
