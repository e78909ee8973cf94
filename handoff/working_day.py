"""Until when a left message is answered: the end of a working day. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

BEGINS, ENDS = time(9), time(17)  # of a working day, local
WEEKEND = 5  # weekday number of Saturday


def answer_by(left: datetime, *, country: str, zone: str) -> datetime:
    """Return the moment before which a message left at ``left`` (aware) has its answer: within one working day.

    Left before a working day begins: the end of that day. Left later: the end of the next one. Weekends and public holidays are
    no working days.
    """
    here = ZoneInfo(zone)
    local = left.astimezone(here)
    day = local.date()
    closed = holidays.country_holidays(country, years=(day.year, day.year + 1))
    if day.weekday() >= WEEKEND or day in closed or local.time() >= BEGINS:
        day += timedelta(days=1)
    while day.weekday() >= WEEKEND or day in closed:
        day += timedelta(days=1)
    return datetime.combine(day, ENDS, here).astimezone(ZoneInfo("UTC"))
