"""``./nachtlicht bench``: times from send to answer and from danger to the workplace, beside bare Rasa in the same run.

Bare Rasa is the same model behind Rasa's own REST channel and in-memory tracker store. The two are asked in turn, so that a noisy machine
disturbs both alike; medians and 95th percentiles are quoted, and the ratio of the medians.
"""

import json
import os
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from handoff.triage.triage import load_triage

ORDINARY = (
    "ik slaap al weken slecht en pieker over mijn werk",
    "mijn vriend en ik hebben steeds ruzie over niks",
    "ik durf niet meer met de trein sinds die paniekaanval",
    "mijn dochter van 15 komt haar kamer niet meer af",
    "sinds de scheiding voelt het huis zo leeg",
    "ik ben bang dat ik mijn baan kwijtraak",
)
DANGER = ("ik wil niet meer leven", "mijn man heeft een mes en bonkt op de deur", "ik heb te veel pillen genomen")
PASSWORD = secrets.token_urlsafe(16)


def main() -> int:
    """Measure and print; return the exit code."""
    port, n = int(sys.argv[1]), int(sys.argv[2])
    bare = os.environ["NACHTLICHT_BENCH_BARE"]
    with Visitor(port) as visitor, httpx.Client(base_url=bare, timeout=10) as rasa:
        for text in ORDINARY[:3]:
            visitor.ask(text)
            ask_bare(rasa, text)
        whole, plain, acks = [], [], []
        for i in range(n):
            text = ORDINARY[i % len(ORDINARY)]
            plain.append(timed(lambda text=text: ask_bare(rasa, text)))  # type: ignore[misc]
            answer, ack = visitor.ask(text)
            whole.append(answer)
            acks.append(ack)
    show("send to acknowledged", acks)
    show("send to answer, whole line", whole)
    show("send to answer, bare Rasa over REST", plain)
    print(f"{'ratio of the medians, whole line / bare Rasa':46} {median(whole) / median(plain):.2f}")
    show("danger sent to the workplace's queue", measure_alarm(port, max(10, n // 3)))
    measure_triage()
    return 0


class Visitor:
    """A visitor's socket that can wait for an answer."""

    def __init__(self, port: int) -> None:
        self._doors = ExitStack()
        self._socket: ClientConnection = self._doors.enter_context(connect(f"ws://127.0.0.1:{port}/ws/visitor", max_size=None))
        self._socket.send(json.dumps({"type": "hello"}))
        self._until(lambda frame: frame["type"] == "state")

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._doors.close()

    def send(self, text: str) -> None:
        """Send a message."""
        self._socket.send(json.dumps({"type": "say", "client_id": uuid.uuid4().hex, "text": text}))

    def ask(self, text: str) -> tuple[float, float]:
        """Return the seconds from sending to the bot's first line, and to the acknowledgement."""
        begun = time.perf_counter()
        self.send(text)
        ack = self._until(lambda frame: frame["type"] == "ack")
        acknowledged = time.perf_counter() - begun
        self._until(lambda frame: frame["type"] == "message" and frame["sender"] in ("bot", "system") and frame["seq"] > ack["seq"])
        return time.perf_counter() - begun, acknowledged

    def _until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = json.loads(self._socket.recv(timeout=20))
            if holds(frame):
                return frame


def ask_bare(rasa: httpx.Client, text: str) -> None:
    """Ask Rasa's own REST channel, each time as a new sender, and insist on an answer."""
    answer = rasa.post("/webhooks/rest/webhook", json={"sender": uuid.uuid4().hex, "message": text}).json()
    if not answer:
        raise RuntimeError("bare Rasa answered nothing")


def measure_alarm(port: int, n: int) -> list[float]:
    """Return the seconds from a visitor's sentence to the frame that shows it in an open workplace."""
    command = [sys.executable, "-m", "handoff", "user", "add", "bench", "--name", "Bench", "--password-stdin"]
    subprocess.run(command, input=PASSWORD + "\n", text=True, check=True, capture_output=True)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        http.post("/werkplek/inloggen", data={"login": "bench", "password": PASSWORD})
        cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    times = []
    with connect(f"ws://127.0.0.1:{port}/ws/workplace", additional_headers={"Cookie": cookie}, max_size=None) as workplace:
        waiting = _next_queue(workplace)
        for i in range(n):
            with Visitor(port) as visitor:
                begun = time.perf_counter()
                visitor.send(DANGER[i % len(DANGER)])
                while (now := _next_queue(workplace)) <= waiting:
                    continue
                waiting = now
                times.append(time.perf_counter() - begun)
    return times


def _next_queue(workplace: ClientConnection) -> int:
    while True:
        frame = json.loads(workplace.recv(timeout=20))
        if frame["type"] == "queue":
            return int(frame["waiting"])


def measure_triage() -> None:
    """Print what one reading costs, for ordinary messages with earlier ones and for hostile text of 4,000 characters."""
    triage = load_triage()
    earlier = list(ORDINARY[:3])
    show("triage of an ordinary message", [timed(lambda t=text: triage.read(t, earlier)) for text in ORDINARY * 60])  # type: ignore[misc]
    hostile = [
        "ik wil niet meer " * 240,
        "dood " * 800,
        "a" * 4000,
        "z.e.l.f." * 500,
        "stemmen moet van de " * 200,
        "é̀" * 2000,
        "zelfm**rd " * 400,
        " ".join(f"{a}{b}{c}ei{b}" for a in "bdfgklmn" for b in "prstvwzh" for c in "aeiouaei"),  # words nobody knows
    ]
    worst = max(median(timed(lambda t=text: triage.read(t[:4000])) for _ in range(5)) for text in hostile)  # type: ignore[misc]
    print(f"{'triage of 4,000 hostile characters, worst':46} {1000 * worst:.1f} ms")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that ``work`` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def show(name: str, seconds: list[float]) -> None:
    """Print median, 95th and 99th percentile in milliseconds."""
    cuts = quantiles(seconds, n=100)
    print(
        f"{name:46} p50 {1000 * median(seconds):.1f}  p95 {1000 * cuts[94]:.1f}  p99 {1000 * cuts[98]:.1f} ms (n {len(seconds)})",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
