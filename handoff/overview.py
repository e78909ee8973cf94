"""Can we help tonight: everything that has to be in order, each with what is true now. Counts and times, no words of anyone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handoff import ladder, plans, rounds
from handoff.hours import ZONE, opening_at, told
from handoff.models import Conversation, Presence, User
from handoff.resources import Resources
from handoff.states import State
from handoff.steps import CALL
from handoff.triage.reading import CRISIS


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page. ``good``: None where it is neither good nor bad."""

    name: str
    words: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Tonight:
    """``test_id``: a test alarm that nobody has received yet. ``tested``: one was received in the past 24 hours."""

    rows: list[Row]
    tested: bool
    test_id: int | None
    now: str


def tonight(session: Session, resources: Resources, *, bot_awake: bool) -> Tonight:
    """Return the page's lines."""
    now = resources.clock.now()
    last = ladder.last_test(session)
    rows = [
        _hours(session, now),
        _people(session, now),
        _on_call(session, resources),
        _test(session, now),
        Row("Chatbot", "wakker" if bot_awake else "geeft geen antwoord: bezoekers krijgen de nummers, en een mens", bot_awake),
        _queue(session, now),
        _left(session, now),
        _backup(resources, now),
    ]
    waiting_test = last.id if last is not None and last.acknowledged_at is None else None
    return Tonight(rows, ladder.trusted(session, now), waiting_test, _clock(now, ZONE))


def _clock(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day}-{local.month} {local.hour}.{local.minute:02d} uur"


def _hours(session: Session, now: datetime) -> Row:
    hours = plans.hours(session)
    if hours is None:
        return Row("Open", "er zijn geen openingstijden ingevuld: bezoekers horen alleen of er nu iemand is", None)
    moment = opening_at(hours, now)
    if moment.closes_at:
        return Row("Open", f"ja, tot {told(moment.closes_at, now, hours.zone)}", True)
    if moment.opens_at:
        return Row("Open", f"nee, weer {told(moment.opens_at, now, hours.zone)}", None)
    return Row("Open", "nee, en er staat niets gepland", False)


def _people(session: Session, now: datetime) -> Row:
    query = select(User.first_name).join(Presence, Presence.user_id == User.id).where(Presence.seen_until >= now).distinct()
    names = sorted(session.scalars(query))
    return Row("Aanwezig", ", ".join(names) if names else "niemand heeft de werkplek open", bool(names))


def _on_call(session: Session, resources: Resources) -> Row:
    known = resources.settings.oncall_channels()
    wanted = [step.channel for step in plans.ladder(session).steps if step.means == CALL]
    missing = [name for name in wanted if name not in known]
    if missing:
        return Row("Oproep", f"geen adres voor {', '.join(missing)}: niemand wordt buiten de werkplek geroepen", False)
    return Row("Oproep", f"via {', '.join(wanted)}" if wanted else "de ladder roept niemand buiten de werkplek", bool(wanted) or None)


def _test(session: Session, now: datetime) -> Row:
    last = ladder.last_test(session)
    good = ladder.trusted(session, now)
    if last is None:
        return Row("Proefoproep", "nog nooit verstuurd", False)
    if last.acknowledged_at is None:
        state = "niet aangekomen" if last.failed_at else "nog niet ontvangen"
        return Row("Proefoproep", f"van {_clock(last.created_at, ZONE)}: {state}", good)
    who = session.get_one(User, last.acknowledged_by).first_name if last.acknowledged_by else "iemand"
    return Row("Proefoproep", f"van {_clock(last.created_at, ZONE)}, ontvangen door {who}", good)


def _queue(session: Session, now: datetime) -> Row:
    waiting = Conversation.state == State.WAITING
    total = session.scalar(select(func.count()).select_from(Conversation).where(waiting)) or 0
    crises = session.scalars(select(Conversation.waiting_since).where(waiting, Conversation.urgency >= CRISIS)).all()
    if not total:
        return Row("Wachtrij", "leeg", True)
    oldest = min((since for since in crises if since), default=None)
    words = f"{total} {'wacht' if total == 1 else 'wachten'}, {len(crises)} met gevaar"
    if oldest is None:
        return Row("Wachtrij", words, None)
    return Row("Wachtrij", f"{words}; de langste daarvan {int((now - oldest).total_seconds() // 60)} minuten", False)


def _left(session: Session, now: datetime) -> Row:
    due = list(rounds.due_answers(session).values())
    late = sum(moment <= now for moment in due)
    if not due:
        return Row("Berichten", "geen bericht wacht op antwoord", None)
    words = f"{len(due)} {'wacht' if len(due) == 1 else 'wachten'} op antwoord, {late} te laat; het eerste vóór {_clock(min(due), ZONE)}"
    return Row("Berichten", words, False if late else None)


def _backup(resources: Resources, now: datetime) -> Row:
    folder = resources.settings.backup_dir
    files = [path for path in folder.iterdir() if path.is_file()] if folder and folder.is_dir() else []
    if not files:
        return Row("Reservekopie", "geen gevonden" if folder else "er is geen map ingesteld", False)
    newest = datetime.fromtimestamp(max(path.stat().st_mtime for path in files), tz=now.tzinfo)
    return Row("Reservekopie", f"laatste van {_clock(newest, ZONE)}", (now - newest).total_seconds() < 26 * 3600)
