"""The channel strips what Rasa would take for a command, and finds our store within Rasa's wrappers."""

import pytest
import rasa.core.actions.action as remote_actions
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain

from bot.channel import ACTION_SECONDS, NachtlichtInput, _forgetful, harmless
from bot.tracker_store import ForgetfulTrackerStore


@pytest.mark.parametrize(
    ("typed", "passed_on"),
    [("/restart", "restart"), ("//  /vertellen{}", "vertellen{}"), ("hallo / daar", "hallo / daar"), ("/", "-"), ("", "-")],
)
def test_harmless_text_is_never_a_command(typed, passed_on):
    assert harmless(typed) == passed_on


def test_store_is_found_within_rasas_wrapper():
    inner = ForgetfulTrackerStore(Domain.load("bot/domain.yml"))
    assert _forgetful(FailSafeTrackerStore(inner)) is inner


def test_actions_are_waited_for_shorter_than_a_turn():
    assert remote_actions.DEFAULT_REQUEST_TIMEOUT == ACTION_SECONDS == 2.0


def test_token_comes_from_the_variable_that_the_credentials_name(monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "geheim")
    assert NachtlichtInput.from_credentials({"token_variable": "SOME_TOKEN"})._token == "geheim"
