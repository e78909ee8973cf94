"""What the person at the terminal reads: one line a step, with the time it took; long steps say that they go on."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET = 15.0  # seconds after which a running step says that it goes on


class Stop(Exception):
    """Nachtlicht cannot go on; the text is a clear sentence for the person at the terminal."""


def line(text: str) -> None:
    """Print one line at once."""
    print(f"nachtlicht: {text}", flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is done and how long it took."""
    line(f"{text} ...")
    begun, done = time.monotonic(), threading.Event()
    thread = threading.Thread(target=_go_on, args=(text, begun, done), daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        done.set()
        raise
    done.set()
    line(f"{text}: done in {time.monotonic() - begun:.1f} s")


def _go_on(text: str, begun: float, done: threading.Event) -> None:
    while not done.wait(QUIET):
        line(f"{text}: still busy, {time.monotonic() - begun:.0f} s")


def error(text: str) -> None:
    """Print what went wrong."""
    print(f"nachtlicht: {text}", file=sys.stderr, flush=True)
