"""A gate between Rasa and the action server: real connections, carried on, held back, delayed, cut, or answered by something else."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType

CHUNK = 65_536


class Gate:
    """Carries each request to ``target`` and its answer back. ``mode`` and ``seconds`` may change at any time."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._free = threading.Event()
        self.mode = "open"  # open, held, cut, or the whole answer that is given instead
        self.seconds = 0.0
        self.asked = 0  # requests that have come in

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def __enter__(self) -> Gate:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.open()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def open(self) -> None:
        """Carry everything again, also what is held."""
        self.mode, self.seconds = "open", 0.0
        self._free.set()

    def close(self, mode: str, seconds: float = 0.0) -> None:
        """Do something else with what comes from now on."""
        self._free.clear()
        self.mode, self.seconds = mode, seconds

    def let_go(self, mode: str) -> None:
        """Do something else with what is held, and with what comes after it."""
        self.mode = mode
        self._free.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with suppress(OSError), near, socket.create_connection(self._target) as far:
            threading.Thread(target=self._carry_back, args=(far, near), daemon=True).start()
            while data := near.recv(CHUNK):
                if data.startswith(b"POST "):
                    self.asked += 1
                    if not self._lets_through(near):
                        return
                far.sendall(data)

    def _lets_through(self, near: socket.socket) -> bool:
        """Do to a request what the gate does now; return whether it is carried on."""
        mode = self.mode
        time.sleep(self.seconds)
        if mode == "held":
            self._free.wait()
            mode = self.mode
        if mode == "cut":
            return False
        if mode.startswith("HTTP/"):
            near.sendall(mode.encode())
            return False
        return True

    @staticmethod
    def _carry_back(far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(CHUNK):
                near.sendall(data)
