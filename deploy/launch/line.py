"""The processes of a line: the service, the action server and Rasa, with their addresses and their shared secret."""

import os
import secrets
import urllib.error
import urllib.request
from pathlib import Path

from launch.model import rasa_environment
from launch.paths import ROOT
from launch.supervisor import Process, environment, free_port


class Addresses:
    """Ports and the secret of one run. Rasa and the action server take free loopback ports, unless the environment names one."""

    def __init__(self, port: int, rasa: int = 0) -> None:
        """``port``: of the service; ``rasa``: of Rasa where it is already known."""
        self.service = port
        self.rasa = rasa or free_port(int(os.environ.get("NACHTLICHT_RASA_PORT", "0")))
        self.actions = free_port(int(os.environ.get("NACHTLICHT_ACTIONS_PORT", "0")))
        self.token = os.environ.get("NACHTLICHT_BOT_TOKEN") or secrets.token_urlsafe(24)

    @property
    def bot_url(self) -> str:
        """Return Rasa's address."""
        return f"http://127.0.0.1:{self.rasa}"

    def service_environment(self, data: Path) -> dict[str, str]:
        """Return what the service needs to know."""
        return environment(
            PYTHONPATH=str(ROOT),
            NACHTLICHT_DATA_DIR=str(data),
            NACHTLICHT_PORT=str(self.service),
            NACHTLICHT_BOT_URL=self.bot_url,
            NACHTLICHT_BOT_TOKEN=self.token,
        )


def service(python: str, addresses: Addresses, data: Path) -> Process:
    """Return the service."""
    return Process("service", [python, "-m", "handoff", "serve"], addresses.service_environment(data), ROOT)


def rasa(python: str, addresses: Addresses, model: Path) -> Process:
    """Return the Rasa server, on loopback only."""
    own = {
        **rasa_environment(),
        "NACHTLICHT_ACTION_URL": f"http://127.0.0.1:{addresses.actions}/webhook",
        "NACHTLICHT_BOT_TOKEN": addresses.token,
        "LOG_LEVEL": "ERROR",
    }
    command = [python, "-m", "rasa", "run", "--model", str(model), "--interface", "127.0.0.1", "--port", str(addresses.rasa)]
    command += ["--credentials", "bot/credentials.yml", "--endpoints", "bot/endpoints.yml", "--quiet"]
    return Process("rasa", command, own, ROOT)


def actions(python: str, addresses: Addresses) -> Process:
    """Return the action server, on loopback only."""
    command = [python, "-m", "actions", "--port", str(addresses.actions)]
    return Process("actions", command, {**rasa_environment(), "LOG_LEVEL": "ERROR"}, ROOT)


def answers(url: str, token: str = "") -> bool:
    """Return whether an address answers with success."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
