"""The two environments: made from hashed, pinned lists, and made again only when a list changed."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from launch.interpreters import find_python, find_uv
from launch.paths import ENVIRONMENTS, HOME, REQUIREMENTS
from launch.tell import Stop, line, step

DUTCH = "nl_core_news_sm"
DUTCH_WHEEL = "NACHTLICHT_DUTCH_MODEL"  # path or address of the model's wheel, where the publisher's cannot be reached


def service_python(*, tests: bool = False) -> str:
    """Return the interpreter of the service's environment, made where needed; ``tests`` adds what tests need."""
    lists = ["handoff.txt", "test.txt"] if tests else ["handoff.txt"]
    return _environment("handoff", lists, rasa=False)


def rasa_python(*, tests: bool = False) -> str:
    """Return the interpreter of Rasa's environment, made where needed."""
    lists = ["bot.txt", "test-bot.txt"] if tests else ["bot.txt"]
    python = _environment("bot", lists, rasa=True)
    _try_dutch(python)
    return python


def _environment(name: str, lists: list[str], *, rasa: bool) -> str:
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    stamp = folder / ".made-from"
    made = stamp.read_text().split() if stamp.exists() and python.exists() else []
    missing = [file for file in lists if _digest(REQUIREMENTS / file) not in made]
    if not missing:
        return str(python)
    uv = find_uv()
    if not made or _digest(REQUIREMENTS / lists[0]) not in made:
        interpreter = find_python(uv, rasa=rasa)
        shutil.rmtree(folder, ignore_errors=True)
        _run([uv, "venv", "--quiet", "--no-project", "--python", interpreter, str(folder)])
        missing, made = lists, []
    with step(f"installing the environment '{name}' ({', '.join(missing)})"):
        for file in missing:
            _run([uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r", str(REQUIREMENTS / file)])
    stamp.write_text("\n".join([*made, *(_digest(REQUIREMENTS / file) for file in missing)]))
    return str(python)


def _try_dutch(python: str) -> None:
    """Install spaCy's Dutch model once where it can be had; the set-up goes on without it."""
    tried = HOME / "env" / "bot" / ".dutch-tried"
    if tried.exists():
        return
    source = os.environ.get(DUTCH_WHEEL)
    if source:
        command = [find_uv(), "pip", "install", "--quiet", "--no-deps", "--python", python, source]
    else:
        command = [python, "-m", "spacy", "download", DUTCH]
    try:
        done = subprocess.run(command, capture_output=True, timeout=40, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        done = False
    tried.write_text("installed" if done else "not reached")
    if not done:
        line(f"spaCy's Dutch model {DUTCH} could not be reached; the bot works without it (set {DUTCH_WHEEL} to install a copy)")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(command: list[str]) -> None:
    environment = {**os.environ, "UV_HTTP_TIMEOUT": os.environ.get("UV_HTTP_TIMEOUT", "180")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise Stop(f"an installation failed. Is there a connection to a package index?\n{done.stderr.strip()[-1200:]}")
