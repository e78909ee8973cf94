"""The tables. Columns only; every change of a row is a command (``conversations`` and its neighbours).

Content (what people wrote, and words quoted as evidence) stands in ``*_sealed`` columns, encrypted with the conversation's
own key (``keys``). Everything else is safe to count and to index.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out, on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; SQLite stores UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of the main database's tables."""

    type_annotation_map = {datetime: UtcDateTime, bytes: LargeBinary, str: String}


class Conversation(Base):
    """One visitor's talk. ``state`` is written by ``conversations.advance`` and nowhere else."""

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("urgency BETWEEN 0 AND 4", name="urgency_range"),
        CheckConstraint("(state = 'human') = (owner_id IS NOT NULL)", name="owner_iff_human"),
        Index("ix_conversations_queue", "state", "urgency", "waiting_since"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)  # keyed hash; the token itself lives in the visitor's browser
    state: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[int] = mapped_column(default=0)  # highest level that no human has lowered
    crisis_kinds: Mapped[str] = mapped_column(String(200), default="")  # keys, comma separated
    theme: Mapped[str | None] = mapped_column(String(40))
    sub: Mapped[str | None] = mapped_column(String(40))
    second_theme: Mapped[str | None] = mapped_column(String(40))  # of a message about two things
    perspective: Mapped[str | None] = mapped_column(String(16))
    last_seq: Mapped[int] = mapped_column(default=0)
    dialogue_sealed: Mapped[bytes | None]  # what the bot carries from turn to turn
    created_at: Mapped[datetime]
    visitor_at: Mapped[datetime | None]  # last message of the visitor
    waiting_since: Mapped[datetime | None]  # start of this wait; kept when an owner vanishes, so the place is kept
    wait_reason: Mapped[str | None] = mapped_column(String(24))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    preferred_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # the helper who knows this visitor
    lease: Mapped[int] = mapped_column(default=0)  # fencing token: rises with every claim, every human write carries it
    closed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Message(Base):
    """One line of a talk, of anyone. Numbered without gaps within its conversation."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"), UniqueConstraint("conversation_id", "client_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    client_id: Mapped[str | None] = mapped_column(String(80))  # the sender's own id: a resend is stored once
    sender: Mapped[str] = mapped_column(String(12))  # visitor | bot | helper | system
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(16))  # text | emergency | question | self_help | referrals | notice
    body_sealed: Mapped[bytes]
    urgency: Mapped[int | None]  # of a visitor's message: the level it was read at
    created_at: Mapped[datetime]


class Reading(Base):
    """What one reader made of one visitor message, with its version and evidence."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_message", "conversation_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    source: Mapped[str] = mapped_column(String(12))  # screen | model | rasa
    version: Mapped[str] = mapped_column(String(40))
    level: Mapped[int]
    kinds: Mapped[str] = mapped_column(String(200), default="")
    confidence: Mapped[float | None]
    evidence_sealed: Mapped[bytes]
    created_at: Mapped[datetime]


class Transition(Base):
    """One change of state, with who caused it and why. Never changed, never deleted before its conversation."""

    __tablename__ = "transitions"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    from_state: Mapped[str] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    event: Mapped[str] = mapped_column(String(24))
    actor: Mapped[str] = mapped_column(String(40))  # visitor | triage | bot | clock | user:<id>
    reason: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]


class Escalation(Base):
    """A crisis that a person has to see. One open escalation a conversation."""

    __tablename__ = "escalations"
    __table_args__ = (
        Index(
            "ux_escalations_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    level: Mapped[int]
    kinds: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(12))
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # when a person took the conversation
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    step: Mapped[int] = mapped_column(default=-1, server_default="-1")  # rung of the ladder that was reached; -1: none yet
    told_at: Mapped[datetime | None]  # when the visitor was told that nobody answered


class Claim(Base):
    """One ownership of one conversation. The partial unique index stands behind the code: one visitor, one owner."""

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "ux_claims_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    lease: Mapped[int]
    started_at: Mapped[datetime]
    waited_seconds: Mapped[float | None]  # how long the visitor had waited: what estimates are made of
    first_line_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(24))


class BotTurn(Base):
    """A visitor message that the bot has to answer: written with the message, finished with the answer."""

    __tablename__ = "bot_turns"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"), Index("ix_bot_turns_open", "done_at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    choice: Mapped[str | None] = mapped_column(String(80))  # the button that was tapped, if one was
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None]  # a replica works on it until then
    doubt: Mapped[bool] = mapped_column(default=False)  # triage wants the direct question asked
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))  # answered | failed | silent (a person came first)


class Deadline(Base):
    """Something that has to happen at a time, unless it is moved or removed. Any replica may carry it out, once."""

    __tablename__ = "deadlines"
    __table_args__ = (UniqueConstraint("conversation_id", "kind"), Index("ix_deadlines_due", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    kind: Mapped[str] = mapped_column(String(16))  # lease | promise | idle | retention | ladder | answer | thread
    lease: Mapped[int | None]  # the claim it belongs to
    due_at: Mapped[datetime]


class Plan(Base):
    """A version of what the line decided: opening hours, ladder of alarms. Never changed; the newest of a kind counts."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    body: Mapped[str] = mapped_column(String(40_000))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Alert(Base):
    """One alarm on one rung of the ladder, or the daily test. Carries no words and no theme, here and wherever it is sent."""

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_unsent", "means", "sent_at", "failed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)  # None: a test
    means: Mapped[str] = mapped_column(String(16))  # werkplek | oproep
    channel: Mapped[str] = mapped_column(String(40), default="")
    test_day: Mapped[str | None] = mapped_column(String(16), unique=True)  # of a daily test: one a day, whatever replica makes it
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None]  # a replica is sending it until then
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class UrgencyChange(Base):
    """What a person decided about an urgency: a human lowered it, or the visitor chose to go on. Kept for review."""

    __tablename__ = "urgency_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # lowered | went_on
    before: Mapped[int]
    after: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: the visitor
    reason_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]


class Event(Base):
    """What was offered, asked, taken or refused: keys and ids, never words. ``docs/events.md`` tells what each means."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    schema: Mapped[int]  # version of the schema it was written under
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]  # the line it belongs to: for what was tapped the line that offered it
    kind: Mapped[str] = mapped_column(String(12))  # shown | asked | answered | tapped | refused | corrected | escalated
    subject: Mapped[str] = mapped_column(String(80))
    value: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]


class WayBack(Base):
    """A return code, or a token that one was traded for. Only the keyed hash is kept."""

    __tablename__ = "ways_back"

    secret_hash: Mapped[bytes] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # code | token
    created_at: Mapped[datetime]


class LeftRound(Base):
    """One message left for later, and its answer. One open round a conversation."""

    __tablename__ = "left_rounds"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        Index(
            "ux_left_rounds_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    number: Mapped[int]
    left_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))  # answered | talked


class Outbox(Base):
    """What happened, in order. The truth behind every wake-up: polled, a wake-up only hastens."""

    __tablename__ = "outbox"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    topic: Mapped[str] = mapped_column(String(16))  # conversation | queue | turn
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]


class User(Base):
    """Somebody of the line, with an account of their own."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    first_name: Mapped[str] = mapped_column(String(40))  # what a visitor sees
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Login(Base):
    """A session in a browser; only the hash of its token is kept."""

    __tablename__ = "logins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """Failed logins per name (keyed hash), so that guessing is slowed on every replica alike."""

    __tablename__ = "login_attempts"

    name_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]


class Presence(Base):
    """A workplace that is open now: what the line may truthfully say about people being there."""

    __tablename__ = "presence"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # one open socket
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    seen_until: Mapped[datetime]


class Audit(Base):
    """Who looked at or changed what. Holds keys and numbers, never words of a conversation."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
