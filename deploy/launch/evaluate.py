"""``evaluate triage``: the figures of the triage on the test sets, by the same code as live traffic."""

import argparse
import subprocess
from typing import Any

from launch import line
from launch.environments import rasa_python, service_python
from launch.model import trained_model
from launch.paths import ROOT
from launch.supervisor import environment, free_port
from launch.tools import running


def add_arguments(verbs: Any) -> None:
    """Add the verb."""
    verb = verbs.add_parser("evaluate", help="measure: triage")
    verb.add_argument("what", choices=["triage"])
    verb.add_argument("--reveal", metavar="WHY", help="show the texts of errors too; recorded with the reason in evaluation/revealed.csv")
    verb.add_argument("--triage-only", action="store_true", help="leave Rasa out")
    verb.set_defaults(work=work)


def work(arguments: argparse.Namespace, _rest: list[str]) -> int:
    """Run the evaluation; print figures with n and intervals."""
    service = service_python(tests=True)
    command = [service, "-m", "evaluation.triage"]
    command += ["--reveal", arguments.reveal] if arguments.reveal else []
    if arguments.triage_only:
        own = environment(PYTHONPATH=str(ROOT), NACHTLICHT_BOT_URL="")
        return subprocess.run([*command, "--triage-only"], cwd=ROOT, env=own, check=False).returncode
    rasa = rasa_python()
    addresses = line.Addresses(free_port())
    with running([line.rasa(rasa, addresses, trained_model(rasa))], addresses):
        own = environment(PYTHONPATH=str(ROOT), NACHTLICHT_BOT_URL=addresses.bot_url, NACHTLICHT_BOT_TOKEN=addresses.token)
        return subprocess.run(command, cwd=ROOT, env=own, check=False).returncode
