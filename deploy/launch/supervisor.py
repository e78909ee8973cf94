"""Starts the processes, says when one dies, starts it again with a growing pause, and ends all of them together."""

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from launch.tell import line

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a crashed process is started again
STEADY_AFTER = 60.0  # seconds of life after which the pause begins small again
GRACE = 12.0  # seconds in which processes may end by themselves
PR_SET_PDEATHSIG = 1


@dataclass
class Process:
    """One process to keep alive."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    quiet: bool = False  # its output is not shown (tools that only need it running)
    running: Optional["subprocess.Popen[str]"] = field(default=None, init=False)


class Supervisor:
    """Keeps processes alive until ``stop``."""

    def __init__(self, processes: list[Process]) -> None:
        """Nothing starts before ``start``."""
        self._processes = processes
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start every process, each with a thread that keeps it alive."""
        for process in self._processes:
            thread = threading.Thread(target=self._keep, args=(process,), daemon=True, name=process.name)
            self._threads.append(thread)
            thread.start()

    def wait(self) -> None:
        """Return when ``stop`` was called."""
        while not self._stopping.wait(0.5):
            continue

    def stop(self) -> None:
        """End all processes: asked first, killed after the grace."""
        self._stopping.set()
        for process in self._processes:
            if process.running and process.running.poll() is None:
                process.running.terminate()
        deadline = time.monotonic() + GRACE
        for process in self._processes:
            if process.running is None:
                continue
            try:
                process.running.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                line(f"{process.name} does not end by itself: killed")
                process.running.kill()

    def _keep(self, process: Process) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            begun = time.monotonic()
            code = self._run_once(process)
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - begun > STEADY_AFTER else pause
            line(f"{process.name} ended ({_how(code)}); it is started again in {pause:.0f} s")
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _run_once(self, process: Process) -> int:
        output = subprocess.DEVNULL if process.quiet else subprocess.PIPE
        process.running = subprocess.Popen(
            process.command,
            cwd=process.folder,
            env=process.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if not process.quiet else subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends the others in order
            preexec_fn=_die_with_parent,
        )
        if process.running.stdout is not None:
            _show(process.name, process.running.stdout)
        return process.running.wait()


def _show(name: str, output: Iterable[str]) -> None:
    """Print a process's lines under its name; the deprecation warnings of Rasa's old libraries, two lines each, are left out."""
    skip_next = False
    for text in output:
        warning = "DeprecationWarning" in text or "MovedIn20Warning" in text
        if not warning and not (skip_next and text.startswith("  ")):
            print(f"[{name}] {text}", end="", flush=True)
        skip_next = warning or (skip_next and not text.startswith("  "))


def _die_with_parent() -> None:
    """Ask Linux to end this child when the supervisor is killed, so that nothing is left behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def free_port(preferred: int = 0) -> int:
    """Return a loopback port that nobody listens on: the preferred one where it is free."""
    for port in ([preferred] if preferred else []) + [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port")


def environment(**values: str) -> dict[str, str]:
    """Return this process's environment with values set."""
    return {**os.environ, **values}
