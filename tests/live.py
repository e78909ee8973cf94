"""The real service on a free port, and the two kinds of people who use it: visitors by socket, counsellors by HTTP and socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from websockets.sync.client import ClientConnection, connect

from handoff import app as app_module
from handoff import auth
from handoff.app import create_app
from handoff.db import Database
from handoff.migrate import migrate
from handoff.models import Conversation
from handoff.service import Service
from handoff.settings import Settings
from handoff.wire import MAX_FRAME

# the real triage, read from disk once a process instead of once a service: it holds no state
app_module.load_triage = cache(app_module.load_triage)

ROOT = Path(app_module.__file__).parents[1]
PASSWORD = "lang genoeg wachtwoord"
Frame = dict[str, Any]


class Live:
    """The service as ``handoff serve`` runs it, in a thread of this process; ``address`` is ``host:port``."""

    def __init__(self, settings: Settings, clock: Any = None) -> None:
        self.settings = settings
        self.bot: Any = None  # the fake bot, where one service serves many tests
        self.doors = ExitStack()  # every connection of the people below
        self._clock = clock
        database = Database(settings.database())
        migrate(database)
        database.close()
        self.app: FastAPI = create_app(settings)
        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=0, log_config=None, access_log=False, ws_max_size=MAX_FRAME * 4,
            ws_per_message_deflate=False, timeout_graceful_shutdown=8,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> Live:
        self._thread.start()
        end = time.monotonic() + 20
        while not self._server.started:
            assert self._thread.is_alive(), "the service did not start"
            assert time.monotonic() < end, "the service did not start in time"
            time.sleep(0.01)
        if self._clock is not None:
            self.service.resources.clock.now = self._clock.now
        return self

    def stop(self) -> None:
        self.doors.close()
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive(), "the service did not stop"

    def __enter__(self) -> Live:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    @property
    def service(self) -> Service:
        service: Service = self.app.state.service
        return service

    @property
    def database(self) -> Database:
        return self.service.database

    def now(self) -> datetime:
        return self.service.resources.clock.now()

    def conversation(self, token: str) -> Conversation:
        """Return the row of a visitor's conversation as it is now."""
        key = self.service.resources.keys.keyed_hash(token)
        return self.database.read_now(lambda s: s.scalars(select(Conversation).where(Conversation.token_hash == key)).one())

    def add_user(self, login: str = "anna", *, role: str = "counsellor") -> str:
        """Make an account; its first name is the login with a capital."""
        now = self.now()
        name = login.capitalize()
        self.database.write_now(lambda s: auth.add_user(s, login=login, first_name=name, role=role, password=PASSWORD, now=now))
        return login

    def visitor(self, **options: Any) -> Visitor:
        return Visitor(self, **options)

    def person(self, login: str = "anna", *, role: str = "counsellor") -> Person:
        """Return a person of the line, with an account made now and logged in."""
        self.add_user(login, role=role)
        person = Person(self)
        assert person.log_in(login).status_code == 303
        return person


class Visitor:
    """One visitor's socket. Every frame that was read is kept in ``frames``."""

    def __init__(self, live: Live | Place, *, origin: str | None = None, greet: bool = True) -> None:
        self.live = live
        self.frames: list[Frame] = []
        self.token = ""
        self._unread: deque[Frame] = deque()
        headers = {"Origin": origin} if origin else None
        url = f"ws://{live.address}/ws/visitor"
        self._door = live.doors.enter_context(ExitStack())
        self.socket = self._door.enter_context(
            connect(url, additional_headers=headers, max_size=None, max_queue=None, compression=None, proxy=None)
        )
        if greet:
            self.hello()

    def hello(self, token: str | None = None, after: int = 0) -> Frame:
        """Open or resume, and return the welcome."""
        self.send({"type": "hello", "after": after, **({"token": token} if token else {})})
        welcome = self.wait("welcome")
        self.token = welcome["token"] or token or ""
        return welcome

    def send(self, frame: Frame) -> None:
        self.socket.send(json.dumps(frame))

    def write(self, text: str, *, client_id: str | None = None, choice: str | None = None) -> str:
        """Send a message without waiting; return its id."""
        client_id = client_id or uuid.uuid4().hex
        self.send({"type": "say", "client_id": client_id, "text": text, **({"choice": choice} if choice else {})})
        return client_id

    def say(self, text: str, *, client_id: str | None = None, choice: str | None = None) -> int:
        """Send a message; return the number under which it was stored."""
        sent = self.write(text, client_id=client_id, choice=choice)
        passed: list[Frame] = []  # a message may come before its acknowledgement: it is left for whoever waits for it next
        seq: int = self.wait_for(lambda f: f["type"] == "ack" and f["client_id"] == sent, passed=passed)["seq"]
        self._unread.extend(passed)
        return seq

    def take(self, seconds: float = 10.0) -> Frame | None:
        """Return the next frame; None where none comes in time."""
        if self._unread:
            return self._unread.popleft()
        try:
            frame: Frame = json.loads(self.socket.recv(timeout=seconds))
        except TimeoutError:
            return None
        self.frames.append(frame)
        return frame

    def wait(self, frame_type: str, /, *, within: float = 10.0, **expected: Any) -> Frame:
        """Return the next frame of a type whose fields are as expected, of those not read yet."""
        return self.wait_for(lambda f: f["type"] == frame_type and all(f.get(k) == v for k, v in expected.items()), within)

    def wait_for(self, fits: Callable[[Frame], bool], seconds: float = 10.0, *, passed: list[Frame] | None = None) -> Frame:
        """Return the next frame that fits; those before it are gone, or stand in ``passed``."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            frame = self.take(left)
            if frame is not None and fits(frame):
                return frame
            if frame is not None and passed is not None:
                passed.append(frame)
        raise AssertionError(f"the frame did not come; read so far: {[(f['type'], f.get('kind')) for f in self.frames]}")

    def drain(self, seconds: float = 0.4) -> list[Frame]:
        """Return every frame until nothing comes for a while."""
        out = []
        while (frame := self.take(seconds)) is not None:
            out.append(frame)
        return out

    def messages(self) -> list[Frame]:
        """Return the messages read so far."""
        return [frame for frame in self.frames if frame["type"] == "message"]

    def close(self) -> None:
        """Leave; all visitors leave when the service stops."""
        self._door.close()


class Person:
    """One person's browser at the workplace."""

    def __init__(self, live: Live) -> None:
        self.live = live
        client = httpx.Client(base_url=f"http://{live.address}", headers={"x-nachtlicht": "1"}, timeout=30, trust_env=False)
        self.http = live.doors.enter_context(client)

    def log_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return self.http.post("/werkplek/inloggen", data={"login": login, "password": password})

    @property
    def cookie(self) -> str:
        return self.http.cookies.get(auth.COOKIE, default="")

    def post(self, conversation_id: str, what: str, **body: Any) -> httpx.Response:
        return self.http.post(f"/api/conversations/{conversation_id}/{what}", json=body)

    def claim(self, conversation_id: str) -> int:
        response = self.post(conversation_id, "claim")
        assert response.status_code == 200, response.text
        lease: int = response.json()["lease"]
        return lease

    def line(self, conversation_id: str, lease: int, text: str, client_id: str | None = None) -> httpx.Response:
        return self.post(conversation_id, "lines", lease=lease, client_id=client_id or uuid.uuid4().hex, text=text)

    def transcript(self, conversation_id: str, after: int = 0) -> httpx.Response:
        return self.http.get(f"/api/conversations/{conversation_id}", params={"after": after})

    @contextmanager
    def workplace(self, **headers: str) -> Iterator[ClientConnection]:
        """Open the workplace's socket."""
        sent = {"Cookie": f"{auth.COOKIE}={self.cookie}", **headers}
        with connect(
            f"ws://{self.live.address}/ws/workplace", additional_headers=sent, max_queue=None, compression=None, proxy=None
        ) as socket:
            yield socket


class Place:
    """Where a service listens that runs as a process of its own."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.address = f"127.0.0.1:{port}"
        self.process = process
        self.doors = ExitStack()

    def wait_until_it_answers(self, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, "the service ended"
            assert time.monotonic() < end, "the service did not start in time"
            try:
                httpx.get(f"http://{self.address}/", trust_env=False)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return


@contextmanager
def served(settings: Settings) -> Iterator[Place]:
    """Run ``handoff serve`` as it is run in earnest; it is told to stop at the end, if it is still there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {
        "DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
        "KEYS_URL": settings.keys_url,
        "BOT_URL": settings.bot_url,
    }
    environment = {**os.environ, "NACHTLICHT_PORT": str(port), **{f"NACHTLICHT_{name}": str(value) for name, value in given.items()}}
    place = Place(port, subprocess.Popen([sys.executable, "-m", "handoff", "serve"], cwd=ROOT, env=environment))
    try:
        place.wait_until_it_answers()
        with place.doors:
            yield place
    finally:
        place.process.terminate()
        place.process.wait(20)


def next_frame(socket: ClientConnection, kind: str, seconds: float = 5.0, fits: Callable[[Frame], bool] = lambda _: True) -> Frame:
    """Return the next frame of a kind from a workplace's socket."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            frame: Frame = json.loads(socket.recv(timeout=left))
        except TimeoutError:
            break
        if frame["type"] == kind and fits(frame):
            return frame
    raise AssertionError(f"no {kind} frame in time")
