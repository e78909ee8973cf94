"""The queue, and the guarantee behind a claim: one visitor, one owner."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handoff import conversations, queue
from handoff.errors import AlreadyClaimed, EmptyMessage, LeaseLost, NotFound
from handoff.models import Audit, BotTurn, Claim, Conversation, Deadline, Message, User
from handoff.states import CLAIMABLE, State
from tests.fake_bot import LISTEN
from tests.handoff.line import CRISIS, WORRY, Line

ASKS = [{"move": "call_human", "reason": "asked"}, *LISTEN]
ATTEMPTS = 40


def waiting(line: Line, words: str = WORRY) -> str:
    """Return a conversation that waits for a person."""
    talk = line.open()
    line.says(talk, words)
    if line.row(talk).state == "bot":
        line.answers(talk, moves=ASKS)
    return talk


def queue_of(line: Line, user: User) -> list[str]:
    return [item.id for item in line.read(lambda s: queue.waiting(s, user))]


def test_queue_goes_by_urgency_then_by_time_of_waiting(line: Line) -> None:
    user = line.user()
    levels = [1, 3, 0, 4, 3, 2]
    talks = []
    for level in levels:
        talks.append(waiting(line, "hallo"))
        line.write(lambda s, t=talks[-1], v=level: s.execute(update(Conversation).where(Conversation.id == t).values(urgency=v)))  # type: ignore[misc]
        line.resources.clock.move(seconds=30)  # type: ignore[attr-defined]
    assert queue_of(line, user) == [talks[place] for place in (3, 1, 4, 5, 0, 2)]
    items = line.read(lambda s: queue.waiting(s, user))
    assert [item.place for item in items] == [1, 2, 3, 4, 5, 6]
    assert [item.urgency for item in items] == [4, 3, 3, 2, 1, 0]


def test_long_wait_passes_no_waiting_crisis(line: Line) -> None:
    user = line.user()
    patient = waiting(line)
    line.resources.clock.move(hours=9)  # type: ignore[attr-defined]
    crisis = waiting(line, CRISIS)
    assert queue_of(line, user) == [crisis, patient]


def test_queue_tells_the_reason_and_who_knows_the_visitor(line: Line) -> None:
    anna, bram = line.user("anna"), line.user("bram")
    talk, other = waiting(line), waiting(line, CRISIS)
    line.gives_back(talk, anna, line.claim(talk, anna))
    found = line.read(lambda s: [queue.waiting(s, user) for user in (anna, bram)])
    assert [[(item.id, item.why, item.mine_before) for item in items] for items in found] == [
        [(other, "signaal van gevaar", False), (talk, "teruggegeven", True)],
        [(other, "signaal van gevaar", False), (talk, "teruggegeven", False)],
    ]


def test_conversations_with_the_bot_a_person_or_nobody_do_not_stand_in_the_queue(line: Line) -> None:
    user = line.user()
    line.open()
    held, closed = waiting(line), waiting(line)
    line.claim(held, user)
    line.closes(closed, user, line.claim(closed, user))
    assert queue_of(line, user) == []


def test_claim_makes_an_owner_a_lease_and_tells_the_visitor(line: Line) -> None:
    talk, user = waiting(line), line.user()
    assert line.claim(talk, user) == 1
    row, now = line.row(talk), line.resources.clock.now()
    assert (row.state, row.owner_id, row.preferred_id, row.lease) == ("human", user.id, user.id, 1)
    assert [(c.user_id, c.lease, c.started_at, c.ended_at) for c in line.rows(Claim)] == [(user.id, 1, now, None)]
    notice = line.said(talk)[-1]
    assert (notice.kind, "Anna" in notice.text, "medewerker" in notice.text) == ("notice", True, True)
    assert sorted((d.kind, d.lease) for d in line.rows(Deadline)) == [("lease", 1), ("promise", 1)]
    assert [(a.actor_id, a.action, a.subject) for a in line.rows(Audit)][-1] == (user.id, "claim", talk)


def race_for(line: Line, talk: str, users: list[User]) -> list[Any]:
    """Let everybody claim at once; return the lease or the error of each."""

    def attempt(user: User) -> Any:
        try:
            return line.claim(talk, user)
        except (AlreadyClaimed, IntegrityError) as error:
            return type(error)

    with ThreadPoolExecutor(len(users)) as pool:
        return list(pool.map(attempt, users))


@pytest.fixture
def crowd(line: Line) -> list[User]:
    """As many people as there are attempts (their password is slow to hash, so it is hashed once)."""
    first = line.user("first")

    def command(session: Session) -> list[User]:
        same = {"role": "counsellor", "password_hash": first.password_hash, "active": True, "created_at": first.created_at}
        people = [User(login=f"p{n}", first_name=f"P{n}", **same) for n in range(ATTEMPTS - 1)]
        session.add_all(people)
        session.flush()
        return people

    return [first, *line.write(command)]


def test_forty_claims_at_once_have_one_winner(line: Line, crowd: list[User]) -> None:
    for round_ in range(1, 4):
        talk = waiting(line)
        outcomes = race_for(line, talk, crowd)
        winners = [user for user, outcome in zip(crowd, outcomes, strict=True) if outcome == 1]
        assert (len(winners), outcomes.count(AlreadyClaimed)) == (1, ATTEMPTS - 1)
        assert [(c.user_id, c.lease) for c in line.rows(Claim, conversation_id=talk)] == [(winners[0].id, 1)]
        assert (line.row(talk).owner_id, line.row(talk).lease) == (winners[0].id, 1)
        assert line.count(Claim, ended_at=None) == round_


def look_then_take(line: Line, everybody: Barrier) -> Callable[[str, User], int]:
    """Return the claim as it must not be: it looks whether the conversation waits, and takes it in a second step."""

    def take(session: Session, talk: str, user: User) -> int:
        row = session.get_one(Conversation, talk)
        row.lease, row.owner_id, row.state = row.lease + 1, user.id, State.HUMAN
        session.add(Claim(conversation_id=talk, user_id=user.id, lease=row.lease, started_at=line.resources.clock.now()))
        return 1

    def claim(talk: str, user: User) -> int:
        free = line.row(talk).state in CLAIMABLE
        everybody.wait(10)
        if not free:
            raise AlreadyClaimed
        return line.write(lambda s: take(s, talk, user))

    return claim


def test_race_has_no_clean_end_when_the_conditional_update_is_a_look_and_a_write(
    line: Line, crowd: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    talk, other = waiting(line), waiting(line)
    monkeypatch.setattr(line, "claim", look_then_take(line, Barrier(ATTEMPTS)))
    outcomes = race_for(line, talk, crowd)
    assert outcomes.count(AlreadyClaimed) == 0  # everybody passed the look: the test of the forty would fail here
    assert (outcomes.count(1), outcomes.count(IntegrityError)) == (1, ATTEMPTS - 1)  # only the index behind the code is left
    line.write(lambda s: s.execute(text("DROP INDEX ux_claims_open")))
    assert race_for(line, other, crowd) == [1] * ATTEMPTS  # and without it everybody owns the visitor
    assert line.count(Claim, conversation_id=other, ended_at=None) == ATTEMPTS


def test_database_refuses_a_second_open_claim_even_when_the_code_is_bypassed(line: Line) -> None:
    talk, anna, bram = waiting(line), line.user("anna"), line.user("bram")
    line.claim(talk, anna)
    second = Claim(conversation_id=talk, user_id=bram.id, lease=2, started_at=line.resources.clock.now())
    with pytest.raises(IntegrityError):
        line.write(lambda s: s.add(second))
    line.gives_back(talk, anna, 1)
    line.claim(talk, bram)
    assert [(c.user_id, c.end_reason) for c in line.rows(Claim)] == [(anna.id, "given_back"), (bram.id, None)]


def test_old_lease_is_refused_on_every_write(line: Line) -> None:
    talk, anna, bram = waiting(line), line.user("anna"), line.user("bram")
    old = line.claim(talk, anna)
    line.gives_back(talk, anna, old)
    new = line.claim(talk, bram)
    before = (line.said(talk), line.rows(Claim)[0].ended_at, line.row(talk).owner_id)
    for user, lease in ((anna, old), (anna, new), (bram, old), (bram, new + 1), (bram, 0)):
        for write in (line.helps, line.gives_back, line.closes):
            with pytest.raises(LeaseLost):
                write(talk, user, lease)
    assert (line.said(talk), line.rows(Claim)[0].ended_at, line.row(talk).owner_id) == before
    assert line.helps(talk, bram, new) == line.row(talk).last_seq


def test_same_person_who_claims_again_has_a_new_lease(line: Line) -> None:
    talk, user = waiting(line), line.user()
    old = line.claim(talk, user)
    line.gives_back(talk, user, old)
    assert line.claim(talk, user) == old + 1
    with pytest.raises(LeaseLost):
        line.helps(talk, user, old)


def test_give_back_keeps_the_place_in_time_and_tells_the_visitor(line: Line) -> None:
    early, user = waiting(line), line.user()
    since = line.row(early).waiting_since
    line.resources.clock.move(minutes=5)  # type: ignore[attr-defined]
    late = waiting(line)
    lease = line.claim(early, user)
    line.resources.clock.move(minutes=5)  # type: ignore[attr-defined]
    line.gives_back(early, user, lease)
    row = line.row(early)
    assert (row.state, row.owner_id, row.waiting_since, row.preferred_id) == ("waiting", None, since, user.id)
    assert queue_of(line, user) == [early, late]
    assert line.said(early)[-1].text == line.resources.texts.say("mens.teruggegeven")
    assert line.rows(Deadline, conversation_id=early) == []


def test_helper_line_is_stored_once_and_belongs_to_its_author(line: Line) -> None:
    talk, user = waiting(line), line.user()
    lease = line.claim(talk, user)
    seq = line.helps(talk, user, lease, "Vertel maar.", client_id="line-id-01")
    assert line.helps(talk, user, lease, "Vertel maar.", client_id="line-id-01") == seq
    (row,) = line.rows(Message, conversation_id=talk, sender="helper")
    assert (row.author_id, row.seq, line.rows(Claim)[0].first_line_at) == (user.id, seq, line.resources.clock.now())
    for empty in ("", "  \n\t "):
        with pytest.raises(EmptyMessage):
            line.helps(talk, user, lease, empty)


def test_close_ends_the_claim_and_sets_the_day_on_which_the_words_go(line: Line) -> None:
    talk, user = waiting(line), line.user()
    line.closes(talk, user, line.claim(talk, user))
    row, now = line.row(talk), line.resources.clock.now()
    assert (row.state, row.owner_id, row.closed_at, row.waiting_since) == ("closed", None, now, None)
    assert [(d.kind, (d.due_at - now).days) for d in line.rows(Deadline)] == [("retention", 30)]
    assert [c.end_reason for c in line.rows(Claim)] == ["closed"]
    with pytest.raises(AlreadyClaimed):
        line.claim(talk, user)


@pytest.mark.parametrize("role", ["counsellor", "trainee", "supervisor", "administrator"])
def test_people_who_talk_with_visitors_may_claim(line: Line, role: str) -> None:
    assert line.claim(waiting(line), line.user(role=role)) == 1


def test_researcher_cannot_claim(line: Line) -> None:
    talk = waiting(line)
    with pytest.raises(NotFound):
        line.claim(talk, line.user(role="researcher"))
    assert (line.row(talk).state, line.row(talk).lease, line.count(Claim)) == ("waiting", 0, 0)


def test_claim_of_what_does_not_wait_is_refused(line: Line) -> None:
    user = line.user()
    for talk in ("no such conversation", line.open()):
        with pytest.raises(AlreadyClaimed):
            line.claim(talk, user)


def test_bot_is_silent_from_the_commit_of_the_claim(line: Line) -> None:
    talk, user = waiting(line), line.user()
    line.says(talk, "nog een bericht")
    line.claim(talk, user)
    assert [turn.outcome for turn in line.rows(BotTurn)] == ["answered", "silent"]
    line.says(talk, "en nog een")
    assert (line.hold(talk), line.count(BotTurn)) == (None, 2)


def test_claim_reads_the_form_in_which_the_visitor_is_addressed(line: Line) -> None:
    talk, user = waiting(line, "kunt u mij helpen, ik wil dood"), line.user()
    line.claim(talk, user)
    said = line.said(talk)[-1].text
    assert said == line.resources.texts.say("mens.overgenomen", form="u", naam="Anna", rol="medewerker")
    memory = line.read(lambda s: conversations.recall(s.get_one(Conversation, talk), line.resources))
    assert memory.profile.form == "u"
