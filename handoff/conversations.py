"""The commands on a conversation that visitors, triage and the clock cause. Each runs whole in one transaction.

``advance`` is the one door to a state. A reading of 3 or 4, from any source at any moment, takes the one path
``raise_crisis``. Nothing here lowers an urgency.
"""

import json
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff import deadlines, events, ladder, visits, ways_back
from handoff.emergency import ACUTE, emergency_text
from handoff.errors import UnknownToken
from handoff.facts import facts_of
from handoff.memory import Memory, recall, remember
from handoff.models import Conversation, Escalation, Reading, Transition
from handoff.notices import tell_once
from handoff.resources import Resources
from handoff.states import Event, State, next_state
from handoff.transcript import append
from handoff.triage.reading import CRISIS
from handoff.wire import Body

WATCHED = frozenset({"geweld", "seksueel_geweld", "kind_onveilig"})  # kinds in which somebody may look over the shoulder
WELCOME = ("welkom.bot", "welkom.anoniem", "welkom.gevaar", "welkom.vraag")


def welcome_texts(resources: Resources) -> list[str]:
    """Return the bot's opening, as the page shows it before any request and as a conversation begins."""
    line = resources.settings.line_name
    return [resources.texts.say(key, lijn=line) for key in WELCOME]


def open_conversation(session: Session, resources: Resources, *, device: str | None = None) -> tuple[Conversation, str]:
    """Begin a conversation with the bot's welcome; return it with the visitor's token, which is not kept."""
    now = resources.clock.now()
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        id=secrets.token_hex(16),
        token_hash=resources.keys.keyed_hash(token),
        state=State.BOT,
        urgency=0,
        crisis_kinds="",
        last_seq=0,
        lease=0,
        created_at=now,
    )
    resources.keys.create(conversation.id, now)
    session.add(conversation)
    for text in [*welcome_texts(resources), *_closed_now(session, resources, now)]:
        append(session, resources.keys, conversation, Body(text=text), sender="bot", kind="text", now=now)
    if device is not None:
        visits.attach(session, resources, conversation, device, now)
    remember(conversation, resources, Memory())
    deadlines.put(session, conversation, deadlines.IDLE, resources.idle_until(now))
    return conversation, token


def _closed_now(session: Session, resources: Resources, now: datetime) -> list[str]:
    """Return what a new visitor is told in closed hours: when people are there again."""
    facts = facts_of(session, None, now)
    return [resources.texts.say("open.nu_dicht", form="je", turn=0, **facts.values)] if facts.open is False and not facts.staffed else []


def by_token(session: Session, resources: Resources, token: str) -> Conversation:
    """Return the conversation of a visitor's token: the only way a visitor reaches one. Raises UnknownToken."""
    query = select(Conversation).where(Conversation.token_hash == resources.keys.keyed_hash(token))
    conversation = session.scalar(query) or ways_back.by_device(session, resources, token)
    if conversation is None or conversation.erased_at is not None:
        raise UnknownToken
    return conversation


def lock(session: Session, conversation_id: str) -> Conversation:
    """Return a conversation for change; on PostgreSQL its row is locked, on SQLite the transaction already is."""
    conversation = session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    if conversation is None or conversation.erased_at is not None:
        raise UnknownToken
    return conversation


def advance(session: Session, conversation: Conversation, event: Event, *, actor: str, reason: str, now: datetime) -> State:
    """Take one step of the state table and record it; the only writer of ``state``. Raises IllegalTransition."""
    before = State(conversation.state)
    after = next_state(before, event)
    if after is State.WAITING and conversation.waiting_since is None:
        conversation.waiting_since = now
    if after is State.WAITING and not (before is State.WAITING and conversation.wait_reason == Event.CRISIS):
        conversation.wait_reason = event.value
    if after is not State.HUMAN:
        conversation.owner_id = None
    if after in (State.BOT, State.CLOSED, State.LEFT_MESSAGE):
        conversation.waiting_since = None
    if after is State.LEFT_MESSAGE:
        conversation.wait_reason = Event.MESSAGE_LEFT.value
    if before is State.CLOSED:
        deadlines.drop(session, conversation.id, deadlines.RETENTION)  # nobody's words go while the talk is open
    conversation.closed_at = now if after is State.CLOSED else None
    conversation.state = after
    session.add(
        Transition(
            conversation_id=conversation.id,
            from_state=before,
            to_state=after,
            event=event,
            actor=actor,
            reason=reason,
            created_at=now,
        )
    )
    session.flush()
    return after


def raise_crisis(
    session: Session,
    resources: Resources,
    conversation: Conversation,
    *,
    level: int,
    kinds: tuple[str, ...],
    source: str,
    now: datetime,
) -> None:
    """The one path of danger: urgency up, escalation open, emergency text in the conversation, a person wanted.

    The text is written at the first sign, when the level rises and when another kind of danger appears; not at every line.
    """
    memory = recall(conversation, resources)
    known = set(filter(None, conversation.crisis_kinds.split(",")))
    news = conversation.urgency < max(level, CRISIS) or not set(kinds) <= known
    conversation.urgency = max(conversation.urgency, level)
    conversation.crisis_kinds = ",".join(sorted(known | set(kinds)))
    _open_escalation(session, conversation, level=level, kinds=kinds, source=source, now=now)
    advance(session, conversation, Event.CRISIS, actor=source, reason=f"level {level}", now=now)
    ladder.begin(session, resources, conversation, now)
    events.record(session, conversation, events.Kind.ESCALATED, source, now, value=str(level))
    if not news:
        return
    if language := memory.spoken.emergency:  # before the Dutch one, whose length would push it off a phone
        own = Body(text=resources.texts.say(f"nood.taal.{language}"), key="nood", lang=language)
        append(session, resources.keys, conversation, own, sender="system", kind="emergency", now=now)
    text = emergency_text(
        resources.texts,
        kinds=kinds,
        level=level,
        profile=memory.profile,
        reach=ladder.reach(session, resources, now),
        turn=memory.turn("nood"),
    )
    append(session, resources.keys, conversation, Body(text=text, key="nood"), sender="system", kind="emergency", now=now)
    events.record(session, conversation, events.Kind.SHOWN, "nood", now, value="emergency")
    remember(conversation, resources, memory)
    if WATCHED & set(kinds) and level < ACUTE:  # where somebody is in danger now, nothing is said that can wait
        tell_once(session, resources, conversation, "bericht.code_aanbod", now)
    if level >= ACUTE and conversation.state != State.HUMAN:  # a person who is there asks for it
        other = memory.profile.perspective in ("naaste", "professional")
        tell_once(session, resources, conversation, "nood.plaats.naaste" if other else "nood.plaats", now)


def store_reading(
    session: Session,
    resources: Resources,
    conversation: Conversation,
    seq: int,
    *,
    source: str,
    version: str,
    level: int,
    kinds: tuple[str, ...],
    confidence: float | None,
    evidence: list[list[str | int]],
    now: datetime,
) -> None:
    """Keep what one reader made of a message. ``evidence``: rows of rule, level, start and end within the message."""
    sealed = resources.keys.seal(conversation.id, json.dumps(evidence))
    session.add(
        Reading(
            conversation_id=conversation.id,
            seq=seq,
            source=source,
            version=version,
            level=level,
            kinds=",".join(kinds),
            confidence=confidence,
            evidence_sealed=sealed,
            created_at=now,
        )
    )


def call_again(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> None:
    """Ring for a crisis that its owner lost or gave back: a new escalation, one rung higher than the last began."""
    if ladder.open_escalation(session, conversation.id) is None:
        kinds = tuple(filter(None, conversation.crisis_kinds.split(",")))
        _open_escalation(session, conversation, level=conversation.urgency, kinds=kinds, source="clock", now=now)
    ladder.begin(session, resources, conversation, now)


def _open_escalation(
    session: Session, conversation: Conversation, *, level: int, kinds: tuple[str, ...], source: str, now: datetime
) -> None:
    already = ladder.open_escalation(session, conversation.id)
    if already is not None:
        already.level = max(already.level, level)
        already.kinds = ",".join(dict.fromkeys(filter(None, [*already.kinds.split(","), *kinds])))
        return
    session.add(Escalation(conversation_id=conversation.id, level=level, kinds=",".join(kinds), source=source, opened_at=now))
    session.flush()
