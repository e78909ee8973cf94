"""A phone of somebody on call: a real HTTP server that keeps what rings, or refuses."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Pager:
    """A phone of somebody on call: a real HTTP server that keeps what rings, or refuses."""

    def __init__(self) -> None:
        self.rang: list[dict[str, Any]] = []
        self.status = 200
        pager = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                pager.rang.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(pager.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def channel(self) -> str:
        return f"dienst=json://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
