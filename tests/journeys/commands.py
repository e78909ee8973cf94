"""``./nachtlicht`` itself, with a home of its own: the environments and the model of this test run, and nothing else of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from launch import line
from launch.model import model_path
from launch.supervisor import free_port

from tests.journeys.house import ROOT, until


class Home:
    """A folder in which ``./nachtlicht`` keeps everything it makes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.data = folder / "data"
        (folder / "models").mkdir()
        (folder / "env").symlink_to(Path(os.environ["NACHTLICHT_SERVICE_PYTHON"]).parents[2])
        (folder / "models" / model_path().name).symlink_to(os.environ["NACHTLICHT_MODEL"])
        left_out = ("NACHTLICHT_DATA_DIR", "NACHTLICHT_DATABASE_URL", "NACHTLICHT_KEYS_URL", "NACHTLICHT_AT")
        self.environment = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment["NACHTLICHT_HOME"] = str(folder)

    def run(self, *arguments: object, words: str = "") -> subprocess.CompletedProcess[str]:
        """Run one verb to its end. ``words``: what is typed."""
        command = [sys.executable, str(ROOT / "nachtlicht"), *map(str, arguments)]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, input=words, capture_output=True, text=True, check=False, timeout=180
        )


class Verb:
    """A verb that turns lines into lines, at work as long as the block lasts or until it is done."""

    def __init__(self, home: Home, name: str, lines: list[Any], options: tuple[str, ...] = ()) -> None:
        work = Path(tempfile.mkdtemp(dir=home.folder.parent))
        source, self._target = work / "in.jsonl", work / "out.jsonl"
        source.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8")
        command = [sys.executable, str(ROOT / "nachtlicht"), name, str(source), str(self._target), *options]
        self._running = subprocess.Popen(command, cwd=work, env=home.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._said: tuple[str, str] | None = None

    def __enter__(self) -> Verb:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._running.terminate()
        if self._said is None:
            self._running.communicate()

    def result(self) -> tuple[list[dict[str, Any]], str]:
        """Wait for the end; return the rows that were written and what was said on standard error."""
        if self._said is None:
            self._said = self._running.communicate(timeout=180)
        assert self._running.returncode == 0, "".join(self._said)
        return [json.loads(line) for line in self._target.read_text(encoding="utf-8").splitlines()], self._said[1]


class Night:
    """``./nachtlicht run`` from its first line to Ctrl-C; all that it prints is kept in ``log``."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.folder / "night.log"
        self.port = free_port()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def __enter__(self) -> Night:
        command = [sys.executable, str(ROOT / "nachtlicht"), "run", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self._running = subprocess.Popen(command, cwd=ROOT, env=self.home.environment, stdout=log, stderr=subprocess.STDOUT)
        until(lambda: line.answers(f"{self.url}/"), 30, what="the page answers")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def wait_for_bot(self) -> None:
        until(lambda: "the bot is awake" in self.printed, 120, what="the bot is awake")

    def stop(self) -> int:
        """Press Ctrl-C; return the exit code."""
        assert self._running is not None, "it was started"
        if self._running.poll() is None:
            self._running.send_signal(signal.SIGINT)
        return self._running.wait(30)
