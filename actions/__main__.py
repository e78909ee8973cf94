"""Starts the action server on loopback: ``python -m actions --port 5055``."""

import argparse

from rasa_sdk.endpoint import create_app


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=5055)
    arguments = parser.parse_args()
    app = create_app("actions.decide")
    app.run("127.0.0.1", arguments.port, access_log=False, workers=1)


if __name__ == "__main__":
    main()
