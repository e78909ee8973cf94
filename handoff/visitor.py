"""The visitor's page and socket. Every message is read by triage first, also what is then refused; a waiting socket holds nothing.

Two tasks a socket: one reads frames and runs commands, one sends what is new after a wake-up. The sender only ever reads "lines
after the last number sent", so nothing is lost, doubled or out of order, whatever wakes it or how often.
"""

import asyncio
import json
import time
from collections import deque

from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from handoff import conversations as commands
from handoff.emergency import emergency_text
from handoff.errors import BadFrame, EmptyMessage, HandoffError, TooFast, TooLong, UnknownToken
from handoff.hub import Listener
from handoff.messages_in import readable
from handoff.service import Service, service_of
from handoff.transcript import recent_words
from handoff.triage.reading import Reading
from handoff.triage.triage import JOIN_SECONDS, JOINED
from handoff.visitor_feed import Feed, conversation_feed
from handoff.wire import (
    MAX_FRAME,
    MAX_STORED,
    Ack,
    Hello,
    Ping,
    Pong,
    Problem,
    Refused,
    Say,
    ToVisitor,
    Welcome,
    Working,
    visitor_frames,
)

router = APIRouter()
FATAL_CODE = 4400
QUIET_SECONDS = 25.0  # the sender looks at least this often, so that a lost wake-up never hides a line for good


@router.get("/", response_class=HTMLResponse)
async def page(request: Request) -> HTMLResponse:
    """The page: works without a script and without a connection as far as the emergency numbers go."""
    service = service_of(request)
    return HTMLResponse(service.visitor_page)


@router.websocket("/ws/visitor")
async def socket(websocket: WebSocket) -> None:
    """One visitor's connection."""
    service = service_of(websocket)
    if not service.same_origin(websocket):
        await websocket.close(code=FATAL_CODE)
        return
    await websocket.accept()
    await VisitorSocket(websocket, service).run()


class Pace:
    """How fast a visitor may send: a burst, then a steady rate."""

    def __init__(self, burst: int, rate: float) -> None:
        """``burst``: messages at once; ``rate``: messages a second after that."""
        self._burst, self._rate = float(burst), rate
        self._left, self._at = float(burst), time.monotonic()

    def take(self) -> float:
        """Take one message; return 0, or the seconds to wait where it is too fast."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left >= 1.0:
            self._left -= 1.0
            return 0.0
        return (1.0 - self._left) / self._rate


class VisitorSocket:
    """The life of one connection."""

    def __init__(self, websocket: WebSocket, service: Service) -> None:
        """Nothing is bound until ``hello``."""
        self._websocket = websocket
        self._service = service
        self._conversation: str | None = None
        self._feed: Feed | None = None
        self._sender: asyncio.Task[None] | None = None
        self._recent: deque[tuple[float, str]] = deque(maxlen=JOINED)
        settings = service.resources.settings
        self._pace = Pace(settings.burst_messages, settings.messages_per_second)
        self._send_lock = asyncio.Lock()

    async def run(self) -> None:
        """Read frames until the visitor leaves."""
        try:
            while True:
                await self._frame(await self._websocket.receive_text())
        except (WebSocketDisconnect, RuntimeError, KeyError):
            # gone; RuntimeError and KeyError are how a half-closed socket and a binary frame show themselves
            return
        finally:
            if self._sender:
                self._sender.cancel()

    async def _frame(self, raw: str) -> None:
        try:
            frame = self._parse(raw)
            if isinstance(frame, Hello):
                await self._hello(frame)
            elif isinstance(frame, Say):
                await self._say(frame)
            elif isinstance(frame, Ping):
                await self._send(Pong())
        except HandoffError as error:
            await self._problem(error)

    def _parse(self, raw: str) -> Hello | Say | Ping:
        if len(raw) > MAX_FRAME:
            self._service.resources.triage.read(raw)
            raise BadFrame
        try:
            return visitor_frames.validate_json(raw)
        except ValidationError:
            raise BadFrame from None

    async def _problem(self, error: HandoffError) -> None:
        text = self._service.resources.texts.say(f"fout.{error.code}")
        await self._send(Problem(code=error.code, text=text))

    async def _hello(self, frame: Hello) -> None:
        """Open or resume, then send everything after the number asked for."""
        service = self._service
        token: str | None = None
        if frame.token is None:
            conversation, token = await service.database.write(lambda s: commands.open_conversation(s, service.resources))
            conversation_id, last = conversation.id, conversation.last_seq
        else:
            known = frame.token
            conversation_id, last, recent = await service.database.read(lambda s: _resume(s, service, known))
            self._recent.extend((time.monotonic(), words) for words in recent)
        self._conversation = conversation_id
        await self._send(Welcome(token=token, resumed=token is None, last_seq=last))
        if self._sender:
            self._sender.cancel()
        self._feed = conversation_feed(service, conversation_id, after=frame.after)
        self._sender = asyncio.create_task(self._send_news(conversation_id, self._feed))

    async def _say(self, frame: Say) -> None:
        """Read a message by triage, then store it, or refuse it in plain words with the numbers where there is danger."""
        text, cut = readable(frame.text), False
        reading = self._read(text)
        try:
            self._check(text, reading)
        except TooLong as error:
            if not reading.crisis:
                await self._refuse(frame, error, reading)
                return
            text, cut = text[:MAX_STORED], True
        except (EmptyMessage, TooFast, UnknownToken) as error:
            await self._refuse(frame, error, reading)
            return
        incoming = commands.Incoming(frame.client_id, text, frame.choice, reading, cut)
        conversation = self._conversation
        assert conversation is not None, "checked above"
        # shielded: what was received is stored even if the connection drops now
        seq = await asyncio.shield(
            self._service.database.write(lambda s: commands.visitor_says(s, self._service.resources, conversation, incoming))
        )
        await self._send(Ack(client_id=frame.client_id, seq=seq))
        self._service.hub.hasten()

    def _read(self, text: str) -> Reading:
        """Read a message alone and with the last few of the past three minutes."""
        now = time.monotonic()
        earlier = [words for at, words in self._recent if now - at <= JOIN_SECONDS]
        reading = self._service.resources.triage.read(text, earlier)
        if text:
            self._recent.append((now, text[:MAX_STORED]))
        return reading

    def _check(self, text: str, reading: Reading) -> None:
        if self._conversation is None:
            raise UnknownToken
        if not text:
            raise EmptyMessage
        if len(text) > MAX_STORED:
            raise TooLong
        wait = self._pace.take()
        if wait and not reading.crisis:
            error = TooFast()
            error.args = (f"{wait:.2f}",)
            raise error

    async def _refuse(self, frame: Say, error: HandoffError, reading: Reading) -> None:
        resources = self._service.resources
        code = "no_conversation" if isinstance(error, UnknownToken) else error.code
        emergency = None
        if reading.crisis:
            profile = resources.profiles.update(self._service.unknown_visitor, frame.text[:MAX_STORED])
            emergency = emergency_text(resources.texts, kinds=reading.kinds, level=reading.level, profile=profile, people=0)
        await self._send(
            Refused(
                client_id=frame.client_id,
                code=code,
                text=resources.texts.say(f"fout.{code}"),
                emergency=emergency,
                retry_after=float(str(error)) if isinstance(error, TooFast) else None,
            )
        )

    async def _send(self, frame: ToVisitor) -> None:
        async with self._send_lock:
            await self._websocket.send_text(frame.model_dump_json())

    async def _send_news(self, conversation_id: str, feed: Feed) -> None:
        """Send what is new, wait for a wake-up, again: until the socket closes."""
        hub = self._service.hub
        listener: Listener = hub.listen(conversation_id)
        try:
            while True:
                listener.take()
                for frame in await feed.news():
                    await self._send(frame)
                try:
                    await asyncio.wait_for(listener.event.wait(), QUIET_SECONDS)
                except TimeoutError:
                    continue
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            hub.leave(conversation_id, listener)


def _resume(session: Session, service: Service, token: str) -> tuple[str, int, list[str]]:
    resources = service.resources
    conversation = commands.by_token(session, resources, token)
    recent = recent_words(session, resources.keys, conversation, resources.clock.now(), within=JOIN_SECONDS, most=JOINED)
    return conversation.id, conversation.last_seq, recent


def working(on: bool) -> Working:
    """Return the sign that the bot reads."""
    return Working(on=on)


def page_texts(service: Service) -> str:
    """Return the page's words as JSON that cannot end a script element."""
    return json.dumps(service.resources.texts.page, ensure_ascii=False).replace("<", "\\u003c")
