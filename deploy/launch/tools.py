"""``train``, ``user``, ``classify``, ``talk``, ``bench``: verbs that run in one of the environments."""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launch import line
from launch.environments import rasa_python, service_python
from launch.model import export_weights, trained_model
from launch.paths import DATA, HOME, ROOT
from launch.run import moment
from launch.supervisor import Process, Supervisor, environment, free_port
from launch.tell import Stop, step
from launch.tell import line as tell

BOT_WAIT = 180.0  # seconds Rasa may take to load its model


def add_arguments(verbs: Any) -> None:
    """Add the verbs."""
    train = verbs.add_parser("train", help="train the bot's model where its data changed")
    train.add_argument("--again", action="store_true", help="also where nothing changed")
    train.add_argument("--export", action="store_true", help="put the learned urgency weights into the safety net")
    train.set_defaults(work=_train)
    user = verbs.add_parser("user", help="accounts of the line's people: add, list, off", add_help=False)
    user.set_defaults(work=_user, passes_on=True)
    for name, about in (("classify", "label messages: IN.jsonl OUT.jsonl"), ("talk", "play visitors: IN.jsonl OUT.jsonl")):
        verb = verbs.add_parser(name, help=about)
        verb.add_argument("input", type=Path)
        verb.add_argument("output", type=Path)
        verb.add_argument("--at", type=moment, help="moment at which the clock starts, such as 2027-01-04T02:00")
        if name == "classify":
            verb.add_argument("--triage-only", action="store_true", help="leave Rasa out: theme and perspective stay empty")
        verb.set_defaults(work=_classify if name == "classify" else _talk)
    bench = verbs.add_parser("bench", help="measure: times and ratios against bare Rasa, memory")
    bench.add_argument("--messages", type=int, default=60, help="messages per measurement (60)")
    bench.set_defaults(work=_bench)


def _train(arguments: argparse.Namespace, _rest: list[str]) -> int:
    path = trained_model(rasa_python(), again=arguments.again)
    tell(f"model: {path}")
    if arguments.export:
        tell(f"weights: {export_weights(path)}")
    return 0


def _user(_arguments: argparse.Namespace, rest: list[str]) -> int:
    command = [service_python(), "-m", "handoff", "user", *rest]
    return subprocess.run(command, cwd=ROOT, env=environment(PYTHONPATH=str(ROOT), NACHTLICHT_DATA_DIR=str(DATA)), check=False).returncode


def _classify(arguments: argparse.Namespace, _rest: list[str]) -> int:
    _check_files(arguments)
    with _temporary(arguments) as data:
        extra = ["--triage-only"] if arguments.triage_only else []
        if arguments.triage_only:
            return _verb("classify", arguments, environment(PYTHONPATH=str(ROOT), NACHTLICHT_DATA_DIR=str(data)), extra)
        rasa = rasa_python()
        addresses = line.Addresses(free_port())
        with running([line.rasa(rasa, addresses, trained_model(rasa))], addresses):
            return _verb("classify", arguments, addresses.service_environment(data), extra)


def _talk(arguments: argparse.Namespace, _rest: list[str]) -> int:
    _check_files(arguments)
    with _temporary(arguments) as data, whole_line(data) as (addresses, _processes):
        own = {**addresses.service_environment(data), "NACHTLICHT_TALK_URL": f"ws://127.0.0.1:{addresses.service}/ws/visitor"}
        return _verb("talk", arguments, own, [])


def _bench(arguments: argparse.Namespace, _rest: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder, whole_line(Path(folder)) as (addresses, processes):
        bare = _bare_rasa(Path(folder), addresses)
        other = line.Addresses(0, rasa=free_port())
        with running([bare(other)], other, ready="/"):
            own = {**addresses.service_environment(Path(folder)), "NACHTLICHT_BENCH_BARE": other.bot_url}
            command = [service_python(), "-m", "evaluation.bench", str(addresses.service), str(arguments.messages)]
            done = subprocess.run(command, cwd=ROOT, env=own, check=False).returncode
        for process in processes:
            tell(f"memory of {process.name}: {_resident(process)} MB")
    return done


def _bare_rasa(folder: Path, addresses: line.Addresses) -> Callable[[line.Addresses], Process]:
    """Return what starts Rasa as it comes: the same model and action server, its own REST channel and tracker store."""
    (folder / "credentials.yml").write_text("rest:\n")
    (folder / "endpoints.yml").write_text(f"action_endpoint:\n  url: http://127.0.0.1:{addresses.actions}/webhook\n")
    rasa = rasa_python()

    def start(own: line.Addresses) -> Process:
        process = line.rasa(rasa, own, trained_model(rasa))
        command = [str(folder / Path(part).name) if part.startswith("bot/") else part for part in process.command]
        return Process("bare", command, process.environment, ROOT)

    return start


def _resident(process: Process) -> int:
    """Return the resident memory of a process in MB."""
    assert process.running is not None, "started"
    status = Path(f"/proc/{process.running.pid}/status").read_text()
    return int(next(row for row in status.split("\n") if row.startswith("VmRSS")).split()[1]) // 1024


def _verb(name: str, arguments: argparse.Namespace, environment_: dict[str, str], extra: list[str]) -> int:
    command = [service_python(), "-m", "handoff", name, str(arguments.input.resolve()), str(arguments.output.resolve()), *extra]
    return subprocess.run(command, cwd=ROOT, env=environment_, check=False).returncode


def _check_files(arguments: argparse.Namespace) -> None:
    if not arguments.input.is_file():
        raise Stop(f"there is no file {arguments.input}")
    if not arguments.output.resolve().parent.is_dir():
        raise Stop(f"there is no folder {arguments.output.resolve().parent}")


@contextmanager
def _temporary(arguments: argparse.Namespace) -> Iterator[Path]:
    """A data folder of this call alone; a live database is never touched, whatever the environment says."""
    for name in ("NACHTLICHT_DATABASE_URL", "NACHTLICHT_KEYS_URL"):
        os.environ.pop(name, None)
    if arguments.at:
        os.environ["NACHTLICHT_AT"] = arguments.at
    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="talk-", dir=HOME) as folder:
        yield Path(folder)


@contextmanager
def whole_line(data: Path) -> Iterator[tuple[line.Addresses, list[Process]]]:
    """Run all three processes on free ports with their own data folder."""
    rasa = rasa_python()
    addresses = line.Addresses(free_port())
    os.environ.setdefault("NACHTLICHT_BURST_MESSAGES", "1000")
    processes = [
        line.service(service_python(), addresses, data),
        line.actions(rasa, addresses),
        line.rasa(rasa, addresses, trained_model(rasa)),
    ]
    with running(processes, addresses):
        yield addresses, processes


@contextmanager
def running(processes: list[Process], addresses: line.Addresses, ready: str = "/webhooks/nachtlicht/ready") -> Iterator[None]:
    """Run processes until the block ends; it begins when the bot has its model."""
    supervisor = Supervisor(processes)
    supervisor.start()
    try:
        with step("waking the bot"):
            deadline = time.monotonic() + BOT_WAIT
            while not line.answers(addresses.bot_url + ready, addresses.token):
                if time.monotonic() > deadline:
                    raise Stop("the bot does not wake up; its output above says why")
                time.sleep(0.2)
        yield
    finally:
        supervisor.stop()
