"""The visitor's page and socket. Every message is read by triage first, also what is then refused; a waiting socket holds nothing.

Two tasks a socket: one reads frames and runs commands, one sends what is new after a wake-up. The sender only ever reads "lines
after the last number sent", so nothing is lost, doubled or out of order, whatever wakes it or how often.
"""

import asyncio
import json
import logging
import time
from collections import deque

from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from handoff import ways_back
from handoff.conversations import by_token, open_conversation
from handoff.emergency import emergency_text
from handoff.errors import BadFrame, EmptyMessage, HandoffError, TooFast, TooLong, TooManyCodes, UnknownCode, UnknownToken
from handoff.hub import Listener
from handoff.incoming import Incoming, Tapped, place_tapped, profile_after, visitor_says
from handoff.messages_in import readable
from handoff.pace import Pace
from handoff.service import Service, service_of
from handoff.transcript import recent_words
from handoff.triage.reading import Reading
from handoff.triage.triage import JOIN_SECONDS, JOINED
from handoff.visitor_feed import Feed, conversation_feed
from handoff.wire import (
    MAX_FRAME,
    MAX_MESSAGE,
    MAX_STORED,
    Ack,
    Hello,
    Ping,
    Pong,
    Problem,
    Refused,
    Say,
    Tap,
    ToVisitor,
    Welcome,
    Working,
    visitor_frames,
)

log = logging.getLogger("nachtlicht.visitor")

router = APIRouter()
FATAL_CODE = 4400
FAULT_CODE = 1011
STORE_AGAIN = 3.0  # seconds after which the page sends again what could not be stored
CODE_TRIES = 5  # wrong return codes of one connection before it is closed
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
        self._wrong_codes = 0
        self._send_lock = asyncio.Lock()

    async def run(self) -> None:
        """Read frames until the visitor leaves."""
        try:
            while True:
                await self._frame(await self._receive())
        except (WebSocketDisconnect, RuntimeError):
            # gone; RuntimeError is how a half-closed socket shows itself
            return
        finally:
            if self._sender:
                self._sender.cancel()

    async def _receive(self) -> str:
        """Return the next frame as text, a binary one too: whatever was sent is read."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text: str | None = message.get("text")
        return message["bytes"].decode(errors="replace") if text is None else text

    async def _frame(self, raw: str) -> None:
        try:
            frame = self._parse(raw)
            if isinstance(frame, Hello):
                await self._hello(frame)
            elif isinstance(frame, Say):
                await self._say(frame)
            elif isinstance(frame, Tap):
                await self._tap(frame)
            elif isinstance(frame, Ping):
                await self._send(Pong())
        except BadFrame as error:
            await self._unreadable(raw, error)
        except HandoffError as error:
            await self._problem(error)

    def _parse(self, raw: str) -> Hello | Say | Tap | Ping:
        if len(raw) > MAX_FRAME:
            raise BadFrame
        try:
            return visitor_frames.validate_json(raw)
        except ValidationError:
            return _mended(raw)

    async def _unreadable(self, raw: str, error: BadFrame) -> None:
        """Answer a frame that is not as described: read by triage all the same, with the numbers where there is danger."""
        reading = self._service.resources.triage.read(raw)
        if reading.crisis:
            await self._send(self._refusal(error.code, reading, raw))
        else:
            await self._problem(error)

    async def _problem(self, error: HandoffError) -> None:
        texts = self._service.resources.texts
        await self._send(Problem(code=error.code, text=texts.say(texts.first(f"fout.{error.code}", "fout.internal"))))

    async def _hello(self, frame: Hello) -> None:
        """Open or resume, then send everything after the number asked for."""
        service = self._service
        token: str | None = None
        if frame.code is not None:
            conversation_id, last, token = await self._enter(frame.code)
        elif frame.token is None:
            conversation, token = await service.database.write(lambda s: open_conversation(s, service.resources, device=frame.device))
            conversation_id, last = conversation.id, conversation.last_seq
        else:
            known = frame.token
            conversation_id, last, recent = await service.database.read(lambda s: _resume(s, service, known))
            self._recent.extend((time.monotonic(), words) for words in recent)
        self._conversation = conversation_id
        await self._send(Welcome(token=token, resumed=token is None or frame.code is not None, last_seq=last))
        if self._sender:
            self._sender.cancel()
        self._feed = conversation_feed(service, conversation_id, after=frame.after)
        self._sender = asyncio.create_task(self._send_news(conversation_id, self._feed))

    async def _enter(self, code: str) -> tuple[str, int, str]:
        """Return conversation, last number and a new token for a return code. Guessing is slowed for all, and ends a connection.

        Raises UnknownCode, TooManyCodes.
        """
        service = self._service
        if service.code_pace.take():
            raise TooManyCodes
        try:
            conversation, token = await service.database.write(
                lambda s: ways_back.enter(s, service.resources, code, service.resources.clock.now())
            )
        except UnknownCode:
            self._wrong_codes += 1
            if self._wrong_codes >= CODE_TRIES:
                await self._websocket.close(code=FATAL_CODE)
            raise
        return conversation.id, conversation.last_seq, token

    async def _say(self, frame: Say) -> None:
        """Read a message by triage, then store it, or refuse it in plain words with the numbers where there is danger."""
        text, cut = readable(frame.text), False
        reading = await self._read(text)
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
        incoming = Incoming(frame.client_id, text, frame.choice, reading, cut)
        conversation = self._conversation
        assert conversation is not None, "checked above"
        write = self._service.database.write(lambda s: visitor_says(s, self._service.resources, conversation, incoming))
        try:
            # shielded: what was received is stored even if the connection drops now
            seq = await asyncio.shield(write)
        except SQLAlchemyError as error:
            # the numbers depend on no database; the page keeps the words and sends them again
            log.error("a message could not be stored: %s", type(error).__name__)
            await self._refuse(frame, HandoffError(), reading)
            return
        except UnknownToken as error:
            if reading.crisis:
                await self._send(self._refusal(error.code, reading, text))
            raise
        await self._send(Ack(client_id=frame.client_id, seq=seq))
        self._service.hub.hasten()

    async def _tap(self, frame: Tap) -> None:
        """Keep that a place of the directory was tapped; anything else is refused, and nothing waits for it."""
        entry = self._service.resources.directory.named(frame.place)
        if self._conversation is None or entry is None:
            raise BadFrame
        if not self._pace.take():
            conversation, tapped = self._conversation, Tapped(entry.id, frame.way, frame.seq)
            try:
                await self._service.database.write(lambda s: place_tapped(s, self._service.resources, conversation, tapped))
            except SQLAlchemyError as error:  # a count is not worth a connection
                log.error("a tap could not be counted: %s", type(error).__name__)

    async def _read(self, text: str) -> Reading:
        """Read a message alone and with the last few of the past three minutes; a very long one beside the event loop."""
        now = time.monotonic()
        earlier = [words for at, words in self._recent if now - at <= JOIN_SECONDS]
        triage = self._service.resources.triage
        reading = await asyncio.to_thread(triage.read, text, earlier) if len(text) > MAX_MESSAGE else triage.read(text, earlier)
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
        code = "no_conversation" if isinstance(error, UnknownToken) else error.code
        refusal = self._refusal(code, reading, frame.text)
        again = float(str(error)) if isinstance(error, TooFast) else STORE_AGAIN if code == HandoffError.code else None
        await self._send(refusal.model_copy(update={"client_id": frame.client_id, "retry_after": again}))

    def _refusal(self, code: str, reading: Reading, words: str) -> Refused:
        """Return the plain words for a code, with the emergency text where triage read danger."""
        resources = self._service.resources
        emergency = None
        if reading.crisis:
            profile = profile_after(resources, self._service.unknown_visitor, words[:MAX_STORED], reading)
            emergency = emergency_text(resources.texts, kinds=reading.kinds, level=reading.level, profile=profile, reach="nobody")
        return Refused(client_id=None, code=code, text=resources.texts.say(f"fout.{code}"), emergency=emergency)

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
                while frames := await feed.news():  # a long conversation comes in several lots
                    for frame in frames:
                        await self._send(frame)
                try:
                    await asyncio.wait_for(listener.event.wait(), QUIET_SECONDS)
                except TimeoutError:
                    continue
        except (WebSocketDisconnect, RuntimeError):
            return
        except Exception as error:  # noqa: BLE001 - a socket whose news have stopped must not look alive: the page comes back
            log.error("a visitor's news ended with %s; the socket is closed", type(error).__name__)
            await self._websocket.close(code=FAULT_CODE)
        finally:
            hub.leave(conversation_id, listener)


def _mended(raw: str) -> Hello | Say | Tap | Ping:
    """Read a frame again without halves of emoji, which a browser sends where one was cut. Raises BadFrame."""
    try:
        return visitor_frames.validate_json(json.dumps(json.loads(raw), ensure_ascii=False).encode(errors="ignore"))
    except (ValueError, RecursionError):
        raise BadFrame from None


def _resume(session: Session, service: Service, token: str) -> tuple[str, int, list[str]]:
    resources = service.resources
    conversation = by_token(session, resources, token)
    recent = recent_words(session, resources.keys, conversation, resources.clock.now(), within=JOIN_SECONDS, most=JOINED)
    return conversation.id, conversation.last_seq, recent


def working(on: bool) -> Working:
    """Return the sign that the bot reads."""
    return Working(on=on)


def page_texts(service: Service) -> str:
    """Return the page's words as JSON that cannot end a script element."""
    return json.dumps(service.resources.texts.page, ensure_ascii=False).replace("<", "\\u003c")
