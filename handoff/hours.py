"""When people of the line are there: weekly hours, public holidays, exceptions. Pure; times are local and end where clocks say so.

Hours are kept as the words in which somebody typed them (``9.00-17.30, 19.00-1.00``), so that the page shows them as they were
meant. A span that ends before it begins goes on past midnight. ``periods`` turns them into moments, so that a night in which the
clock moves is as long as it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from handoff.errors import BadPlan

DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
DAY_NAMES = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
COUNTRIES = ("NL", "BE")
ZONE = "Europe/Amsterdam"  # Brussels keeps the same time
AS_USUAL, SHUT = "gewoon", "gesloten"
EVENING, NIGHT_ENDS = 18, 6  # hours
AHEAD = 40  # days in which the next opening is looked for
MOST_SPANS, MOST_EXCEPTIONS = 6, 400
_SPAN = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|–|tot)\s*(\d{1,2})(?:[.:](\d{2}))?(?: uur)?")


class Span(NamedTuple):
    """A part of a day. ``closes`` not after ``opens``: the next day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Hours:
    """``weekly``: spans of Monday to Sunday; ``on_holidays``: spans of a public holiday, None where it is like any other day."""

    weekly: tuple[tuple[Span, ...], ...]
    on_holidays: tuple[Span, ...] | None = ()
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    country: str = "NL"
    zone: str = ZONE

    def on(self, day: date) -> tuple[Span, ...]:
        """Return the spans that begin on a day: an exception, else the holiday's, else the week's."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.on_holidays is not None and day in holidays.country_holidays(self.country, years=day.year):
            return self.on_holidays
        return self.weekly[day.weekday()]


@dataclass(frozen=True, slots=True)
class Opening:
    """What is true at a moment. ``closes_at`` while open, ``opens_at`` while closed; None where nothing is planned."""

    open: bool
    closes_at: datetime | None = None
    opens_at: datetime | None = None


def opening_at(hours: Hours, now: datetime) -> Opening:
    """Return whether the line is open at ``now`` (aware), and when that changes."""
    for begin, end in periods(hours, now):
        if begin <= now < end:
            return Opening(True, closes_at=end)
        if begin > now:
            return Opening(False, opens_at=begin)
    return Opening(False)


def periods(hours: Hours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Return the periods in which people are there, from the day before ``now`` on, in order; those that touch are one."""
    zone = ZoneInfo(hours.zone)
    first = now.astimezone(zone).date() - timedelta(days=1)
    merged: tuple[datetime, datetime] | None = None
    for day in (first + timedelta(days=n) for n in range(AHEAD)):
        for span in sorted(hours.on(day)):
            begin, end = _moments(span, day, zone)
            if merged and begin <= merged[1]:
                merged = merged[0], max(merged[1], end)
                continue
            if merged:
                yield merged
            merged = begin, end
    if merged:
        yield merged


def _moments(span: Span, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    last = day if span.closes > span.opens else day + timedelta(days=1)
    # by way of UTC: a time that a clock skips or shows twice becomes one moment
    utc = ZoneInfo("UTC")
    return datetime.combine(day, span.opens, zone).astimezone(utc), datetime.combine(last, span.closes, zone).astimezone(utc)


def hours_from(typed: Mapping[str, str]) -> Hours:
    """Return the hours somebody typed: ``ma`` to ``zo``, ``feestdagen``, ``uitzonderingen``, ``land``, ``tijdzone``. Raises BadPlan."""
    faults: list[str] = []
    weekly = tuple(_spans(typed.get(day, ""), DAY_NAMES[place], faults) for place, day in enumerate(DAYS))
    special = typed.get("feestdagen", SHUT).strip().lower()
    on_holidays = None if special == AS_USUAL else _spans(special, "feestdagen", faults)
    exceptions = _exceptions(typed.get("uitzonderingen", ""), faults)
    country, zone = typed.get("land", "NL"), typed.get("tijdzone", ZONE)
    if country not in COUNTRIES:
        faults.append(f"land: kies {' of '.join(COUNTRIES)}")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append("tijdzone: die is niet bekend")
    if faults:
        raise BadPlan(faults)
    return Hours(weekly, on_holidays, exceptions, country, zone)


def _spans(typed: str, where: str, faults: list[str]) -> tuple[Span, ...]:
    words = typed.strip().lower()
    if words in ("", SHUT, "dicht"):
        return ()
    found = []
    for part in re.split(r"\s*[,;]\s*", words):
        match = _SPAN.fullmatch(part)
        span = _span(match) if match else None
        if span is None:
            faults.append(f"{where}: schrijf tijden als 9.00-17.30, 19.00-1.00 of gesloten")
            return ()
        found.append(span)
    if len(found) > MOST_SPANS:
        faults.append(f"{where}: meer dan {MOST_SPANS} stukken op een dag")
    return tuple(found)


def _span(match: "re.Match[str]") -> Span | None:
    begin_hour, begin_minute, end_hour, end_minute = (int(part or 0) for part in match.groups())
    if begin_hour > 23 or end_hour > 24 or begin_minute > 59 or end_minute > 59 or (end_hour == 24 and end_minute):
        return None
    return Span(time(begin_hour, begin_minute), time(end_hour % 24, end_minute))


def _exceptions(typed: str, faults: list[str]) -> dict[date, tuple[Span, ...]]:
    out: dict[date, tuple[Span, ...]] = {}
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if len(lines) > MOST_EXCEPTIONS:
        faults.append(f"uitzonderingen: meer dan {MOST_EXCEPTIONS}")
        return out
    for line in lines:
        day, _, rest = line.partition(" ")
        try:
            out[date.fromisoformat(day)] = _spans(rest, f"uitzonderingen, {day}", faults)
        except ValueError:
            faults.append("uitzonderingen: begin elke regel met een datum als 2026-12-24")
    return out


def told(moment: datetime, now: datetime, zone: str) -> str:
    """Return a coming moment as people say it.

    *vanavond om 19.00 uur*, *vannacht om 1.00 uur*, *morgen om 9.00 uur*, *dinsdag 5 januari om 9.00 uur*.
    """
    local, here = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    today = here.date()
    clock = f"om {local.hour}.{local.minute:02d} uur"
    days = (local.date() - today).days
    if local.hour < NIGHT_ENDS and (days == 0 or (days == 1 and here.hour >= EVENING)):
        return f"vannacht {clock}"
    if days == 0:
        return f"{'vanavond' if local.hour >= EVENING else 'vandaag'} {clock}"
    if days == 1:
        return f"morgen {clock}"
    name = DAY_NAMES[local.weekday()]
    return f"{name} {clock}" if days < 7 else f"{name} {local.day} {_MONTHS[local.month - 1]} {clock}"


_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
