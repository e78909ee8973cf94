"""Reads the test sets, after checking that they are what they were: a changed set makes every figure incomparable."""

import hashlib
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "testsets"


class ChangedTestset(ValueError):
    """A test set differs from the hash that was recorded for it."""


def read_messages(name: str = "dev.jsonl") -> list[dict[str, Any]]:
    """Return the labelled messages of a set. Raises ChangedTestset."""
    return [json.loads(line) for line in _checked(name).read_text(encoding="utf-8").splitlines() if line.strip()]


def read_dialogues() -> list[dict[str, Any]]:
    """Return the scripted visitors: their turns and what is expected. Raises ChangedTestset."""
    return read_messages("dev_dialogues.jsonl")


def read_everyday() -> list[str]:
    """Return everyday Dutch sentences, none of them about a helpline. Raises ChangedTestset."""
    return [line for line in _checked("everyday/common_voice_nl.txt").read_text(encoding="utf-8").splitlines() if line.strip()]


def _checked(name: str) -> Path:
    recorded = (FOLDER / "SHA256SUMS").read_text().splitlines()
    path = FOLDER / name
    if f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}" not in recorded:
        raise ChangedTestset(f"{name} is not the file that SHA256SUMS records")
    return path
