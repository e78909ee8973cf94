"""Missed and false alarms that were seen in use. Each has an id that stays; it is a case first and a rule or data afterwards."""

import pytest

from handoff.triage.reading import CRISIS
from handoff.triage.triage import Triage, load_triage

# id, what was typed, whether it is a crisis
CASES = [
    pytest.param("gemist-001", "mijn dochter van 16 heeft een hele strip ingenomen", True),
    pytest.param("gemist-002", "als kind wilde ik dood en nu heb ik dat weer", True),
    pytest.param("vals-001", "vandaag heb ik brood gekocht en soep gekookt", False),
    pytest.param("vals-002", "ik wil niet dood hoor, ik ben alleen moe", False),
    pytest.param("vals-003", "ik wil", False),
    pytest.param("vals-004", "nee hij is wel veilig denk ik", False),
]


@pytest.fixture(scope="module")
def triage() -> Triage:
    return load_triage()


@pytest.mark.parametrize(("case", "text", "crisis"), CASES)
def test_case_is_read_as_it_should_be(triage: Triage, case: str, text: str, crisis: bool) -> None:
    assert (triage.read(text).level >= CRISIS) is crisis, case
