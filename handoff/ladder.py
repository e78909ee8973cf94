"""The ladder of alarms: a crisis that nobody takes rings further, rung by rung; then the visitor is told the truth.

Every rung is a row and a deadline, so a restart forgets none. An alarm carries no words and no theme. Whether alarms reach anybody is
not believed but tested: once a day, and acknowledged by a person.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handoff import audit, deadlines, outbox, plans, presence
from handoff.errors import NotFound
from handoff.hours import ZONE
from handoff.models import Alert, Conversation, Escalation, User
from handoff.notices import tell
from handoff.resources import Resources
from handoff.states import State
from handoff.steps import CALL, WORKPLACE, Ladder, Step

TRUSTED_FOR = timedelta(hours=24)  # how long an acknowledged test speaks for the alarms


class Reach(StrEnum):
    """What is true about people at a moment: what a visitor may be told rests on it."""

    HERE = "here"  # somebody has the workplace open, and alarms are known to work
    CALLED = "called"  # nobody is there; somebody on call is rung, and alarms are known to work
    UNTESTED = "untested"  # somebody has the workplace open, but no test alarm was acknowledged in a day
    NOBODY = "nobody"


def reach(session: Session, resources: Resources, now: datetime) -> Reach:
    """Return who a crisis reaches now."""
    tested = trusted(session, now)
    if presence.people(session, now):
        return Reach.HERE if tested else Reach.UNTESTED
    callable_now = any(_usable(session, resources, step, now) for step in plans.ladder(session).steps if step.means == CALL)
    return Reach.CALLED if tested and callable_now else Reach.NOBODY


def begin(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """Ring the first rung that reaches somebody. A crisis that comes back from an owner begins one rung higher than last time."""
    escalation = open_escalation(session, conversation.id)
    if escalation is None or escalation.step >= 0 or conversation.state != State.WAITING:
        return
    before = session.scalar(
        select(Escalation.step)
        .where(Escalation.conversation_id == conversation.id, Escalation.id != escalation.id)
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    ladder = plans.ladder(session)
    first = min((before if before is not None else -1) + 1, len(ladder.steps) - 1)
    if not _ring(session, resources, conversation, escalation, ladder, first, now):
        escalation.told_at = now  # the emergency text, written with the same crisis, says it


def climb(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """Carry out a ladder's deadline: wait for whoever saw the alarm, else ring the next rung, else tell the visitor and go round."""
    escalation = open_escalation(session, conversation.id)
    if escalation is None or conversation.state != State.WAITING:
        return
    ladder = plans.ladder(session)
    seen = _seen_at(session, conversation.id, escalation)
    if seen and seen + timedelta(minutes=ladder.seen) > now:
        deadlines.put(session, conversation, deadlines.LADDER, seen + timedelta(minutes=ladder.seen))
        return
    following = escalation.step + 1 if escalation.step < len(ladder.steps) else 0
    if not _ring(session, resources, conversation, escalation, ladder, following, now) and escalation.told_at is None:
        escalation.told_at = now
        tell(session, resources, conversation, "ladder.niemand", now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation.id)


def stop(session: Session, conversation_id: str) -> None:
    """End the climbing: a person has taken the conversation, or it is over."""
    deadlines.drop(session, conversation_id, deadlines.LADDER)


def acknowledge(session: Session, resources: Resources, conversation_id: str, user: User) -> None:
    """A person has seen the alarm of a crisis: it rings no further for some minutes, and the visitor is told so. Raises NotFound."""
    now = resources.clock.now()
    conversation = session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    escalation = open_escalation(session, conversation_id)
    if conversation is None or escalation is None or conversation.state != State.WAITING:
        raise NotFound
    if _seen_at(session, conversation_id, escalation) is not None:
        return
    mine = {"acknowledged_at": now, "acknowledged_by": user.id}
    changed = session.execute(
        update(Alert).where(Alert.conversation_id == conversation_id, Alert.created_at >= escalation.opened_at).values(**mine)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]  # nothing had rung yet
        session.add(Alert(conversation_id=conversation_id, means=WORKPLACE, created_at=now, sent_at=now, **mine))
    deadlines.put(session, conversation, deadlines.LADDER, now + timedelta(minutes=plans.ladder(session).seen))
    tell(session, resources, conversation, "ladder.gezien", now)
    audit.write(session, user, "alarm seen", conversation_id, now)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=conversation_id)


def _ring(
    session: Session, resources: Resources, conversation: Conversation, escalation: Escalation, ladder: Ladder, first: int, now: datetime
) -> bool:
    """Ring the first rung from ``first`` on that reaches somebody; False where none is left, and the round begins again later."""
    for place in range(first, len(ladder.steps)):
        step = ladder.steps[place]
        if _usable(session, resources, step, now):
            session.add(_alert(step, now, conversation_id=conversation.id))
            escalation.step = place
            deadlines.put(session, conversation, deadlines.LADDER, now + timedelta(minutes=step.minutes))
            return True
    escalation.step = len(ladder.steps)
    deadlines.put(session, conversation, deadlines.LADDER, now + timedelta(minutes=ladder.repeat))
    return False


def _usable(session: Session, resources: Resources, step: Step, now: datetime) -> bool:
    """Return whether a rung can reach anybody: an open workplace, or a channel that has an address."""
    if step.means == WORKPLACE:
        return presence.people(session, now) > 0
    return step.channel in resources.settings.oncall_channels()


def _alert(step: Step, now: datetime, *, conversation_id: str | None = None) -> Alert:
    sent = now if step.means == WORKPLACE else None  # the workplace shows it by itself; a channel is rung by ``notify``
    return Alert(conversation_id=conversation_id, means=step.means, channel=step.channel, created_at=now, sent_at=sent)


def open_escalation(session: Session, conversation_id: str) -> Escalation | None:
    """Return the escalation of a conversation that no person has taken yet."""
    return session.scalar(select(Escalation).where(Escalation.conversation_id == conversation_id, Escalation.seen_at.is_(None)))


def seen_alarms(session: Session) -> set[str]:
    """Return the conversations whose alarm somebody has seen while nobody has taken them."""
    query = select(Alert.conversation_id).join(Escalation, Escalation.conversation_id == Alert.conversation_id)
    query = query.where(Escalation.seen_at.is_(None), Alert.acknowledged_at.is_not(None), Alert.created_at >= Escalation.opened_at)
    return {str(one) for one in session.scalars(query)}


def rings(session: Session) -> dict[str, int]:
    """Return for each conversation that nobody has taken how often the ladder has rung the workplace for it."""
    query = select(Alert.conversation_id, func.count()).join(Escalation, Escalation.conversation_id == Alert.conversation_id)
    query = query.where(Escalation.seen_at.is_(None), Alert.means == WORKPLACE, Alert.created_at >= Escalation.opened_at)
    return {str(one): count for one, count in session.execute(query.group_by(Alert.conversation_id))}


def _seen_at(session: Session, conversation_id: str, escalation: Escalation) -> datetime | None:
    query = select(Alert.acknowledged_at).where(
        Alert.conversation_id == conversation_id, Alert.created_at >= escalation.opened_at, Alert.acknowledged_at.is_not(None)
    )
    return session.scalar(query.order_by(Alert.acknowledged_at.desc()).limit(1))


# --- the daily test -----------------------------------------------------------------------------------------------------


def trusted(session: Session, now: datetime) -> bool:
    """Return whether a person acknowledged a test alarm in the past 24 hours: without one nobody is promised anything."""
    query = select(Alert.id).where(Alert.test_day.is_not(None), Alert.acknowledged_at > now - TRUSTED_FOR)
    return session.scalar(query.limit(1)) is not None


def last_test(session: Session) -> Alert | None:
    """Return the newest test alarm."""
    return session.scalar(select(Alert).where(Alert.test_day.is_not(None)).order_by(Alert.id.desc()).limit(1))


def test_if_due(session: Session, resources: Resources, now: datetime) -> bool:
    """Send the test alarm of today, once, from its time on; return whether it was sent now."""
    hours = plans.hours(session)
    local = now.astimezone(ZoneInfo(hours.zone if hours else ZONE))
    day = local.date().isoformat()
    if local.time() < plans.ladder(session).test_at or session.scalar(select(Alert.id).where(Alert.test_day == day)):
        return False
    try:
        with session.begin_nested():
            _send_test(session, resources, day, now)
    except IntegrityError:  # another replica was first
        return False
    return True


def test_now(session: Session, resources: Resources, user: User) -> None:
    """Send a test alarm because somebody asks for one; two within the same minute are one."""
    now = resources.clock.now()
    day = now.strftime("%Y-%m-%dT%H:%M")
    if session.scalar(select(Alert.id).where(Alert.test_day == day)):
        return
    _send_test(session, resources, day, now)
    audit.write(session, user, "test alarm asked for", day, now)


def _send_test(session: Session, resources: Resources, day: str, now: datetime) -> None:
    """Ring the last rung that leads out of the workplace, where there is one with an address; else the workplace."""
    steps = [step for step in plans.ladder(session).steps if step.means == CALL and step.channel in resources.settings.oncall_channels()]
    alert = _alert(steps[-1] if steps else Step(WORKPLACE, "", 1), now)
    alert.test_day = day
    session.add(alert)
    session.flush()
    outbox.note(session, now, outbox.QUEUE)


def acknowledge_test(session: Session, resources: Resources, alert_id: int, user: User) -> None:
    """A person has received the test alarm. Raises NotFound where it is no open test."""
    now = resources.clock.now()
    query = update(Alert).where(Alert.id == alert_id, Alert.test_day.is_not(None), Alert.acknowledged_at.is_(None))
    if not session.execute(query.values(acknowledged_at=now, acknowledged_by=user.id)).rowcount:  # type: ignore[attr-defined]
        raise NotFound
    audit.write(session, user, "test alarm received", str(alert_id), now)
    outbox.note(session, now, outbox.QUEUE)
