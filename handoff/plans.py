"""What the line has decided about its nights: opening hours and the ladder of alarms. Every version is kept, with who made it.

A plan is a small dict of words as somebody typed them; ``hours`` and ``steps`` read it. The newest counts.
"""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff import audit
from handoff.hours import ZONE, Hours, hours_from
from handoff.models import Plan, User
from handoff.steps import Ladder, ladder_from

HOURS, LADDER = "hours", "ladder"
Typed = dict[str, str]


def typed(session: Session, kind: str) -> Typed:
    """Return the newest plan of a kind as it was typed; empty where none was made."""
    body = session.scalar(select(Plan.body).where(Plan.kind == kind).order_by(Plan.id.desc()).limit(1))
    return dict(json.loads(body)) if body else {}


def hours(session: Session) -> Hours | None:
    """Return the opening hours; None where nobody has said any."""
    words = typed(session, HOURS)
    return hours_from(words) if words else None


def ladder(session: Session) -> Ladder:
    """Return the ladder of alarms; the built-in one where nobody has changed it."""
    return ladder_from(typed(session, LADDER))


def change(session: Session, user: User, kind: str, words: Typed, now: datetime) -> None:
    """Keep a new version. Raises BadPlan, and keeps nothing, where it cannot be read."""
    {HOURS: hours_from, LADDER: ladder_from}[kind](words)
    session.add(Plan(kind=kind, body=json.dumps(words, ensure_ascii=False), author_id=user.id, created_at=now))
    audit.write(session, user, f"{kind} changed", kind, now)


def zone_of(session: Session) -> str:
    """Return the time zone in which the line tells times."""
    planned = hours(session)
    return planned.zone if planned else ZONE
