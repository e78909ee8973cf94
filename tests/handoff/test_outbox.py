"""The outbox is the truth behind every wake-up: whatever process writes, those who listen learn of it, in order, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handoff import conversations, outbox, presence
from handoff.db import Database
from handoff.models import Outbox, Presence
from handoff.transcript import append
from handoff.wire import Body
from tests.conftest import MovedClock
from tests.handoff.line import CRISIS, Line
from tests.live import Live, next_frame

Start = Callable[..., Live]
ELSEWHERE = Body(text="van elders")


def note(line: Line, *topics: str) -> None:
    line.write(lambda s: outbox.note(s, line.resources.clock.now(), *topics, conversation_id="talk"))


def test_notes_are_read_after_a_number_in_their_order(line: Line) -> None:
    assert line.read(outbox.last_note) == 0
    note(line, "conversation", "queue")
    note(line, "turn")
    last = line.read(outbox.last_note)
    notes = line.read(lambda s: outbox.notes_after(s, last - 3))
    assert [(n.id, n.topic, n.conversation_id) for n in notes] == [
        (last - 2, "conversation", "talk"),
        (last - 1, "queue", "talk"),
        (last, "turn", "talk"),
    ]
    assert line.read(lambda s: outbox.notes_after(s, last)) == []


def test_note_of_a_command_that_fails_is_not_there(line: Line) -> None:
    def broken(session: Any) -> None:
        outbox.note(session, line.resources.clock.now(), "queue")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        line.write(broken)
    assert line.rows(Outbox) == []


def test_old_notes_are_forgotten_and_numbers_go_on(line: Line, clock: MovedClock) -> None:
    note(line, "queue", "queue")
    clock.move(minutes=30)
    note(line, "turn")
    last = line.read(outbox.last_note)
    clock.move(minutes=31)
    line.write(lambda s: outbox.forget_notes(s, clock.now()))
    assert [row.topic for row in line.rows(Outbox)] == ["turn"]
    clock.move(hours=9)
    line.write(lambda s: outbox.forget_notes(s, clock.now()))
    assert [row.id for row in line.rows(Outbox)] == [last]  # the newest stays
    note(line, "queue")
    assert line.read(outbox.last_note) == last + 1


def test_what_another_process_writes_reaches_the_visitor_and_the_workplace(live: Live) -> None:
    visitor, person = live.visitor(), live.person()
    visitor.say(CRISIS)
    visitor.wait("message", kind="emergency")
    talk, resources = live.conversation(visitor.token).id, live.service.resources
    with person.workplace() as socket:
        next_frame(socket, "queue")
        other = Database(live.settings.database())

        def command(session: Any) -> None:
            now = resources.clock.now()
            append(session, resources.keys, conversations.lock(session, talk), ELSEWHERE, sender="system", kind="notice", now=now)
            outbox.note(session, now, outbox.CONVERSATION, outbox.QUEUE, conversation_id=talk)

        other.write_now(command)
        other.close()
        visitor.wait("message", text="van elders", within=2.0)
        next_frame(socket, "queue", 2.0)


def test_flood_of_notes_is_worked_off(live: Live) -> None:
    visitor = live.visitor()
    talk, resources = live.conversation(visitor.token).id, live.service.resources

    def command(session: Any) -> None:
        for _ in range(3):
            outbox.note(session, resources.clock.now(), *["queue"] * outbox.BATCH)
        now = resources.clock.now()
        append(
            session, resources.keys, conversations.lock(session, talk), Body(text="na de vloed"), sender="system", kind="notice", now=now
        )
        outbox.note(session, resources.clock.now(), outbox.CONVERSATION, conversation_id=talk)

    live.database.write_now(command)
    visitor.wait("message", text="na de vloed", within=4.0)


def test_presence_counts_people_and_not_sockets_and_fades(line: Line, clock: MovedClock) -> None:
    anna, bram = line.user("anna"), line.user("bram")

    def people() -> int:
        return line.read(lambda s: presence.people(s, clock.now()))

    for socket, user in (("a1", anna), ("a2", anna), ("b1", bram)):
        line.write(lambda s, k=socket, u=user: presence.renew(s, k, u.id, clock.now()))  # type: ignore[misc]
    assert people() == 2
    line.write(lambda s: presence.leave(s, "b1"))
    assert people() == 1
    clock.move(seconds=presence.FRESH.total_seconds())
    assert people() == 1
    line.write(lambda s: presence.renew(s, "a2", anna.id, clock.now()))
    clock.move(seconds=1)
    assert people() == 1
    clock.move(seconds=presence.FRESH.total_seconds())
    assert people() == 0
    line.write(lambda s: presence.renew(s, "b2", bram.id, clock.now() + timedelta(minutes=2)))
    assert [row.id for row in line.rows(Presence)] == ["b2"]  # a socket that died without a word is cleared away
