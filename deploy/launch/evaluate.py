"""``evaluate``: the triage on the test sets by the same code as live traffic, or on authors held out; the models; the training data."""

import argparse
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from launch import line
from launch.environments import rasa_python, service_python
from launch.model import rasa_environment, trained_model
from launch.paths import ROOT
from launch.supervisor import environment, free_port
from launch.tell import Stop
from launch.tools import running, whole_line

# which options each measurement knows
OPTIONS = {
    "triage": {"reveal", "triage_only", "html", "json"},
    "models": {"quick", "seeds", "only", "messages"},
    "heldout": {"seeds", "jobs"},
    "data": set[str](),
    "words": set[str](),
    "dialogues": set[str](),
}


SERVICE_MODULES = {"data": "evaluation.labels", "words": "evaluation.words"}  # what needs no Rasa


def add_arguments(verbs: Any) -> None:
    """Add the verb."""
    verb = verbs.add_parser("evaluate", help="measure: triage, models, heldout, data, dialogues; words: list the known words anew")
    verb.add_argument("what", choices=list(OPTIONS))
    verb.add_argument("--reveal", metavar="WHY", help="show the texts of errors too; recorded with the reason in evaluation/revealed.csv")
    verb.add_argument("--triage-only", action="store_true", help="leave Rasa out")
    verb.add_argument("--html", type=Path, metavar="FILE", help="write one page with the figures and curves, without texts")
    verb.add_argument("--json", type=Path, metavar="FILE", help="write all figures, without texts")
    verb.add_argument("--quick", action="store_true", help="models: one seed, two parts, a sample, a minute or two; without DIET")
    verb.add_argument("--seeds", type=int, metavar="N", help="models, heldout: ways of dealing the authors (5)")
    verb.add_argument("--jobs", type=int, metavar="N", help="heldout: processes at once (1)")
    verb.add_argument("--only", metavar="NAME,...", help="models: only these candidates")
    verb.add_argument("--messages", type=int, metavar="N", help="models: a sample of so many messages")
    verb.set_defaults(work=work)


def work(arguments: argparse.Namespace, _rest: list[str]) -> int:
    """Run one measurement; print figures with n and intervals. Raises Stop where an option belongs to another one."""
    given = {name for name in set[str]().union(*OPTIONS.values()) if getattr(arguments, name)}
    wrong = sorted(given - OPTIONS[arguments.what])
    if wrong:
        raise Stop(f"evaluate {arguments.what} knows no --{wrong[0].replace('_', '-')}")
    if arguments.what == "triage":
        return _triage(arguments)
    if arguments.what == "dialogues":
        return _dialogues()
    if arguments.what in ("data", "words"):
        command, own = [service_python(), "-m", SERVICE_MODULES[arguments.what]], environment(PYTHONPATH=str(ROOT))
    else:
        command, own = [rasa_python(), "-m", f"evaluation.{arguments.what}"], rasa_environment()
    return subprocess.run([*command, *_passed_on(arguments, sorted(given))], cwd=ROOT, env=own, check=False).returncode


def _dialogues() -> int:
    with tempfile.TemporaryDirectory() as folder, whole_line(Path(folder)) as (addresses, _processes):
        own = {**addresses.service_environment(Path(folder)), "NACHTLICHT_TALK_URL": f"ws://127.0.0.1:{addresses.service}/ws/visitor"}
        return subprocess.run([service_python(), "-m", "evaluation.dialogues"], cwd=ROOT, env=own, check=False).returncode


def _passed_on(arguments: argparse.Namespace, names: list[str]) -> list[str]:
    values = [(f"--{name}", getattr(arguments, name)) for name in names]
    return [part for option, value in values for part in ([option] if value is True else [option, str(value)])]


def _triage(arguments: argparse.Namespace) -> int:
    service = service_python(tests=True)
    command = [service, "-m", "evaluation.triage"]
    command += ["--reveal", arguments.reveal] if arguments.reveal else []
    command += _files(arguments)
    if arguments.triage_only:
        own = environment(PYTHONPATH=str(ROOT), NACHTLICHT_BOT_URL="")
        return subprocess.run([*command, "--triage-only"], cwd=ROOT, env=own, check=False).returncode
    rasa = rasa_python()
    addresses = line.Addresses(free_port())
    with running([line.rasa(rasa, addresses, trained_model(rasa))], addresses):
        own = environment(PYTHONPATH=str(ROOT), NACHTLICHT_BOT_URL=addresses.bot_url, NACHTLICHT_BOT_TOKEN=addresses.token)
        return subprocess.run(command, cwd=ROOT, env=own, check=False).returncode


def _files(arguments: argparse.Namespace) -> list[str]:
    """Return the options for files to write; a missing folder is said before minutes of work. Raises Stop."""
    files = [(option, path.resolve()) for option, path in (("--html", arguments.html), ("--json", arguments.json)) if path]
    for _, path in files:
        if not path.parent.is_dir():
            raise Stop(f"there is no folder {path.parent}")
    return [part for option, path in files for part in (option, str(path))]
