"""A visitor's messages: stored once, numbered without gaps, long ones in parts, and a closed conversation opens again."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from handoff import conversations, deadlines, incoming, queue
from handoff.errors import UnknownToken
from handoff.memory import Memory
from handoff.models import BotTurn, Conversation, Deadline, Message, Outbox, Reading
from handoff.triage.reading import Part
from handoff.triage.reading import Reading as TriageReading
from handoff.wire import MAX_MESSAGE
from tests.handoff.line import CRISIS, WORRY, Line


def test_conversation_begins_with_the_welcome_in_its_order(line: Line) -> None:
    talk = line.open()
    texts = line.resources.texts
    assert [(said.seq, said.sender, said.kind, said.text) for said in line.said(talk)] == [
        (number, "bot", "text", texts.say(key, lijn="Nachtlicht"))
        for number, key in enumerate(("welkom.bot", "welkom.anoniem", "welkom.gevaar", "welkom.vraag"), start=1)
    ]
    row = line.row(talk)
    assert (row.state, row.urgency, row.last_seq, row.owner_id, row.lease) == ("bot", 0, 4, None, 0)
    assert [(d.kind, d.due_at) for d in line.rows(Deadline)] == [("idle", row.created_at + timedelta(minutes=45))]


def test_token_is_not_kept_and_reaches_its_own_conversation_only(line: Line) -> None:
    (first, token), (second, other) = line.open_with_token(), line.open_with_token()
    found = [line.read(lambda s, t=t: conversations.by_token(s, line.resources, t).id) for t in (token, other)]  # type: ignore[misc]
    assert found == [first, second]
    assert {row.token_hash for row in line.rows(Conversation)} & {token.encode(), other.encode()} == set()
    for forged in ("", token[:-1], token + "A", first, "x" * 43):
        with pytest.raises(UnknownToken):
            line.read(lambda s, t=forged: conversations.by_token(s, line.resources, t))  # type: ignore[misc]


def test_message_is_stored_once_for_each_client_id(line: Line) -> None:
    talk, other = line.open(), line.open()
    first = line.says(talk, WORRY, client_id="same-id-1")
    later = line.says(talk, "en nog iets", client_id="same-id-2")
    assert [first, later, line.says(talk, WORRY, client_id="same-id-1"), line.says(talk, "anders", client_id="same-id-1")] == [5, 6, 5, 5]
    assert line.says(other, WORRY, client_id="same-id-1") == 5
    assert [said.text for said in line.said(talk, after=4)] == [WORRY, "en nog iets"]
    assert line.count(BotTurn, conversation_id=talk) == 2


def test_crisis_message_sent_again_changes_nothing(line: Line) -> None:
    talk = line.open()
    seq = line.says(talk, CRISIS, client_id="crisis-id-1")
    before = (line.said(talk), line.count(Outbox), line.count(Reading))
    assert line.says(talk, CRISIS, client_id="crisis-id-1") == seq
    assert (line.said(talk), line.count(Outbox), line.count(Reading)) == before


def test_parallel_resends_of_one_message_store_it_once(line: Line) -> None:
    talk = line.open()
    for attempt in range(5):
        client_id = f"resent-{attempt:04}"
        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(lambda _, c=client_id: line.says(talk, WORRY, client_id=c), range(8)))  # type: ignore[misc]
        assert numbers == [5 + attempt] * 8
    assert line.count(Message, conversation_id=talk, sender="visitor") == 5


def test_numbers_have_no_gaps_under_eight_writers(line: Line) -> None:
    talk = line.open()
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda writer: [line.says(talk, f"{writer} schrijft") for _ in range(6)], range(8)))
    assert all(numbers == sorted(numbers) for numbers in given)
    assert sorted(number for numbers in given for number in numbers) == list(range(5, 53))
    assert [said.seq for said in line.said(talk)] == list(range(1, 53))
    assert line.row(talk).last_seq == 52


def test_refused_message_takes_no_number(line: Line) -> None:
    talk = line.open()

    def broken(session: object) -> None:
        sent = incoming.Incoming("broken-id-1", WORRY, None, line.resources.triage.read(WORRY))
        incoming.visitor_says(session, line.resources, talk, sent)  # type: ignore[arg-type]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        line.write(broken)
    assert line.says(talk, WORRY) == 5


@pytest.mark.parametrize(("length", "parts"), [(MAX_MESSAGE, 1), (MAX_MESSAGE + 1, 2), (2 * MAX_MESSAGE, 2), (20_000, 5)])
def test_long_text_is_stored_in_parts_without_losing_a_character(line: Line, length: int, parts: int) -> None:
    talk = line.open()
    text = ("woord é 🌙 " * (length // 10 + 1))[: length - 1] + "."
    assert line.says(talk, text, client_id="long-text-1") == 5
    stored = line.said(talk, after=4)
    assert [said.seq for said in stored] == list(range(5, 5 + parts))
    assert "".join(said.text for said in stored) == text
    assert max(len(said.text) for said in stored) <= MAX_MESSAGE
    assert line.says(talk, text, client_id="long-text-1") == 5  # sent again: nothing new, the same number
    assert line.row(talk).last_seq == 4 + parts
    assert [turn.seq for turn in line.rows(BotTurn)] == [4 + parts]  # answered once


def test_closed_conversation_opens_again_when_the_visitor_writes(line: Line) -> None:
    talk = _closed(line)
    line.says(talk, WORRY)
    row = line.row(talk)
    assert (row.state, row.closed_at, row.urgency) == ("bot", None, line.resources.triage.read(WORRY).level)
    assert line.answers(talk) == "answered"


def test_closed_conversation_opens_into_the_queue_on_danger(line: Line) -> None:
    talk = _closed(line)
    line.says(talk, CRISIS)
    row = line.row(talk)
    assert (row.state, row.closed_at, row.waiting_since) == ("waiting", None, line.resources.clock.now())


@pytest.mark.parametrize("words", [WORRY, CRISIS])
def test_words_of_a_conversation_that_opened_again_are_not_erased_by_the_old_deadline(line: Line, words: str) -> None:
    talk = _closed(line)
    line.resources.clock.move(days=29)  # type: ignore[attr-defined]
    line.says(talk, words)
    line.resources.clock.move(days=2)  # type: ignore[attr-defined]
    line.tick()
    assert [said.text for said in line.said(talk)][-1] != ""
    assert line.row(talk).erased_at is None


def test_erased_conversation_takes_no_message(line: Line) -> None:
    talk = _closed(line)
    line.resources.clock.move(days=31)  # type: ignore[attr-defined]
    line.tick()
    with pytest.raises(UnknownToken):
        line.says(talk, WORRY)


def test_reading_of_both_readers_is_kept_with_version_and_evidence(line: Line) -> None:
    talk = line.open()
    seq = line.says(talk, CRISIS)
    rows = line.rows(Reading)
    assert [(row.source, row.seq, row.version) for row in rows] == [
        ("screen", seq, line.resources.triage.version),
        ("model", seq, line.resources.triage.version),
    ]
    assert (rows[0].level >= 3, "suicidaliteit" in rows[0].kinds) == (True, True)
    assert rows[1].confidence is not None


def test_choice_to_go_on_is_remembered_for_the_person_who_reviews(line: Line) -> None:
    talk = line.open()
    line.says(talk, CRISIS)
    line.says(talk, "Het gaat, ik wil verder", choice="verder")
    memory = line.read(lambda s: conversations.recall(s.get_one(Conversation, talk), line.resources))
    row = line.row(talk)
    assert (memory.went_on, row.state, row.urgency >= 3) == (True, "waiting", True)


def _closed(line: Line) -> str:
    talk = line.open()
    line.says(talk, "hallo")
    line.answers(talk)
    now = line.resources.clock.now()

    def command(session: object) -> None:
        row = conversations.lock(session, talk)  # type: ignore[arg-type]
        queue.close(session, line.resources, row, actor="visitor", reason=uuid.uuid4().hex, now=now)  # type: ignore[arg-type]

    line.write(command)
    assert [d.kind for d in line.rows(Deadline)] == [deadlines.RETENTION]
    return talk


@pytest.mark.parametrize(
    ("screen", "confidence", "asked"),
    [
        (False, 0.12, [False, True, True]),
        (False, 0.2, [True, True, True]),
        (True, 0.0, [False, True, True]),
        (True, 0.1, [True, True, True]),
        (False, 0.05, [False] * 3),
    ],
)
def test_a_faint_sign_waits_for_a_second_one_before_the_direct_question(
    line: Line, screen: bool, confidence: float, asked: list[bool]
) -> None:
    talk = line.open()
    doubt = screen or confidence >= 0.1
    reading = TriageReading(1, (), Part(0, weak=screen), Part(1, confidence=confidence, weak=confidence >= 0.1), "test", (), doubt)
    for number in range(3):
        sent = incoming.Incoming(f"client-{number}-{talk}", "ik lig wakker", None, reading)
        line.write(lambda s, sent=sent: incoming.visitor_says(s, line.resources, talk, sent))  # type: ignore[misc]
    assert [turn.doubt for turn in line.rows(BotTurn)] == asked


def test_a_calm_message_between_two_faint_signs_forgets_neither(line: Line) -> None:
    memory = Memory()
    faint = TriageReading(1, (), Part(0), Part(1, confidence=0.15, weak=True), "test", (), True)
    calm = TriageReading(1, (), Part(0), Part(1, confidence=0.01), "test")
    assert [incoming.ask_directly(one, memory) for one in (faint, calm, faint)] == [False, False, True]


def test_who_says_not_to_want_to_die_is_not_asked(line: Line) -> None:
    calm = line.resources.triage.read("nee dat niet, ik wil niet dood, ik ben gewoon leeg")
    assert calm.screen.calmed
    assert not incoming.ask_directly(replace(calm, doubt=True), Memory(faint=True))
