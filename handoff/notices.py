"""What the system tells a visitor: texts by their key, in words that vary with how often they were said before."""

from datetime import datetime

from sqlalchemy.orm import Session

from handoff import events
from handoff.languages import language_of
from handoff.memory import recall, remember
from handoff.models import Conversation
from handoff.resources import Resources
from handoff.transcript import append
from handoff.wire import Body


def tell(
    session: Session,
    resources: Resources,
    conversation: Conversation,
    key: str,
    now: datetime,
    *,
    code: str = "",
    device: str = "",
    **values: str,
) -> None:
    """Store the text of a key as a notice, with ``{names}`` filled in. Raises KeyError for a key that no file has.

    ``code``, ``device``: what stands beside it for the visitor's page alone.
    """
    memory = recall(conversation, resources)
    text = resources.texts.say(key, form=memory.profile.form, turn=memory.turn(key), **values)
    body = Body(text=text, key=key, code=code, device=device, lang=language_of(key))
    append(session, resources.keys, conversation, body, sender="system", kind="notice", now=now)
    events.said(session, conversation, "notice", body, now)
    remember(conversation, resources, memory)


def tell_once(session: Session, resources: Resources, conversation: Conversation, key: str, now: datetime) -> bool:
    """Store the text of a key as a notice unless this conversation has heard it; return whether it was said now."""
    if recall(conversation, resources).said.get(key):
        return False
    tell(session, resources, conversation, key, now)
    return True
