"""A visitor's message: stored once, with its readings, and all that follows from it in the same transaction."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handoff import deadlines, events, left_messages, outbox, visits
from handoff.conversations import advance, lock, raise_crisis, store_reading
from handoff.languages import Spoken, alarm_language
from handoff.memory import Memory, recall, remember
from handoff.models import BotTurn, Conversation, Message, UrgencyChange
from handoff.notices import tell, tell_once
from handoff.resources import Resources
from handoff.states import BOT_SPEAKS, Event, State
from handoff.transcript import append, by_client_id
from handoff.triage.model import WEAK
from handoff.triage.reading import CRISIS
from handoff.triage.reading import Reading as TriageReading
from handoff.visitor_profile import Profile
from handoff.wire import MAX_MESSAGE, Body

# kinds in which whoever is in danger does it or has it; in the others a person writes of what somebody does to them
TO_ONESELF = frozenset({"suicidaliteit", "zelfbeschadiging", "medisch", "intoxicatie"})
REMEMBER_CHOICE, FORGET_CHOICE = "onthoud", "vergeet"
# choices that the bot has nothing to add to, and those of them that open no closed talk
SERVED_HERE = (left_messages.CODE_CHOICE, left_messages.LEAVE_CHOICE, REMEMBER_CHOICE, FORGET_CHOICE)
STAYS_CLOSED = (left_messages.CODE_CHOICE, REMEMBER_CHOICE, FORGET_CHOICE)
FAINT = 0.2  # probability of a crisis below which a doubt of one reader alone is a faint sign


@dataclass(frozen=True, slots=True)
class Incoming:
    """A visitor's message as it was sent, with what triage made of it before anything else."""

    client_id: str
    text: str
    choice: str | None
    reading: TriageReading
    cut: bool = False  # the text was longer than what is stored


@dataclass(frozen=True, slots=True)
class Tapped:
    """A link that was tapped: entry of the directory, call or site, and the line that showed it."""

    place: str
    way: str
    seq: int


def place_tapped(session: Session, resources: Resources, conversation_id: str, tapped: Tapped) -> None:
    """Keep that a visitor tapped the link to a place."""
    conversation = lock(session, conversation_id)
    now, seq = resources.clock.now(), min(tapped.seq, conversation.last_seq)
    events.record(session, conversation, events.Kind.TAPPED, f"place:{tapped.place}", now, value=tapped.way, seq=seq)


def visitor_says(session: Session, resources: Resources, conversation_id: str, incoming: Incoming) -> int:
    """Store a visitor's message once and do all that follows from it; return the number it is stored under.

    Together or not at all: the message (in parts where it is long), its readings, the urgency, at 3 or 4 the escalation
    and the emergency text, and the bot's turn. A resend of the same ``client_id`` changes nothing.
    """
    now = resources.clock.now()
    conversation = lock(session, conversation_id)  # before the look for a resend: two of them may arrive at once
    if (stored := by_client_id(session, conversation_id, incoming.client_id)) is not None:
        return stored.seq
    if conversation.state == State.CLOSED and not incoming.reading.crisis and incoming.choice not in STAYS_CLOSED:
        _open_again(session, resources, conversation, now)
    memory = recall(conversation, resources)
    memory.profile = profile_after(resources, memory.profile, incoming.text, incoming.reading)
    memory.spoken = spoken_after(resources, memory.spoken, incoming)
    doubt = ask_directly(incoming.reading, memory)
    first = conversation.last_seq + 1  # the number that a resend finds
    message = _store_parts(session, resources, conversation, incoming, now)
    _store_readings(session, resources, conversation, message.seq, incoming.reading, now)
    if incoming.choice:
        events.record(session, conversation, events.Kind.TAPPED, f"choice:{incoming.choice}", now)
    if incoming.choice == "verder":
        memory.went_on = True
        _keep_for_review(session, conversation, now)
    remember(conversation, resources, memory)
    if incoming.cut:
        tell(session, resources, conversation, "fout.afgekapt", now)
    if incoming.reading.crisis:
        raise_crisis(session, resources, conversation, level=incoming.reading.level, kinds=incoming.reading.kinds, source="triage", now=now)
    else:
        conversation.urgency = max(conversation.urgency, incoming.reading.level)
    if memory.spoken.now and conversation.state in BOT_SPEAKS:
        tell_once(session, resources, conversation, f"taal.{memory.spoken.now}", now)
    _of_left_messages(session, resources, conversation, incoming, now)
    _of_visits(session, resources, conversation, incoming.choice, now)
    if conversation.urgency >= CRISIS and resources.profiles.voiceless(incoming.text):
        place = memory.profile.place
        tell_once(session, resources, conversation, resources.texts.first(f"nood.stil.{place}", "nood.stil"), now)
    _expect_answer(session, resources, conversation, message, incoming, now, doubt=doubt)
    outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, outbox.TURN, conversation_id=conversation.id)
    return first


def _of_visits(session: Session, resources: Resources, conversation: Conversation, choice: str | None, now: datetime) -> None:
    """Remember or forget this device, because the visitor asks for it."""
    if choice == REMEMBER_CHOICE and resources.settings.repeat_policy != "off" and not visits.known(session, conversation):
        token = visits.remember_device(session, resources, conversation, now)
        tell(session, resources, conversation, "terug.onthouden", now, device=token)
    elif choice == FORGET_CHOICE:
        visits.forget(session, conversation)
        tell(session, resources, conversation, "terug.vergeten", now)


def _of_left_messages(session: Session, resources: Resources, conversation: Conversation, incoming: Incoming, now: datetime) -> None:
    """Do what a choice or words mean for a message that is left for later."""
    if incoming.choice == left_messages.CODE_CHOICE or left_messages.asks_code(incoming.text):
        left_messages.give_code(session, resources, conversation, now)
    elif incoming.choice == left_messages.LEAVE_CHOICE:
        left_messages.begin(session, resources, conversation, now)
    elif conversation.state == State.LEFT_MESSAGE:
        left_messages.wrote(session, resources, conversation, incoming.choice, now)


def spoken_after(resources: Resources, spoken: Spoken, incoming: Incoming) -> Spoken:
    """Return what is known of the visitor's language after a message; the label of a button says nothing of it."""
    if incoming.choice is not None:
        return spoken
    signs = [(sign.level, sign.language) for sign in incoming.reading.evidence]
    return spoken.heard(resources.languages.read(incoming.text), alarm_language(signs, CRISIS))


def ask_directly(reading: TriageReading, memory: Memory) -> bool:
    """Return whether the direct question is due; a faint sign by itself waits for a second one, because most who give one are calm."""
    if not reading.doubt or reading.screen.calmed:  # *ik wil niet dood* was an answer already
        return False
    likely = (reading.model.confidence or 0.0) if reading.model is not None else 1.0  # the screen alone has nobody to ask
    clear = likely >= FAINT or (reading.screen.weak and likely >= WEAK)
    before, memory.faint = memory.faint, True
    return clear or before


def _keep_for_review(session: Session, conversation: Conversation, now: datetime) -> None:
    """Keep that the visitor chose to go on: level, place and alarm stay as they are."""
    level = conversation.urgency
    session.add(UrgencyChange(conversation_id=conversation.id, kind="went_on", before=level, after=level, created_at=now))


def _open_again(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """Take up a closed conversation: with the bot, or with a person where its urgency stands at 3 or 4."""
    if conversation.urgency < CRISIS:
        advance(session, conversation, Event.WROTE_AGAIN, actor="visitor", reason="wrote", now=now)
        return
    kinds = tuple(filter(None, conversation.crisis_kinds.split(",")))
    raise_crisis(session, resources, conversation, level=conversation.urgency, kinds=kinds, source="triage", now=now)


def profile_after(resources: Resources, profile: Profile, text: str, reading: TriageReading) -> Profile:
    """Return what is known of the visitor after a message; in danger to a body or a life also whose it is, before any model says so."""
    profile = resources.profiles.update(profile, text)
    if not reading.crisis or not set(reading.kinds) & TO_ONESELF:
        return profile
    signs = [(sign.start, sign.end) for sign in reading.evidence if sign.level >= CRISIS]
    return replace(profile, perspective=resources.profiles.in_danger(text, signs) or profile.perspective)


def _store_parts(session: Session, resources: Resources, conversation: Conversation, incoming: Incoming, now: datetime) -> Message:
    """Store a message, a long one in parts; the first part carries the client's id, and the last part is returned."""
    pieces = [incoming.text[i : i + MAX_MESSAGE] for i in range(0, len(incoming.text), MAX_MESSAGE)]
    last = None
    for number, piece in enumerate(pieces):
        last = append(
            session,
            resources.keys,
            conversation,
            Body(text=piece),
            sender="visitor",
            kind="text",
            now=now,
            client_id=incoming.client_id if number == 0 else f"{incoming.client_id}#{number}",
            urgency=incoming.reading.level,
        )
    assert last is not None, "an empty message is refused before"
    conversation.visitor_at = now
    return last


def _store_readings(
    session: Session, resources: Resources, conversation: Conversation, seq: int, reading: TriageReading, now: datetime
) -> None:
    for source, part in (("screen", reading.screen), ("model", reading.model)):
        if part is None:
            continue
        evidence: list[list[str | int]] = [[e.rule, e.level, e.start, e.end] for e in part.evidence]
        store_reading(
            session,
            resources,
            conversation,
            seq,
            source=source,
            version=reading.version,
            level=part.level,
            kinds=part.kinds,
            confidence=part.confidence,
            evidence=evidence,
            now=now,
        )


def _expect_answer(
    session: Session, resources: Resources, conversation: Conversation, message: Message, incoming: Incoming, now: datetime, *, doubt: bool
) -> None:
    """Note who owes an answer: the bot a turn, or the owner a line within the promise. ``doubt``: the direct question is due."""
    settings = resources.settings
    served = incoming.choice in SERVED_HERE or left_messages.asks_code(incoming.text)
    if conversation.state in BOT_SPEAKS and not served:
        session.add(BotTurn(conversation_id=conversation.id, seq=message.seq, choice=incoming.choice, doubt=doubt, created_at=now))
        deadlines.put(session, conversation, deadlines.IDLE, resources.idle_until(now))
    elif conversation.state == State.HUMAN:
        due = now + timedelta(seconds=settings.promise_seconds)
        deadlines.put_once(session, conversation, deadlines.PROMISE, due, lease=conversation.lease)
