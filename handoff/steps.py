"""The ladder of alarms as data: which means in which order, how long each may take, when it is tested. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from handoff.errors import BadPlan

WORKPLACE, CALL = "werkplek", "oproep"  # everyone who has the workplace open (page, sound, notification); an on-call channel
LONGEST = 60  # minutes
MOST_STEPS = 10
# for a line that has said nothing: the workplace first, then whoever is on call, and again
BUILT_IN = {"stappen": f"{WORKPLACE} 2\n{CALL} dienst 5", "herhaal": "10", "gezien": "3", "proef": "17.00"}
_STEP = re.compile(rf"({WORKPLACE}|{CALL})(?:\s+([a-z][a-z0-9_-]{{0,39}}))?\s+(\d{{1,3}})(?:\s*min(?:uten)?)?")
_CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})")


@dataclass(frozen=True, slots=True)
class Step:
    """One rung. ``channel``: name of an on-call channel, empty for the workplace; ``minutes`` until the next."""

    means: str
    channel: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """``repeat``: minutes between rounds after the last rung; ``seen``: minutes that a seen alarm waits for whoever saw it."""

    steps: tuple[Step, ...]
    repeat: int
    seen: int
    test_at: time  # local time of the daily test alarm


def ladder_from(typed: Mapping[str, str]) -> Ladder:
    """Return the ladder somebody typed. Raises BadPlan.

    ``stappen``: a line each; ``herhaal`` and ``gezien``: minutes; ``proef``: a time of the day.
    """
    words = {**BUILT_IN, **typed}
    faults: list[str] = []
    lines = [line.strip().lower() for line in words["stappen"].splitlines() if line.strip()]
    steps = tuple(_step(line, faults) for line in lines[:MOST_STEPS])
    if not 1 <= len(lines) <= MOST_STEPS:
        faults.append(f"stappen: 1 tot {MOST_STEPS} regels")
    repeat, seen = (_minutes(words[name], name, faults) for name in ("herhaal", "gezien"))
    clock = _CLOCK.fullmatch(words["proef"].strip())
    if not clock or int(clock[1]) > 23 or int(clock[2]) > 59:
        faults.append("proef: schrijf een tijd als 17.00")
    if faults:
        raise BadPlan(faults)
    assert clock, "a fault otherwise"
    return Ladder(steps, repeat, seen, time(int(clock[1]), int(clock[2])))


def _step(line: str, faults: list[str]) -> Step:
    match = _STEP.fullmatch(line)
    if not match or not 1 <= int(match[3]) <= LONGEST or (match[1] == CALL) != bool(match[2]):
        faults.append(f"stappen: schrijf {WORKPLACE} 2 of {CALL} dienst 5 (naam van het kanaal, minuten van 1 tot {LONGEST})")
        return Step(WORKPLACE, "", 1)
    return Step(match[1], match[2] or "", int(match[3]))


def _minutes(typed: str, name: str, faults: list[str]) -> int:
    if not typed.strip().isdecimal() or not 1 <= int(typed) <= LONGEST:
        faults.append(f"{name}: een getal van 1 tot {LONGEST} (minuten)")
        return 1
    return int(typed)
