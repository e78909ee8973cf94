"""Words are sealed per conversation; a destroyed key destroys them; nothing that was written stands readable on the disk."""

import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from handoff.db import Database
from handoff.keys import ConversationKey, KeyDestroyed, KeyRing, load_master_key
from handoff.settings import Settings
from tests.conftest import START, sqlite_only
from tests.handoff.line import Line

Ring = Callable[..., KeyRing]
WORDS = "Wat ik alleen hier durf te schrijven: é 🌙"


@pytest.fixture
def keys(resources: Any) -> KeyRing:
    keys: KeyRing = resources.keys
    keys.create("talk-a", START)
    keys.create("talk-b", START)
    return keys


@pytest.fixture
def fresh_ring(settings: Settings) -> Iterator[Callable[..., KeyRing]]:
    """Make rings as another process has them: nothing cached."""
    stores: list[Database] = []

    def make(master: bytes | None = None) -> KeyRing:
        stores.append(Database(settings.key_store()))
        return KeyRing(master or load_master_key(settings.data_dir)[0], stores[-1])

    yield make
    for store in stores:
        store.close()


def test_sealed_words_open_for_their_own_conversation_also_in_another_process(keys: KeyRing, fresh_ring: Ring) -> None:
    sealed = keys.seal("talk-a", WORDS)
    assert keys.open("talk-a", sealed) == WORDS
    assert fresh_ring().open("talk-a", sealed) == WORDS


def test_sealed_words_do_not_open_for_another_conversation(keys: KeyRing) -> None:
    with pytest.raises(KeyDestroyed):
        keys.open("talk-b", keys.seal("talk-a", WORDS))


def test_same_words_are_never_sealed_to_the_same_bytes(keys: KeyRing) -> None:
    assert len({keys.seal("talk-a", WORDS) for _ in range(50)}) == 50


def test_changed_bytes_are_noticed_wherever_they_stand(keys: KeyRing) -> None:
    sealed = keys.seal("talk-a", WORDS)
    for place in range(len(sealed)):
        tampered = bytearray(sealed)
        tampered[place] ^= 1
        with pytest.raises(KeyDestroyed):
            keys.open("talk-a", bytes(tampered))
    for cut in (0, 5, 12, 20, len(sealed) - 1):
        with pytest.raises((KeyDestroyed, ValueError)):
            keys.open("talk-a", sealed[:cut])


def test_key_moved_to_another_conversation_opens_nothing(keys: KeyRing, settings: Settings, fresh_ring: Ring) -> None:
    store = Database(settings.key_store())
    sealed = keys.seal("talk-a", WORDS)

    def swap(session: Any) -> None:
        session.get(ConversationKey, "talk-b").wrapped = session.get(ConversationKey, "talk-a").wrapped

    store.write_now(swap)
    with pytest.raises((KeyDestroyed, InvalidTag)):
        fresh_ring().open("talk-b", sealed)
    store.close()


def test_another_master_key_opens_nothing_and_hashes_differently(keys: KeyRing, fresh_ring: Ring) -> None:
    sealed = keys.seal("talk-a", WORDS)
    stranger = fresh_ring(b"\x01" * 32)
    with pytest.raises((KeyDestroyed, InvalidTag)):
        stranger.open("talk-a", sealed)
    assert stranger.keyed_hash("token") != keys.keyed_hash("token")
    assert keys.keyed_hash("token") == fresh_ring().keyed_hash("token")


def test_destroyed_key_opens_nothing_here_and_from_a_fresh_ring(keys: KeyRing, fresh_ring: Ring) -> None:
    sealed = keys.seal("talk-a", WORDS)
    keys.destroy("talk-a", START)
    for ring in (keys, fresh_ring()):
        with pytest.raises(KeyDestroyed):
            ring.open("talk-a", sealed)
        with pytest.raises(KeyDestroyed):
            ring.seal("talk-a", WORDS)
    assert keys.open("talk-b", keys.seal("talk-b", WORDS)) == WORDS
    keys.destroy("talk-a", START)  # once more does no harm


def test_unknown_conversation_has_no_key(keys: KeyRing) -> None:
    with pytest.raises(KeyDestroyed):
        keys.seal("talk-c", WORDS)


@sqlite_only
def test_destroyed_key_leaves_no_bytes_in_the_store_or_its_log(keys: KeyRing, settings: Settings) -> None:
    store = Database(settings.key_store())
    wrapped = store.read_now(lambda s: s.get_one(ConversationKey, "talk-a").wrapped)
    store.close()
    assert wrapped is not None
    assert _files_with(settings.data_dir, wrapped[-32:]) != []  # they can be found while the key exists
    keys.destroy("talk-a", START)
    assert _files_with(settings.data_dir, wrapped[-32:]) == []


def test_master_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    old = os.umask(0)
    try:
        key, made = load_master_key(folder)
    finally:
        os.umask(old)
    assert (len(key), made) == (32, True)
    assert stat.S_IMODE((folder / "master.key").stat().st_mode) == 0o600
    assert load_master_key(folder) == (key, False)
    assert [path.name for path in folder.iterdir()] == ["master.key"]


def test_master_key_is_the_same_for_all_who_start_at_once(tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _, folder=folder: load_master_key(folder), range(8)))  # type: ignore[misc]
        assert len({key for key, _ in answers}) == 1
        assert [made for _, made in answers].count(True) == 1


@pytest.mark.parametrize("content", ["", "\n", "00ff\n", "zz" * 32, "00" * 33])
def test_damaged_master_key_is_refused_instead_of_used(tmp_path: Path, content: str) -> None:
    (tmp_path / "master.key").write_text(content)
    with pytest.raises((OSError, ValueError)):
        load_master_key(tmp_path)
    assert (tmp_path / "master.key").read_text() == content


@sqlite_only
def test_no_word_of_a_talk_stands_in_any_file(line: Line, settings: Settings) -> None:
    marks = ["Bergamotkwarts", "Wolkenfluit", "Zilvermosgeheim", "Droomkapstok", "Kaneelhelper"]
    talk = line.open()
    line.says(talk, f"ik wil dood en {marks[0]} weet het")
    line.answers(talk, state={"v": 1, "heard": [marks[1]]}, parse={"theme": {"name": "angst", "sure": True}, "urgency": {"level": 3}})
    line.says(talk, f"ik ben 14 en {marks[2]} slaat me nu", choice="verder")
    line.fails(talk)
    user = line.user()
    lease = line.claim(talk, user)
    line.helps(talk, user, lease, f"{marks[4]} is er")

    def remember(session: Any) -> None:
        from handoff import conversations

        row = conversations.lock(session, talk)
        memory = conversations.recall(row, line.resources)
        memory.bot = {"last": marks[3]}
        memory.profile = replace(memory.profile, perspective="naaste")
        conversations.remember(row, line.resources, memory)

    line.write(remember)
    opened = " ".join(said.text for said in line.said(talk))
    assert [mark in opened for mark in marks] == [True, False, True, False, True]
    for mark in [*marks, "ik wil dood", "slaat me", '"age"', '"perspective"']:
        assert _files_with(settings.data_dir, mark.encode()) == [], mark
    assert _files_with(settings.data_dir, talk.encode()) != []  # the search does find what stands there


def _files_with(folder: Path, piece: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and piece in path.read_bytes()]
