"""``test``: lint, types, house rules and unit tests, data validation, journeys; with ``--all`` PostgreSQL, races and faults."""

import argparse
import os
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from launch.environments import rasa_python, service_python
from launch.model import rasa_environment, trained_model
from launch.paths import ROOT
from launch.supervisor import environment
from launch.tell import Stop
from launch.tell import line as tell

SLOW = "not postgres and not race and not fault"


@dataclass(frozen=True)
class Stage:
    """One command whose success is asked."""

    name: str
    command: list[str]
    environment: dict[str, str]


def add_arguments(verbs: Any) -> None:
    """Add the verb."""
    verb = verbs.add_parser("test", help="lint, types, unit tests, data validation, journeys")
    verb.add_argument("--all", action="store_true", help="also PostgreSQL, races and faults")
    verb.add_argument(
        "--only", help="only the stages whose name begins so (lint, types, unit, bot, data, journeys, postgres, races, faults)"
    )
    verb.set_defaults(work=work)


def work(arguments: argparse.Namespace, _rest: list[str]) -> int:
    """Run every stage, also after a failure; print a table and what was left out."""
    service, rasa = service_python(tests=True), rasa_python(tests=True)
    model = trained_model(rasa)
    stages = [
        stage for stage in _stages(service, rasa, str(model), everything=arguments.all) if stage.name.startswith(arguments.only or "")
    ]
    if not stages:
        raise Stop(f"no stage begins with {arguments.only}")
    results = [(stage.name, *_run(stage)) for stage in stages]
    for name, passed, seconds in results:
        tell(f"{'ok    ' if passed else 'FAILED'} {name:9} {seconds:6.1f} s")
    if not arguments.all:
        tell("left out: postgres, races, faults (./nachtlicht test --all)")
    if arguments.only:
        tell(f"left out: every stage that does not begin with {arguments.only}")
    return 0 if all(passed for _, passed, _ in results) else 1


def _run(stage: Stage) -> tuple[bool, float]:
    tell(f"--- {stage.name}")
    begun = time.monotonic()
    done = subprocess.run(stage.command, cwd=ROOT, env=stage.environment, check=False)
    return done.returncode == 0, time.monotonic() - begun


def _stages(service: str, rasa: str, model: str, *, everything: bool) -> list[Stage]:
    own = environment(
        PYTHONPATH=str(ROOT),
        NACHTLICHT_RASA_PYTHON=rasa,
        NACHTLICHT_SERVICE_PYTHON=service,
        NACHTLICHT_MODEL=model,
        NACHTLICHT_ALL="1" if everything else "",
    )
    for name in [name for name in own if name.startswith("NACHTLICHT_DATABASE") or name.startswith("NACHTLICHT_DATA_DIR")]:
        del own[name]
    bot = {**rasa_environment(), "NACHTLICHT_MODEL": model}
    pytest = [service, "-m", "pytest", "-q"]
    rooms = ["tests/bot", "tests/actions"]
    apart = [f"--ignore={room}" for room in rooms]
    stages = [
        Stage("lint", [service, "-m", "ruff", "check", "."], own),
        Stage("types", [service, "-m", "mypy", "handoff", "evaluation", "deploy/launch"], {**own, "MYPYPATH": "deploy"}),
        Stage("types-bot", [rasa, "-m", "mypy", "bot", "actions"], bot),
        Stage("unit", [*pytest, "tests", *apart, "-m", f"not journey and {SLOW}"], own),
        Stage("bot", [rasa, "-m", "pytest", "-q", "-c", "tests/bot/pytest.ini", "--rootdir", ".", *rooms], bot),
        Stage(
            "data",
            [
                rasa,
                "-m",
                "rasa",
                "data",
                "validate",
                "--fail-on-warnings",
                "--config",
                "bot/config.yml",
                "--domain",
                "bot/domain.yml",
                "--data",
                "nlu_data",
            ],
            bot,
        ),
        Stage("journeys", [*pytest, "tests/journeys", "-m", f"journey and {SLOW}"], own),
    ]
    if everything:
        stages += [
            Stage("postgres", [*pytest, "tests", *apart, "-m", "postgres"], own),
            Stage("races", [*pytest, "tests", *apart, "-m", "race and not postgres"], own),
            Stage("faults", [*pytest, "tests", *apart, "-m", "fault and not postgres"], own),
        ]
    return stages


def in_ci() -> bool:
    """Return whether this runs under CI, where a missing server is a failure."""
    return bool(os.environ.get("CI"))
