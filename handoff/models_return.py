"""Tables about coming back: codes and tokens, left messages and their rounds, devices that are remembered."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from handoff.models import Base


class Device(Base):
    """A browser whose visitor chose to be remembered. Only the keyed hash of its token is kept."""

    __tablename__ = "devices"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Visit(Base):
    """A conversation of a remembered device."""

    __tablename__ = "visits"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    device_hash: Mapped[bytes] = mapped_column(ForeignKey("devices.token_hash"), index=True)


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
