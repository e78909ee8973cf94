"""Ways back to a conversation besides the tab it was begun in: a return code that a visitor writes down, and the tokens it was traded for.

Only keyed hashes are kept. A code has 65 random bits in an alphabet without letters that look alike.
"""

import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handoff.errors import UnknownCode
from handoff.models import Conversation, WayBack
from handoff.resources import Resources

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O and U
LENGTH, GROUP = 13, 4  # letters: 65 bits; shown in groups
CODE, TOKEN = "code", "token"
_LOOKS_LIKE = str.maketrans("OIL", "011")


def new_code(session: Session, resources: Resources, conversation: Conversation, now: datetime) -> str:
    """Return a return code for a conversation, as it is shown; the code before it ends."""
    session.execute(delete(WayBack).where(WayBack.conversation_id == conversation.id, WayBack.kind == CODE))
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    _keep(session, resources, conversation.id, code, CODE, now)
    return "-".join(code[i : i + GROUP] for i in range(0, LENGTH, GROUP))


def enter(session: Session, resources: Resources, typed: str, now: datetime) -> tuple[Conversation, str]:
    """Return the conversation of a return code and a new token for this device. Raises UnknownCode."""
    code = "".join(filter(str.isalnum, typed)).upper().translate(_LOOKS_LIKE)
    found = _find(session, resources, code, CODE) if len(code) == LENGTH else None
    if found is None:
        raise UnknownCode
    token = secrets.token_urlsafe(32)
    _keep(session, resources, found.id, token, TOKEN, now)
    return found, token


def by_device(session: Session, resources: Resources, token: str) -> Conversation | None:
    """Return the conversation of a token that a code was traded for."""
    return _find(session, resources, token, TOKEN)


def end(session: Session, conversation_id: str) -> None:
    """Forget every way back to a conversation whose words are gone."""
    session.execute(delete(WayBack).where(WayBack.conversation_id == conversation_id))


def _find(session: Session, resources: Resources, secret: str, kind: str) -> Conversation | None:
    hashed = resources.keys.keyed_hash(secret)
    query = select(Conversation).join(WayBack, WayBack.conversation_id == Conversation.id)
    return session.scalar(query.where(WayBack.secret_hash == hashed, WayBack.kind == kind, Conversation.erased_at.is_(None)))


def _keep(session: Session, resources: Resources, conversation_id: str, secret: str, kind: str, now: datetime) -> None:
    hashed = resources.keys.keyed_hash(secret)
    session.add(WayBack(secret_hash=hashed, conversation_id=conversation_id, kind=kind, created_at=now))
    session.flush()
