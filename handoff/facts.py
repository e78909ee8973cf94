"""What is true at this moment and stands in texts: opening times, place in the queue, the usual wait."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handoff import plans, presence
from handoff.estimate import estimate, place_of
from handoff.hours import opening_at, told
from handoff.models import Conversation
from handoff.states import State

LAST_QUARTER = timedelta(minutes=15)  # before closing: short talks only


@dataclass(frozen=True, slots=True)
class Facts:
    """``values`` fill names in texts. ``known``: endings of text keys that may be taken because their facts are there.

    ``open``: None where nobody has said any hours. ``staffed``: somebody has the workplace open, whatever the hours say.
    """

    values: dict[str, str] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    open: bool | None = None
    staffed: bool = False
    closes_soon: bool = False


def facts_of(session: Session, conversation: Conversation | None, now: datetime) -> Facts:
    """Return the facts for one conversation; None for a visitor who has none yet."""
    values: dict[str, str] = {}
    known: list[str] = []
    if conversation is not None and conversation.state == State.WAITING and (usual := estimate(session, conversation, now)):
        values |= {"plek": str(place_of(session, conversation)), "wachttijd": usual.words, "aantal": str(usual.talks)}
        known.append("geschat")
    staffed = presence.people(session, now) > 0
    hours = plans.hours(session)
    if hours is None:
        return Facts(values, tuple(known), None, staffed)
    moment = opening_at(hours, now)
    soon = moment.closes_at is not None and moment.closes_at - now <= LAST_QUARTER
    if moment.closes_at:
        values["sluit"] = told(moment.closes_at, now, hours.zone)
    if moment.opens_at:
        values["weer_open"] = told(moment.opens_at, now, hours.zone)
        known.append("uren")
    if soon:
        known.append("kort")
    planned = moment.closes_at or moment.opens_at
    return Facts(values, tuple(known), moment.open if planned else None, staffed, soon)
