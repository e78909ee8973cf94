"""The verbs of ./nachtlicht."""

import argparse
import os
import sys
from typing import Optional

from launch import evaluate, run, tests, tools
from launch.tell import Stop, error


def main(arguments: Optional[list[str]] = None) -> int:
    """Run one verb and return its exit code: 0 done, 1 it failed, 2 the words were wrong, 130 interrupted."""
    parser = _parser()
    known, rest = parser.parse_known_args(arguments)
    if rest and not getattr(known, "passes_on", False):
        parser.error(f"unknown: {' '.join(rest)}")
    os.environ.pop("PYTHONHOME", None)
    try:
        return int(known.work(known, rest))
    except Stop as stop:
        error(str(stop))
        return 1
    except KeyboardInterrupt:
        error("interrupted")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./nachtlicht", description="First contact of a Dutch helpline at night.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    run.add_arguments(verbs)
    tests.add_arguments(verbs)
    tools.add_arguments(verbs)
    evaluate.add_arguments(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
