"""JSON lines in and out for the command line: a bad line gets an error that names its number, and the rest goes on."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
MAX_TEXT = 100_000  # characters of one text: above that a line is a mistake


class BadLine(ValueError):
    """A line that is not as described; the message says what is wrong, never what it says."""


def read_rows(path: Path, check: Callable[[Row], None]) -> Iterator[tuple[int, Row | BadLine]]:
    """Return the number of each line that is not blank, with its row or what is wrong with it."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if not isinstance(row, dict) or not isinstance(row.get("id"), (str, int)):
                    raise BadLine("it needs an object with an id")
                check(row)
            except BadLine as error:
                yield number, error
            except (ValueError, RecursionError):  # also a number or a nesting beyond what can be read
                yield number, BadLine("it is not JSON")
            else:
                yield number, row


def check_text(row: Row) -> None:
    """Raise BadLine unless the row has a text of bearable length."""
    if not isinstance(row.get("text"), str):
        raise BadLine("it needs a text")
    if len(row["text"]) > MAX_TEXT:
        raise BadLine(f"its text is longer than {MAX_TEXT} characters")


def check_turns(row: Row) -> None:
    """Raise BadLine unless the row has turns that are texts."""
    turns = row.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        raise BadLine("it needs a list of turns")


def complain(verb: str, number: int, error: object) -> Row:
    """Say on standard error what is wrong with a line; return the row that takes its place in the output."""
    sys.stderr.write(f"nachtlicht {verb}: line {number}: {error}\n")
    return {"id": None, "line": number, "error": str(error)}
