"""Keys: one master key on disk, one data key a conversation in a store of its own, words sealed with AES-256-GCM.

Destroying a conversation's key destroys its words everywhere, in backups of the main database too. The store is backed up
apart and briefly for the same reason.
"""

import hashlib
import hmac
import os
import secrets
from datetime import datetime
from pathlib import Path
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from handoff.db import Database
from handoff.models import UtcDateTime

NONCE = 12  # bytes; random per seal, GCM's own size
MASTER = 32  # bytes
CACHED_KEYS = 4096


class KeyBase(DeclarativeBase):
    """Base of the key store's only table."""

    type_annotation_map = {datetime: UtcDateTime, bytes: LargeBinary, str: String}


class ConversationKey(KeyBase):
    """A data key wrapped by the master key; None once destroyed."""

    __tablename__ = "conversation_keys"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped: Mapped[bytes | None]
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class KeyDestroyed(Exception):
    """The words behind this key are gone."""


def load_master_key(folder: Path) -> tuple[bytes, bool]:
    """Return the master key and whether it was made just now. The file is readable by its owner only.

    It appears whole or not at all, so that neither a crash nor a second process at the first start meets half a key.
    Raises OSError where the folder cannot be written, ValueError where the file holds no key.
    """
    path = folder / "master.key"
    folder.mkdir(parents=True, exist_ok=True)
    made = not path.exists() and _make_master_key(path)
    key = bytes.fromhex(path.read_text().strip())
    if len(key) != MASTER:
        raise ValueError(f"{path} holds no master key; without the right one nothing can be read")
    return key, made


def _make_master_key(path: Path) -> bool:
    """Write a new key beside its place and link it there; False where another process was first."""
    draft = path.with_name(f".master-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_bytes(MASTER).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


class KeyRing:
    """Seals and opens words per conversation. Safe to call from any thread; commands call it inside their transaction."""

    def __init__(self, master: bytes, store: Database) -> None:
        """``master``: 32 bytes; ``store``: the key store's database."""
        self._wrapper = AESGCM(hashlib.sha256(b"wrap" + master).digest())
        self._hash_key = hashlib.sha256(b"hash" + master).digest()
        self._store = store
        self._cache: dict[str, AESGCM] = {}
        self._lock = Lock()

    def prepare(self) -> None:
        """Make the store's table where it is missing (one table that never changes needs no migrations)."""
        KeyBase.metadata.create_all(self._store.engine)

    def keyed_hash(self, value: str) -> bytes:
        """Return the 32-byte keyed hash under which a token or name is stored."""
        return hmac.digest(self._hash_key, value.encode(), "sha256")

    def create(self, conversation_id: str, now: datetime) -> None:
        """Make and store the key of a new conversation. Durable before the conversation is written."""
        key = AESGCM.generate_key(256)
        nonce = secrets.token_bytes(NONCE)
        wrapped = nonce + self._wrapper.encrypt(nonce, key, conversation_id.encode())
        row = ConversationKey(conversation_id=conversation_id, wrapped=wrapped, created_at=now, destroyed_at=None)
        self._store.write_now(lambda session: session.add(row))
        self._remember(conversation_id, AESGCM(key))

    def destroy(self, conversation_id: str, now: datetime) -> None:
        """Destroy a conversation's key; its words cannot be read again, here or in a backup."""

        def command(session: Session) -> None:
            row = session.get(ConversationKey, conversation_id)
            if row is not None and row.wrapped is not None:
                row.wrapped, row.destroyed_at = None, now

        self._store.write_now(command)
        self._store.wipe_log()
        with self._lock:
            self._cache.pop(conversation_id, None)

    def seal(self, conversation_id: str, words: str) -> bytes:
        """Return ``words`` encrypted for this conversation. Raises KeyDestroyed."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._key(conversation_id).encrypt(nonce, words.encode(), conversation_id.encode())

    def open(self, conversation_id: str, sealed: bytes) -> str:
        """Return the words sealed for this conversation. Raises KeyDestroyed."""
        try:
            return self._key(conversation_id).decrypt(sealed[:NONCE], sealed[NONCE:], conversation_id.encode()).decode()
        except InvalidTag:
            raise KeyDestroyed(conversation_id) from None

    def _key(self, conversation_id: str) -> AESGCM:
        with self._lock:
            if key := self._cache.get(conversation_id):
                return key
        wrapped = self._store.read_now(
            lambda session: session.scalar(select(ConversationKey.wrapped).where(ConversationKey.conversation_id == conversation_id))
        )
        if wrapped is None:
            raise KeyDestroyed(conversation_id)
        key = AESGCM(self._wrapper.decrypt(wrapped[:NONCE], wrapped[NONCE:], conversation_id.encode()))
        self._remember(conversation_id, key)
        return key

    def _remember(self, conversation_id: str, key: AESGCM) -> None:
        with self._lock:
            if len(self._cache) >= CACHED_KEYS:
                self._cache.clear()
            self._cache[conversation_id] = key
