"""``--at``: a moment with or without a zone, on a machine that may have no table of zones."""

from argparse import ArgumentTypeError

import pytest
from launch.run import moment


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2027-01-04T02:00", "2027-01-04T02:00:00+01:00"),
        ("2027-07-04T02:00", "2027-07-04T02:00:00+02:00"),
        ("2027-03-28T01:59", "2027-03-28T01:59:00+01:00"),
        ("2027-03-28T03:00", "2027-03-28T03:00:00+02:00"),
        ("2027-10-31T03:00", "2027-10-31T03:00:00+01:00"),
        ("2027-01-04T02:00Z", "2027-01-04T02:00:00+00:00"),
        ("2027-01-04T02:00-05:00", "2027-01-04T02:00:00-05:00"),
    ],
)
def test_moment_without_a_zone_is_dutch_local_time(text: str, read: str) -> None:
    assert moment(text) == read


@pytest.mark.parametrize("text", ["gisteren", "", "2027-13-01T00:00"])
def test_what_is_no_moment_is_refused_by_name(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="not a moment"):
        moment(text)
