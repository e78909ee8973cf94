"""The commands of the service as its sockets and loops call them, one after the other: a line without a network."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Session

from handoff import auth, conversations, deadlines, incoming, ladder, plans, presence, queue, timekeeper, turns
from handoff.bot_client import Answer
from handoff.db import Database
from handoff.messages_in import readable
from handoff.models import Conversation, User
from handoff.render import Renderer
from handoff.resources import Resources
from handoff.transcript import body_of, lines_after
from tests.fake_bot import LISTEN, parse

T = TypeVar("T")
Row = TypeVar("Row", bound=DeclarativeBase)
CRISIS = "ik wil dood"
WORRY = "ik pieker veel over mijn werk"


@dataclass(frozen=True)
class Said:
    """One line of a conversation, opened."""

    seq: int
    sender: str
    kind: str
    text: str


class Line:
    """One database and the resources; every method is one command or one query."""

    def __init__(self, database: Database, resources: Resources) -> None:
        self.database = database
        self.resources = resources
        self.users: list[User] = []
        self.renderer = Renderer(resources.texts, resources.directory, resources.settings.line_name)

    def write(self, command: Callable[[Session], T]) -> T:
        return self.database.write_now(command)

    def read(self, query: Callable[[Session], T]) -> T:
        return self.database.read_now(query)

    def open(self) -> str:
        """Begin a conversation; return its id."""
        return self.open_with_token()[0]

    def open_with_token(self) -> tuple[str, str]:
        conversation, token = self.write(lambda s: conversations.open_conversation(s, self.resources))
        return conversation.id, token

    def says(self, conversation_id: str, text: str, *, client_id: str | None = None, choice: str | None = None) -> int:
        """The visitor writes, read by triage first as the socket does."""
        text = readable(text)
        client_id = client_id or uuid.uuid4().hex
        sent = incoming.Incoming(client_id, text, choice, self.resources.triage.read(text))
        return self.write(lambda s: incoming.visitor_says(s, self.resources, conversation_id, sent))

    def raises(self, conversation_id: str, *, level: int, kinds: tuple[str, ...], source: str = "rasa") -> None:
        """A reading of danger arrives."""

        def command(session: Session) -> None:
            conversation = conversations.lock(session, conversation_id)
            now = self.resources.clock.now()
            conversations.raise_crisis(session, self.resources, conversation, level=level, kinds=kinds, source=source, now=now)

        self.write(command)

    def hold(self, conversation_id: str) -> turns.Due | None:
        return self.write(lambda s: turns.hold_next(s, self.resources, conversation_id))

    def store(self, due: turns.Due, **answer: Any) -> str:
        """The bot's answer to a held message arrives; moves, parse and state as in ``Answer``."""
        whole = Answer(answer.get("moves", LISTEN), answer.get("parse", parse()), answer.get("state", {"v": 1}))
        return self.write(lambda s: turns.store_answer(s, self.resources, self.renderer, due, whole))

    def answers(self, conversation_id: str, **answer: Any) -> str:
        """The bot answers the oldest message."""
        due = self.hold(conversation_id)
        assert due is not None
        return self.store(due, **answer)

    def fails(self, conversation_id: str) -> None:
        """The bot does not answer the oldest message."""
        due = self.hold(conversation_id)
        assert due is not None
        self.write(lambda s: turns.store_failure(s, self.resources, due))

    def user(self, login: str = "anna", role: str = "counsellor") -> User:
        now = self.resources.clock.now()
        user = self.write(
            lambda s: auth.add_user(s, login=login, first_name=login.capitalize(), role=role, password="lang genoeg wachtwoord", now=now)
        )
        self.users.append(user)
        return user

    def claim(self, conversation_id: str, user: User) -> int:
        return self.write(lambda s: queue.claim(s, self.resources, conversation_id, user))

    def helps(self, conversation_id: str, user: User, lease: int, text: str = "Ik ben er.", client_id: str = "") -> int:
        client = client_id or uuid.uuid4().hex
        return self.write(lambda s: queue.helper_says(s, self.resources, conversation_id, user, lease=lease, client_id=client, text=text))

    def gives_back(self, conversation_id: str, user: User, lease: int) -> None:
        self.write(lambda s: queue.give_back(s, self.resources, conversation_id, user, lease=lease))

    def closes(self, conversation_id: str, user: User, lease: int) -> None:
        self.write(lambda s: queue.close_by_helper(s, self.resources, conversation_id, user, lease=lease))

    def arrives(self, user: User) -> None:
        """Somebody has the workplace open, for as long as presence lasts."""
        self.write(lambda s: presence.renew(s, f"socket {user.id}", user.id, self.resources.clock.now()))

    def tested(self, user: User) -> None:
        """A test alarm was sent and acknowledged now."""
        self.write(lambda s: ladder.test_now(s, self.resources, user))
        alert = self.read(ladder.last_test)
        assert alert is not None
        self.write(lambda s: ladder.acknowledge_test(s, self.resources, alert.id, user))

    def plans(self, user: User, kind: str, **typed: str) -> None:
        """Somebody changes opening hours or the ladder."""
        self.write(lambda s: plans.change(s, user, kind, typed, self.resources.clock.now()))

    def tick(self) -> int:
        """Carry out what is due now, as the timekeeper does; return how many deadlines were due."""
        due = self.read(partial(deadlines.due, now=self.resources.clock.now()))
        for row in due:
            self.write(partial(timekeeper.carry_out, resources=self.resources, row=row))
        return len(due)

    def row(self, conversation_id: str) -> Conversation:
        return self.read(lambda s: s.get_one(Conversation, conversation_id))

    def rows(self, model: type[Row], **where: Any) -> list[Row]:
        """Return the rows of a table, oldest first."""
        query = select(model).filter_by(**where).order_by(*model.__table__.primary_key.columns)
        return list(self.read(lambda s: s.scalars(query).all()))

    def count(self, model: type[DeclarativeBase], **where: Any) -> int:
        return self.read(lambda s: s.scalar(select(func.count()).select_from(model).filter_by(**where))) or 0

    def said(self, conversation_id: str, after: int = 0) -> list[Said]:
        """Return the lines of a conversation, opened."""
        rows = self.read(lambda s: lines_after(s, conversation_id, after, most=5000))
        return [Said(row.seq, row.sender, row.kind, body_of(self.resources.keys, row).text) for row in rows]

    def kinds(self, conversation_id: str) -> list[tuple[str, str]]:
        """Return sender and kind of every line after the welcome."""
        return [(line.sender, line.kind) for line in self.said(conversation_id, after=len(conversations.WELCOME))]
