"""A line that really runs: service, action server and Rasa in a data folder of their own, under the real supervisor."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy"))

from launch import line
from launch.supervisor import Process, Supervisor, free_port

T = TypeVar("T")
NEEDED = ("NACHTLICHT_SERVICE_PYTHON", "NACHTLICHT_RASA_PYTHON", "NACHTLICHT_MODEL")
PASSWORD = "lang genoeg wachtwoord"
PAGE_SECONDS, BOT_SECONDS = 30.0, 120.0


def until(condition: Callable[[], T | None], seconds: float = 10.0, *, what: str) -> T:
    """Return the first true value of a condition; fail with ``what`` where it does not come in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)
    return value


class House:
    """The processes of one line. ``settings`` are the service's, named without their prefix."""

    def __init__(self, data: Path, *, bot: bool = True, **settings: object) -> None:
        self.data = data
        self.addresses = line.Addresses(free_port())
        service = line.service(os.environ["NACHTLICHT_SERVICE_PYTHON"], self.addresses, data)
        service.environment.update({f"NACHTLICHT_{name.upper()}": str(value) for name, value in settings.items()})
        self._processes = {"service": service}
        if bot:
            python = os.environ["NACHTLICHT_RASA_PYTHON"]
            self._processes["actions"] = line.actions(python, self.addresses)
            self._processes["rasa"] = line.rasa(python, self.addresses, Path(os.environ["NACHTLICHT_MODEL"]))
        self._supervisor = Supervisor(list(self._processes.values()))
        self._keepers: set[threading.Thread] = set()
        self._ended: list[subprocess.Popen[str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.addresses.service}"

    def __enter__(self) -> House:
        others = set(threading.enumerate())
        self._supervisor.start()
        self._keepers = set(threading.enumerate()) - others
        try:
            until(self.page_answers, PAGE_SECONDS, what="the page answers")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End all processes; also one that stands still."""
        for process in self._processes.values():
            if process.running and process.running.poll() is None:
                process.running.send_signal(signal.SIGCONT)
        self._supervisor.stop()
        for keeper in self._keepers:
            keeper.join(10)
        for ended in [*self._ended, *(process.running for process in self._processes.values())]:
            if ended and ended.stdout:
                ended.stdout.close()

    def page_answers(self) -> bool:
        return line.answers(f"{self.url}/")

    def bot_is_awake(self) -> bool:
        return line.answers(f"{self.addresses.bot_url}/webhooks/nachtlicht/ready", self.addresses.token)

    def wait_for_bot(self) -> House:
        until(self.bot_is_awake, BOT_SECONDS, what="the bot is awake")
        return self

    def kill(self, *names: str) -> None:
        """End processes as a crash does, and return when the supervisor has started them again."""
        before = {name: self._running(name) for name in names}
        self._ended += before.values()
        for process in before.values():
            process.kill()
        for name, process in before.items():
            until(lambda name=name, process=process: self._running(name) is not process, what=f"{name} is started again")  # type: ignore[misc]

    def stand_still(self, name: str) -> None:
        """Stop a process in the middle of whatever it does."""
        self._running(name).send_signal(signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        self._running(name).send_signal(signal.SIGCONT)

    def _running(self, name: str) -> subprocess.Popen[str]:
        running = self._processes[name].running
        assert running is not None, f"{name} was not started"
        return running

    def process(self, name: str) -> Process:
        return self._processes[name]

    def add_users(self, *logins: str, role: str = "counsellor") -> None:
        """Make accounts by the command line, while the service runs; the first name is the login with a capital."""
        environment = {**os.environ, "NACHTLICHT_DATA_DIR": str(self.data)}
        how = ["--role", role, "--password-stdin"]
        commands = [[sys.executable, "nachtlicht", "user", "add", login, "--name", login.capitalize(), *how] for login in logins]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        made = [subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) for command in commands]  # type: ignore[call-overload]
        answers = [process.communicate(f"{PASSWORD}\n", timeout=60)[0] for process in made]
        assert answers == [f"account {login} made\n" for login in logins]

    def count(self, query: str) -> int:
        """Return the number that a query of the database gives, read from outside."""
        with closing(sqlite3.connect(f"file:{self.data / 'nachtlicht.db'}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query).fetchone()[0])

    def nobody_is_here(self) -> bool:
        """Return whether no counsellor has the workplace open."""
        return self.count("SELECT count(*) FROM presence") == 0
