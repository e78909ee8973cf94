"""What is new for one visitor: lines after a number, the state when it changed, whether the bot reads or the owner types."""

import time
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff.models import Conversation, Message, User
from handoff.queue import ROLE_NAMES
from handoff.service import Service
from handoff.states import State
from handoff.transcript import body_of, lines_after
from handoff.triage.reading import CRISIS
from handoff.wire import Helper, Shown, StateNow, ToVisitor, Typing, Working


@dataclass(slots=True)
class Feed:
    """Remembers what this socket was sent. Not shared between sockets."""

    service: Service
    conversation_id: str
    last: int
    state: StateNow | None = None
    working: bool = False
    typed_until: float = 0.0

    async def news(self) -> list[ToVisitor]:
        """Return the frames that bring the visitor up to date, in order."""
        state, lines = await self.service.database.read(self._query)
        out: list[ToVisitor] = list(lines)
        if lines:
            self.last = lines[-1].seq
        if state != self.state:
            self.state = state
            out.append(state)
        out.extend(self._signs(state))
        return out

    def _signs(self, state: StateNow) -> list[ToVisitor]:
        """Return signs of life: the bot reads (never while a person holds the conversation), the owner types (only then)."""
        out: list[ToVisitor] = []
        held = state.state == "human"
        reading = not held and self.conversation_id in self.service.answering.busy
        if reading != self.working:
            self.working = reading
            out.append(Working(on=reading))
        until = self.service.hub.typing.get(self.conversation_id, 0.0)
        if held and until > max(time.monotonic(), self.typed_until):
            self.typed_until = until
            out.append(Typing())
        return out

    def _query(self, session: Session) -> tuple[StateNow, list[Shown]]:
        conversation = session.get_one(Conversation, self.conversation_id)
        owner = session.get(User, conversation.owner_id) if conversation.owner_id else None
        state = StateNow(
            state=State(conversation.state).value,
            urgent=conversation.urgency >= CRISIS,
            helper=Helper(name=owner.first_name, role=ROLE_NAMES.get(owner.role, "")) if owner else None,
        )
        return state, [self._shown(session, row) for row in lines_after(session, self.conversation_id, self.last)]

    def _shown(self, session: Session, row: Message) -> Shown:
        body = body_of(self.service.resources.keys, row)
        helper = None
        if row.author_id is not None:
            author = session.scalars(select(User).where(User.id == row.author_id)).one()
            helper = Helper(name=author.first_name, role=ROLE_NAMES.get(author.role, ""))
        # all parts of a long message carry the id it was sent under
        client_id = row.client_id.split("#")[0] if row.client_id and row.sender == "visitor" else None
        return Shown(
            seq=row.seq,
            sender=row.sender,  # type: ignore[arg-type]
            kind=row.kind,  # type: ignore[arg-type]
            text=body.text,
            choices=body.choices,
            referrals=body.referrals,
            helper=helper,
            client_id=client_id,
            code=body.code,
            device=body.device,
            lang=body.lang,
            at=row.created_at,
        )


def conversation_feed(service: Service, conversation_id: str, *, after: int) -> Feed:
    """Begin a feed after a number."""
    return Feed(service, conversation_id, after)
