"""The tracker store remembers a turn and nothing after it."""

import asyncio

from rasa.shared.core.domain import Domain

from bot.tracker_store import ForgetfulTrackerStore

DOMAIN = Domain.load("bot/domain.yml")


def test_turn_begins_with_the_slots_that_were_carried_in():
    store = ForgetfulTrackerStore(DOMAIN)
    store.begin("t1", {"dialogue": {"theme": "angst"}})
    assert asyncio.run(store.retrieve("t1")).get_slot("dialogue") == {"theme": "angst"}


def test_nothing_is_left_after_a_turn():
    store = ForgetfulTrackerStore(DOMAIN)
    store.begin("t1", {})
    tracker = store.end("t1")
    asyncio.run(store.save(tracker))
    assert (asyncio.run(store.retrieve("t1")), list(asyncio.run(store.keys()))) == (None, [])


def test_two_turns_do_not_see_each_other():
    store = ForgetfulTrackerStore(DOMAIN)
    store.begin("t1", {"dialogue": {"theme": "angst"}})
    store.begin("t2", {"dialogue": {"theme": "rouw"}})
    assert store.end("t2").get_slot("dialogue") == {"theme": "rouw"}
    assert store.end("t1").get_slot("dialogue") == {"theme": "angst"}
