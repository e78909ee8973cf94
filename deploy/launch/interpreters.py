"""Finds Python 3.10 for Rasa and 3.11 or newer for the rest, and uv to install with; fetches what the machine can fetch."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from launch.paths import HOME, REQUIREMENTS
from launch.tell import Stop, line, step

TOOLS = HOME / "tools"
NEWER = ("3.11", "3.12", "3.13")  # tried in this order; wheels exist for all of them


def find_uv() -> str:
    """Return a working uv: from the machine, or installed into ``.nachtlicht/tools``. Raises Stop."""
    for candidate in (os.environ.get("NACHTLICHT_UV"), str(TOOLS / "bin" / "uv"), shutil.which("uv"), str(Path.home() / ".local/bin/uv")):
        if candidate and _runs([candidate, "--version"]):
            return candidate
    with step("installing the installer (uv)"):
        _install_uv()
    uv = str(TOOLS / "bin" / "uv")
    if not _runs([uv, "--version"]):
        raise Stop("uv could not be installed. Install it by hand (see its own site) and start again.")
    return uv


def _install_uv() -> None:
    wanted = ["install", "--quiet", "--require-hashes", "-r", str(REQUIREMENTS / "tools.txt")]
    if _make_venv(TOOLS):
        _call([str(TOOLS / "bin" / "python"), "-m", "pip", *wanted])
        return
    if _runs([sys.executable, "-m", "pip", "--version"]):
        _call([sys.executable, "-m", "pip", *wanted, "--target", str(TOOLS)])
        return
    if _install_debian_venv() and _make_venv(TOOLS):
        _call([str(TOOLS / "bin" / "python"), "-m", "pip", *wanted])
        return
    raise Stop("this Python has neither venv nor pip. Run: sudo apt-get install python3-venv, and start again.")


def _make_venv(folder: Path) -> bool:
    """Make a virtual environment with pip; False where Debian's python3 lacks the parts for it."""
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
    except (subprocess.CalledProcessError, OSError):
        return False
    return _runs([str(folder / "bin" / "python"), "-m", "pip", "--version"])


def _install_debian_venv() -> bool:
    """Install python3-venv where this is Debian or Ubuntu and it can be done without asking for a password."""
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not _runs(["sudo", "-n", "true"]):
        return False
    line("this Python lacks venv: installing Debian's python3-venv")
    commands = ([*prefix, apt, "update", "-q"], [*prefix, apt, "install", "-y", "-q", "python3-venv"])
    return all(_runs(command) for command in commands)


def find_python(uv: str, *, rasa: bool) -> str:
    """Return an interpreter that works: 3.10 for Rasa, else 3.11 or newer. uv fetches one where none is found. Raises Stop."""
    wanted = ("3.10",) if rasa else NEWER
    named = os.environ.get("NACHTLICHT_PYTHON_RASA" if rasa else "NACHTLICHT_PYTHON")
    for candidate in [*([named] if named else []), *_candidates(wanted)]:
        if _version(candidate) in wanted:
            return candidate
    for version in wanted:
        found = subprocess.run([uv, "python", "find", "--no-project", version], capture_output=True, text=True, check=False)
        if found.returncode == 0 and _version(found.stdout.strip()) == version:
            return found.stdout.strip()
    with step(f"fetching Python {wanted[0]}"):
        if _runs([uv, "python", "install", wanted[0]]):
            found = subprocess.run([uv, "python", "find", "--no-project", wanted[0]], capture_output=True, text=True, check=False)
            if _version(found.stdout.strip()) == wanted[0]:
                return found.stdout.strip()
    raise Stop(f"no Python {' or '.join(wanted)} was found, and none could be fetched. Install Python {wanted[0]} and start again.")


def _candidates(versions: tuple[str, ...]) -> Iterator[str]:
    for version in versions:
        if path := shutil.which(f"python{version}"):
            yield path
        for root in (Path.home() / ".pyenv", Path("/opt/pyenv")):
            yield from (str(p) for p in sorted(root.glob(f"versions/{version}.*/bin/python")))
    yield sys.executable


def _version(python: str) -> str:
    """Return ``major.minor`` of an interpreter that really runs (a pyenv shim may not); empty where it does not."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Stop(f"this command failed: {' '.join(command)}\n{done.stderr.strip()[-800:]}")
