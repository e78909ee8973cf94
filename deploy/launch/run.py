"""``run``: everything up, under one supervisor, until Ctrl-C."""

import argparse
import os
import signal
import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from launch import line
from launch.environments import rasa_python, service_python
from launch.model import trained_model
from launch.paths import DATA
from launch.supervisor import Supervisor, free_port
from launch.tell import Stop
from launch.tell import line as tell

PAGE_WAIT = 30.0  # seconds the service may take to answer


def add_arguments(verbs: Any) -> None:
    """Add the verb."""
    verb = verbs.add_parser("run", help="install, train, migrate and run everything; Ctrl-C ends it")
    verb.add_argument("--port", type=int, default=int(os.environ.get("NACHTLICHT_PORT", "8080")), help="port of the service (8080)")
    verb.add_argument("--at", type=moment, help="moment at which the clock starts, such as 2027-01-04T02:00")
    verb.set_defaults(work=work)


def work(arguments: argparse.Namespace, _rest: list[str]) -> int:
    """Bring the line up and keep it up."""
    if arguments.at:
        os.environ["NACHTLICHT_AT"] = arguments.at
    if free_port(arguments.port) != arguments.port:
        raise Stop(f"port {arguments.port} is taken. Give another one: ./nachtlicht run --port 8090")
    service, rasa = service_python(), rasa_python()
    first = not (DATA / "master.key").exists()
    addresses = line.Addresses(arguments.port)
    # the page answers while a model is trained or loaded: triage, the queue and the workplace need no bot
    early = Supervisor([line.service(service, addresses, DATA)])
    stop = _on_signals()
    early.start()
    late = None
    try:
        _wait_for_page(addresses)
        _tell_addresses(addresses, first)
        late = Supervisor([line.actions(rasa, addresses), line.rasa(rasa, addresses, trained_model(rasa))])
        late.start()
        threading.Thread(target=_tell_when_ready, args=(addresses, stop), daemon=True).start()
        stop.wait()
    finally:
        tell("stopping")
        if late:
            late.stop()
        early.stop()
    return 0


def moment(text: str) -> str:
    """Return a moment with a zone, Dutch local time where none is given. Raises ArgumentTypeError where it is none."""
    try:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a moment such as 2027-01-04T02:00") from None
    return (read if read.tzinfo else read.replace(tzinfo=_dutch_zone(read))).isoformat()


def _dutch_zone(local: datetime) -> timezone:
    """Return the offset of a Dutch clock: a bare machine may lack the table of time zones."""

    def last_sunday(month: int) -> datetime:
        end = datetime(local.year, month, 31, 2 if month == 3 else 3)  # noqa: DTZ001
        return end - timedelta(days=(end.weekday() + 1) % 7)

    return timezone(timedelta(hours=2 if last_sunday(3) <= local < last_sunday(10) else 1))


def _on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _wait_for_page(addresses: line.Addresses) -> None:
    deadline = time.monotonic() + PAGE_WAIT
    while not line.answers(f"http://127.0.0.1:{addresses.service}/"):
        if time.monotonic() > deadline:
            raise Stop("the service does not answer; its output above says why")
        time.sleep(0.1)


def _tell_addresses(addresses: line.Addresses, first: bool) -> None:
    root = f"http://127.0.0.1:{addresses.service}"
    if first:
        tell(f"made the master key {DATA / 'master.key'}: without it nothing can be read, so keep a copy in a safe place")
    tell(f"visitors:  {root}/")
    tell(f"workplace: {root}/werkplek")
    tell("the first account: ./nachtlicht user add anna --name Anna --generate   (in another terminal)")


def _tell_when_ready(addresses: line.Addresses, stop: threading.Event) -> None:
    begun = time.monotonic()
    while not stop.wait(0.5):
        if line.answers(f"{addresses.bot_url}/webhooks/nachtlicht/ready", addresses.token):
            tell(f"the bot is awake after {time.monotonic() - begun:.0f} s; Ctrl-C ends everything")
            return
