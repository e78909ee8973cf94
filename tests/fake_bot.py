"""The one fake: a tiny real HTTP server that speaks the channel of Rasa (``bot/channel.py``) and can be told how to behave.

It answers ``ready``, ``turn`` and ``parse``. It can be slow, fail, answer given moves or raw bytes, hold an answer until
released, be without a model, or be absent (nothing listens on its port).
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHANNEL = "/webhooks/nachtlicht"
LISTEN = [{"move": "say", "keys": ["bot.luister"], "kind": "text", "choices": [], "values": {}}]


def parse(*, theme: str | None = None, level: int = 0, kinds: tuple[str, ...] = (), act: str = "vertellen") -> dict[str, Any]:
    """Return a parse as Rasa's channel shows it."""
    return {
        "intent": {"name": act, "confidence": 0.9},
        "intent_ranking": [],
        "theme": {"name": theme, "sure": theme is not None, "sub": None, "confidence": 0.8, "ranking": []},
        "perspective": {"name": "zelf", "sure": False, "confidence": 0.4},
        "urgency": {"level": level, "kinds": list(kinds), "crisis": 0.9 if level >= 3 else 0.1},
        "model": "fake-1",
    }


class FakeBot:
    """Starts listening at once; ``turns`` and ``parses`` hold the bodies that came in."""

    def __init__(self, *, token: str = "") -> None:
        self.token = token
        self.ready = True
        self.status = 200  # of turns and parses
        self.delay = 0.0
        self.raw: bytes | None = None  # answered instead of JSON of ours
        self.moves: list[dict[str, Any]] = LISTEN
        self.parse: dict[str, Any] = parse()
        self.answers: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # a whole answer made from the body
        self.turns: list[dict[str, Any]] = []
        self.parses: list[dict[str, Any]] = []
        self.headers: list[str | None] = []
        self._free = threading.Event()
        self._free.set()
        self._server: ThreadingHTTPServer | None = None
        self.port = _free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen (again) on the same port."""
        self._server = _Server(("127.0.0.1", self.port), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Be absent: a connection is refused."""
        self.release()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def hold(self) -> None:
        """Keep every answer back until ``release``."""
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def wait_for_turns(self, count: int, seconds: float = 10.0) -> None:
        """Return when ``count`` turns have come in."""
        end = time.monotonic() + seconds
        while len(self.turns) < count:
            assert time.monotonic() < end, f"{len(self.turns)} turns came, not {count}"
            time.sleep(0.01)

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Return status and body of the answer to one call."""
        (self.parses if path.endswith("/parse") else self.turns).append(body)
        time.sleep(self.delay)
        self._free.wait(30)
        if self.raw is not None:
            return self.status, self.raw
        if self.status != 200:
            return self.status, json.dumps({"error": "failed", "text": body["text"]}).encode()
        if path.endswith("/parse"):
            return 200, json.dumps({"parse": self.parse}).encode()
        whole = self.answers(body) if self.answers else {"moves": self.moves, "parse": self.parse, "state": {"v": 1, **body["state"]}}
        return 200, json.dumps(whole).encode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is none of the bot's business."""


def _handler(bot: FakeBot) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == f"{CHANNEL}/ready"
            self._send(200 if bot.ready else 503, json.dumps({"ready": bot.ready}).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            bot.headers.append(self.headers.get("authorization"))
            if bot.token and self.headers.get("authorization") != f"Bearer {bot.token}":
                self._send(403, b'{"error": "forbidden"}')
            elif not bot.ready:
                self._send(503, b'{"error": "no_model"}')
            else:
                self._send(*bot.answer(self.path.removeprefix(CHANNEL), body))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    return Handler
