"""The service's own command line, run by ``./nachtlicht``: serve, migrate, user, classify, talk."""

import argparse
import logging
import os
import sys
from pathlib import Path

import uvicorn

from handoff import accounts, classify, migrate, talk
from handoff.app import create_app
from handoff.db import Database
from handoff.settings import Settings
from handoff.wire import MAX_FRAME

GRACE = 8  # seconds in which running commands may end


def serve(settings: Settings) -> int:
    """Run the service until it is told to stop."""
    migrate.migrate(Database(settings.database()))
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # addresses and paths of visitors belong in no log
        server_header=False,
        ws_max_size=MAX_FRAME * 4,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        ws_per_message_deflate=False,  # costs 64 KB a socket and leaks lengths of secrets
        timeout_graceful_shutdown=GRACE,
        proxy_headers=False,
    )
    return 0


def main() -> int:
    """Run one verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m handoff", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="run the service")
    verbs.add_parser("migrate", help="bring the database to the present schema")
    accounts.add_arguments(verbs)
    for name in ("classify", "talk"):
        verb = verbs.add_parser(name)
        verb.add_argument("input", type=Path)
        verb.add_argument("output", type=Path)
        if name == "classify":
            verb.add_argument("--triage-only", action="store_true")
    return _run(parser.parse_args(), Settings())


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.verb == "serve":
        return serve(settings)
    if arguments.verb == "migrate":
        migrate.migrate(Database(settings.database()))
        return 0
    if arguments.verb == "classify":
        return classify.run(arguments.input, arguments.output, settings, triage_only=arguments.triage_only)
    if arguments.verb == "talk":
        return talk.run(arguments.input, arguments.output, settings, os.environ["NACHTLICHT_TALK_URL"])
    return accounts.run(arguments, settings)


if __name__ == "__main__":
    sys.exit(main())
