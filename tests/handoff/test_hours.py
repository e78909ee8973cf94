"""When people are there: weeks, holidays, exceptions, nights over midnight, the two nights in which the clock moves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.errors import BadPlan
from handoff.hours import DAYS, Hours, hours_from, opening_at, periods, told


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


WEEK = hours_from(dict.fromkeys(DAYS, "9.00-17.30, 19.00-1.00"))
NIGHT = hours_from({"za": "22.00-6.00"})


@pytest.mark.parametrize(
    ("now", "open_", "changes"),
    [
        ("2026-11-24T08:59:59+01:00", False, "2026-11-24T09:00+01:00"),
        ("2026-11-24T09:00+01:00", True, "2026-11-24T17:30+01:00"),
        ("2026-11-24T17:30+01:00", False, "2026-11-24T19:00+01:00"),
        ("2026-11-24T23:59+01:00", True, "2026-11-25T01:00+01:00"),
        ("2026-11-25T00:59+01:00", True, "2026-11-25T01:00+01:00"),
        ("2026-11-25T01:00+01:00", False, "2026-11-25T09:00+01:00"),
    ],
)
def test_a_week_with_evenings_past_midnight(now: str, open_: bool, changes: str) -> None:
    moment = opening_at(WEEK, at(now))
    assert (moment.open, moment.closes_at or moment.opens_at) == (open_, at(changes))


def test_night_in_which_the_clock_moves_is_as_long_as_it_is() -> None:
    # in March an hour is skipped, in October one comes twice
    spring = next(end - begin for begin, end in periods(NIGHT, at("2027-03-27T12:00+01:00")))
    autumn = next(end - begin for begin, end in periods(NIGHT, at("2026-10-24T12:00+02:00")))
    usual = next(end - begin for begin, end in periods(NIGHT, at("2026-11-07T12:00+01:00")))
    assert (spring, usual, autumn) == (timedelta(hours=7), timedelta(hours=8), timedelta(hours=9))
    assert opening_at(NIGHT, at("2026-10-25T02:30+02:00")).open
    assert opening_at(NIGHT, at("2026-10-25T02:30+01:00")).open


def test_holidays_are_shut_or_as_usual_or_have_hours_of_their_own() -> None:
    christmas = at("2026-12-25T10:00+01:00")
    typed = dict.fromkeys(DAYS, "9.00-17.00")
    assert not opening_at(hours_from(typed), christmas).open
    assert opening_at(hours_from({**typed, "feestdagen": "gewoon"}), christmas).open
    some = hours_from({**typed, "feestdagen": "13.00-16.00"})
    assert opening_at(some, christmas).opens_at == at("2026-12-25T13:00+01:00")
    assert opening_at(hours_from({**typed, "land": "BE"}), at("2026-07-21T10:00+02:00")).open is False  # the national day
    assert opening_at(hours_from(typed), at("2026-07-21T10:00+02:00")).open


def test_an_exception_goes_before_everything() -> None:
    typed = {**dict.fromkeys(DAYS, "9.00-17.00"), "uitzonderingen": "2026-12-25 10.00-12.00\n2026-12-28 gesloten\n"}
    hours = hours_from(typed)
    assert opening_at(hours, at("2026-12-25T11:00+01:00")).open
    assert opening_at(hours, at("2026-12-28T11:00+01:00")).opens_at == at("2026-12-29T09:00+01:00")


def test_spans_that_touch_are_one_and_a_whole_week_never_closes_for_a_moment() -> None:
    assert opening_at(hours_from({"di": "9-12, 12-17"}), at("2026-11-24T10:00+01:00")).closes_at == at("2026-11-24T17:00+01:00")
    always = hours_from({**dict.fromkeys(DAYS, "0.00-24.00"), "feestdagen": "gewoon"})
    closes = opening_at(always, at("2026-11-24T10:00+01:00")).closes_at
    assert closes is not None
    assert closes - at("2026-11-24T10:00+01:00") > timedelta(days=30)


def test_nothing_planned_is_closed_without_a_promise() -> None:
    assert opening_at(hours_from({}), at("2026-11-24T10:00+01:00")) == opening_at(Hours(((),) * 7), at("2026-11-24T10:00+01:00"))
    assert opening_at(hours_from({}), at("2026-11-24T10:00+01:00")).opens_at is None


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"ma": "negen tot vijf"}, "maandag"),
        ({"di": "9.00-25.00"}, "dinsdag"),
        ({"wo": "9.75-10.00"}, "woensdag"),
        ({"do": ",".join(["1-2"] * 7)}, "donderdag"),
        ({"uitzonderingen": "kerst gesloten"}, "datum"),
        ({"uitzonderingen": "2026-02-30 gesloten"}, "datum"),
        ({"uitzonderingen": "2026-12-24 laat"}, "2026-12-24"),
        ({"feestdagen": "soms"}, "feestdagen"),
        ({"land": "XX"}, "land"),
        ({"tijdzone": "Mars/Olympus"}, "tijdzone"),
        ({"tijdzone": "../../etc/passwd"}, "tijdzone"),
    ],
)
def test_what_cannot_be_read_is_said(typed: dict[str, str], word: str) -> None:
    with pytest.raises(BadPlan, match=word):
        hours_from(typed)


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(BadPlan, match=r"maandag.*dinsdag.*feestdagen"):
        hours_from({"ma": "x", "di": "y", "feestdagen": "z"})


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24T19:00+01:00", "vanavond om 19.00 uur"),
        ("2026-11-24T14:05+01:00", "vandaag om 14.05 uur"),
        ("2026-11-25T09:00+01:00", "morgen om 9.00 uur"),
        ("2026-11-24T03:20+01:00", "vannacht om 3.20 uur"),
        ("2026-11-25T01:00+01:00", "morgen om 1.00 uur"),
        ("2026-11-27T09:30+01:00", "vrijdag om 9.30 uur"),
        ("2026-12-01T09:00+01:00", "dinsdag 1 december om 9.00 uur"),
    ],
)
def test_a_moment_is_told_as_people_say_it(moment: str, words: str) -> None:
    assert told(at(moment), at("2026-11-24T03:00+01:00"), "Europe/Amsterdam") == words


def test_after_midnight_is_tonight_in_the_evening() -> None:
    assert told(at("2026-11-25T00:00+01:00"), at("2026-11-24T23:50+01:00"), "Europe/Amsterdam") == "vannacht om 0.00 uur"
    assert told(at("2026-11-25T07:00+01:00"), at("2026-11-24T23:50+01:00"), "Europe/Amsterdam") == "morgen om 7.00 uur"


@given(st.integers(0, 700 * 24 * 60))
def test_whatever_the_moment_the_change_lies_ahead_and_is_a_change(minutes: int) -> None:
    now = at("2026-01-01T00:00+00:00") + timedelta(minutes=minutes)
    moment = opening_at(WEEK, now)
    change = moment.closes_at or moment.opens_at
    assert change is not None
    assert change > now
    assert opening_at(WEEK, change).open is not moment.open
