"""Deadlines are rows: each happens on time, once, whoever keeps the time, and a restart forgets none."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from handoff import conversations, deadlines, queue, timekeeper
from handoff.db import Database
from handoff.errors import LeaseLost, UnknownToken
from handoff.keys import KeyDestroyed, KeyRing, load_master_key
from handoff.models import Claim, Deadline, Transition, User
from tests.conftest import MovedClock
from tests.handoff.line import CRISIS, Line


@pytest.fixture
def held(line: Line) -> tuple[str, User, int]:
    """A crisis conversation that somebody has just claimed."""
    talk, user = line.open(), line.user()
    line.says(talk, CRISIS)
    return talk, user, line.claim(talk, user)


def present(line: Line, user: User) -> None:
    line.write(lambda s: queue.keep_lease(s, line.resources, user.id))


def state_after(line: Line, clock: MovedClock, talk: str, **by: float) -> str:
    clock.move(**by)
    line.tick()
    return str(line.row(talk).state)


def test_lease_is_lost_on_time_and_not_before(line: Line, clock: MovedClock, held: tuple[str, User, int]) -> None:
    talk, user, lease = held
    since = line.row(talk).waiting_since
    assert state_after(line, clock, talk, seconds=44.9) == "human"
    assert state_after(line, clock, talk, seconds=0.1) == "waiting"
    row = line.row(talk)
    assert (row.owner_id, row.wait_reason, row.waiting_since, row.urgency) == (None, "lease_lost", since, 3)
    assert line.said(talk)[-1].text == line.resources.texts.say("mens.weg")
    assert [(c.end_reason, c.ended_at) for c in line.rows(Claim)] == [("lease_lost", clock.now())]
    assert [(t.event, t.actor) for t in line.rows(Transition)][-1] == ("lease_lost", "clock")
    assert [row.kind for row in line.rows(Deadline)] == ["ladder"]
    with pytest.raises(LeaseLost):
        line.helps(talk, user, lease)


def test_presence_keeps_the_lease_but_only_a_written_line_keeps_the_promise(
    line: Line, clock: MovedClock, held: tuple[str, User, int]
) -> None:
    talk, user, _ = held
    for _ in range(14):
        assert state_after(line, clock, talk, seconds=12) == "human"
        present(line, user)
    assert state_after(line, clock, talk, seconds=11.9) == "human"
    assert state_after(line, clock, talk, seconds=0.1) == "waiting"  # three minutes after the claim
    assert (line.row(talk).wait_reason, line.said(talk)[-1].text) == ("promise_broken", line.resources.texts.say("mens.belofte"))
    assert [c.end_reason for c in line.rows(Claim)] == ["promise_broken"]


def test_written_line_keeps_the_promise_until_the_visitor_writes_again(line: Line, clock: MovedClock, held: tuple[str, User, int]) -> None:
    talk, user, lease = held
    clock.move(seconds=40)
    line.helps(talk, user, lease)
    for _ in range(30):  # an hour of a visitor who says nothing
        clock.move(minutes=2)
        present(line, user)
        assert line.row(talk).state == "human"
    line.says(talk, "ben je er nog")
    for seconds in range(0, 170, 17):
        clock.move(seconds=17)
        present(line, user)
        if seconds == 51:
            line.says(talk, "hallo")  # the promise does not move because the visitor writes again
        line.tick()
    assert line.row(talk).state == "human"
    assert state_after(line, clock, talk, seconds=10) == "waiting"
    assert line.row(talk).wait_reason == "promise_broken"


def test_line_without_presence_keeps_the_lease_for_its_own_time_only(line: Line, clock: MovedClock, held: tuple[str, User, int]) -> None:
    talk, user, lease = held
    clock.move(seconds=40)
    line.helps(talk, user, lease)
    assert state_after(line, clock, talk, seconds=44) == "human"
    assert state_after(line, clock, talk, seconds=1) == "waiting"


def test_presence_of_somebody_else_keeps_nothing(line: Line, clock: MovedClock, held: tuple[str, User, int]) -> None:
    other = line.user("bram")
    clock.move(seconds=40)
    present(line, other)
    assert state_after(line, clock, held[0], seconds=5) == "waiting"


def test_deadline_of_an_old_claim_does_nothing_to_the_new_owner(line: Line, clock: MovedClock, held: tuple[str, User, int]) -> None:
    talk, user, lease = held
    clock.move(seconds=45)
    due = line.read(partial(deadlines.due, now=clock.now()))
    line.gives_back(talk, user, lease)
    other = line.user("bram")
    line.claim(talk, other)
    for row in due:
        line.write(partial(timekeeper.carry_out, resources=line.resources, row=row))
    assert (line.row(talk).state, line.row(talk).owner_id) == ("human", other.id)


def test_silence_with_the_bot_closes_after_its_time_and_every_message_moves_it(line: Line, clock: MovedClock) -> None:
    talk = line.open()
    clock.move(minutes=40)
    line.says(talk, "hallo")
    assert state_after(line, clock, talk, minutes=44, seconds=59) == "bot"
    assert state_after(line, clock, talk, seconds=1) == "closed"
    assert line.said(talk)[-1].text == line.resources.texts.say("einde.stil")
    assert [(d.kind, d.due_at) for d in line.rows(Deadline)] == [("retention", clock.now() + timedelta(days=30))]


@pytest.mark.parametrize("how", ["waiting", "human"])
def test_clock_drops_nobody_who_waits_for_a_person_or_talks_with_one(line: Line, clock: MovedClock, how: str) -> None:
    talk, user = line.open(), line.user()
    line.says(talk, CRISIS)
    if how == "human":
        line.helps(talk, user, line.claim(talk, user))
    for _ in range(12):
        clock.move(minutes=10)
        present(line, user)
        line.tick()
    assert line.row(talk).state == how


@pytest.fixture
def fresh_ring(line: Line) -> Iterator[KeyRing]:
    settings = line.resources.settings
    store = Database(settings.key_store())
    yield KeyRing(load_master_key(settings.data_dir)[0], store)
    store.close()


def test_retention_destroys_the_key_and_nothing_readable_remains(line: Line, clock: MovedClock, fresh_ring: KeyRing) -> None:
    talk, token = line.open_with_token()
    line.says(talk, CRISIS)
    user = line.user()
    lease = line.claim(talk, user)
    line.closes(talk, user, lease)
    sealed = line.row(talk).dialogue_sealed
    assert sealed is not None
    assert state_after(line, clock, talk, days=29, hours=23, minutes=59) == "closed"
    assert len(line.said(talk)) > 5
    assert line.row(talk).erased_at is None
    clock.move(minutes=1)
    line.tick()
    row = line.row(talk)
    assert (row.erased_at, row.dialogue_sealed) == (clock.now(), None)
    with pytest.raises(KeyDestroyed):
        line.said(talk)
    with pytest.raises(KeyDestroyed):
        fresh_ring.open(talk, sealed)
    with pytest.raises(UnknownToken):
        line.read(lambda s: conversations.by_token(s, line.resources, token))
    assert line.rows(Deadline) == []


def test_erasing_that_failed_half_way_is_done_again(line: Line, clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    talk, user = line.open(), line.user()
    line.says(talk, CRISIS)
    line.closes(talk, user, line.claim(talk, user))
    clock.move(days=30)
    destroy = KeyRing.destroy

    def torn(ring: KeyRing, *arguments: Any) -> None:
        destroy(ring, *arguments)
        raise OSError("the power went")

    monkeypatch.setattr(KeyRing, "destroy", torn)
    with pytest.raises(OSError, match="power"):
        line.tick()
    assert (line.row(talk).erased_at, [d.kind for d in line.rows(Deadline)]) == (None, ["retention"])
    monkeypatch.undo()
    line.tick()
    assert line.row(talk).erased_at == clock.now()


@pytest.fixture
def keepers(line: Line) -> Iterator[list[Database]]:
    """Two replicas, each with connections of its own."""
    databases = [Database(line.resources.settings.database()) for _ in range(2)]
    yield databases
    for database in databases:
        database.close()


def all_due(line: Line, clock: MovedClock) -> list[str]:
    """Return a conversation for each kind of deadline, all due now."""
    user = line.user()
    lease, promise, idle, kept = (line.open() for _ in range(4))
    for talk in (lease, promise, kept):
        line.says(talk, CRISIS)
    line.closes(kept, user, line.claim(kept, user))
    clock.move(days=29, hours=23)
    for talk in (lease, promise):
        line.claim(talk, user)
    line.write(lambda s: deadlines.drop(s, promise, deadlines.LEASE))
    line.write(lambda s: deadlines.drop(s, lease, deadlines.PROMISE))
    clock.move(hours=1)
    return [lease, promise, idle, kept]


def test_each_deadline_is_carried_out_once_by_two_keepers(line: Line, clock: MovedClock, keepers: list[Database]) -> None:
    talks = all_due(line, clock)
    due = line.read(partial(deadlines.due, now=clock.now()))
    assert sorted(kind for _, _, kind, _ in due) == ["idle", "lease", "promise", "retention"]
    before = [len(line.rows(Transition, conversation_id=talk)) for talk in talks]
    at_once = threading.Barrier(8)

    def keep(number: int) -> None:
        at_once.wait()
        for row in due:
            keepers[number % 2].write_now(partial(timekeeper.carry_out, resources=line.resources, row=row))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(8)))
    after = [len(line.rows(Transition, conversation_id=talk)) for talk in talks]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1, 0]
    assert [str(line.row(talk).state) for talk in talks] == ["waiting", "waiting", "closed", "closed"]
    assert [row.erased_at is not None for row in map(line.row, talks)] == [False, False, False, True]


def test_deadline_survives_a_restart(line: Line, clock: MovedClock, held: tuple[str, User, int], keepers: list[Database]) -> None:
    clock.move(seconds=46)
    restarted = Line(keepers[0], line.resources)
    assert restarted.tick() == 1
    assert restarted.row(held[0]).state == "waiting"


def test_moved_deadline_is_not_carried_out_though_it_was_seen_as_due(line: Line, clock: MovedClock, held: tuple[str, User, int]) -> None:
    clock.move(seconds=45)
    due = line.read(partial(deadlines.due, now=clock.now()))
    present(line, held[1])
    for row in due:
        line.write(partial(timekeeper.carry_out, resources=line.resources, row=row))
    assert line.row(held[0]).state == "human"


@pytest.mark.race
def test_line_written_as_the_promise_breaks_and_the_keeper_do_not_block_each_other(
    line: Line, clock: MovedClock, held: tuple[str, User, int], keepers: list[Database]
) -> None:
    talk = held[0]
    clock.move(minutes=3)
    due = [row for row in line.read(partial(deadlines.due, now=clock.now())) if row[2] == "promise"]
    inside = threading.Event()

    def writes(session: Session) -> None:
        conversations.lock(session, talk)
        inside.set()
        threading.Event().wait(0.5)
        deadlines.drop(session, talk, deadlines.PROMISE)

    keep: Callable[[Session], None] = partial(timekeeper.carry_out, resources=line.resources, row=due[0])
    with ThreadPoolExecutor(2) as pool:
        writer = pool.submit(keepers[0].write_now, writes)
        inside.wait()
        keeper = pool.submit(keepers[1].write_now, keep)
        assert (writer.exception(), keeper.exception()) == (None, None)
    assert line.row(talk).state == "human"
