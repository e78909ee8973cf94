"""The summary at the end: at most two calm sentences of the visitor, none with means, abuse or names; nothing quoted after danger."""

import pytest

from handoff.resources import Resources
from handoff.summary import MOST_READ, Quotable, quotes
from handoff.triage.reading import Part, Reading
from tests.handoff.line import CRISIS, Line

CALM = "Ik slaap al weken slecht door mijn werk. Mijn baas heet Kees van Loenen en woont in Sneek. Ik zie op tegen maandag."
SUMMARY = [
    {"move": "summary", "theme": "stress", "step": True},
    {"move": "say", "keys": ["bot.afscheid"], "kind": "text"},
    {"move": "close"},
]


@pytest.mark.parametrize(
    "sentence",
    [
        "mijn collega Kees doet altijd zo naar mij",
        "ik woon met mijn moeder op de Ganzenveerlaan",
        "ik heb dat in 2019 ook al eens gehad",
        "mijn man heeft mij vorige maand geslagen",
        "ik drink elke avond om te kunnen slapen",
        "ik heb de pillen van mijn moeder bewaard",
        "vroeger ben ik door mijn oom misbruikt",
        "soms denk ik dat ze beter af zijn zonder mij",
        "ik dank u hartelijk voor dit gesprek",
        "moe",
        "het regent hier al de hele dag zeg",
        "mijn vriendin lisa zegt dat ik moet rusten",
    ],
)
def test_such_a_sentence_is_never_quoted(resources: Resources, sentence: str) -> None:
    assert quotes([(sentence, 1)], resources.quotable, resources.triage.read) == []


def test_each_guard_holds_something_back(resources: Resources) -> None:
    sentence = "ik drink elke avond om te kunnen slapen"

    def read(text: str) -> Reading:
        return Reading(0, (), Part(0), None, "calm")

    bare = Quotable(resources.quotable.plain, ("qqq",))
    assert quotes([(sentence, 1)], bare, read) == [sentence]
    name = "ik mis mijn vriendin lisa nog elke dag"
    everybody = Quotable(resources.quotable.plain | {"lisa"}, ("qqq",))
    assert quotes([(name, 1)], everybody, read) == [name]


def test_calm_sentences_are_quoted_in_order_and_two_at_most(resources: Resources) -> None:
    told = [(CALM, 1), ("ik kan het thuis niet goed uitleggen", 1), ("ik wil gewoon weer eens lachen met mijn kinderen", 1)]
    found = quotes(told, resources.quotable, resources.triage.read)
    assert found == ["Ik slaap al weken slecht door mijn werk", "ik kan het thuis niet goed uitleggen"]


def test_a_grave_message_is_not_quoted(resources: Resources) -> None:
    assert quotes([("Ik slaap al weken slecht door mijn werk", 3)], resources.quotable, resources.triage.read) == []


def test_the_end_of_a_talk_sums_up_what_was_said_and_given(line: Line) -> None:
    talk = line.open()
    line.says(talk, CALM)
    line.answers(talk, moves=[{"move": "offer_referrals", "theme": "stress", "sub": "werk", "perspective": "zelf", "now": False}])
    line.says(talk, "nee dank je")
    line.answers(talk, moves=SUMMARY)
    summary, farewell = line.said(talk)[-2:]
    assert "stress" in summary.text
    assert "“Ik slaap al weken slecht door mijn werk”." in summary.text
    assert "Kees" not in summary.text
    assert "Hier kun je terecht: " in summary.text
    assert line.row(talk).state == "closed"
    assert farewell.kind == "text"


def test_after_danger_nothing_is_quoted(line: Line) -> None:
    talk = line.open()
    line.says(talk, CALM)
    line.answers(talk)
    line.says(talk, CRISIS)
    line.answers(talk, moves=SUMMARY)
    assert not any("Je schreef" in said.text for said in line.said(talk))


def test_a_message_of_a_thousand_sentences_is_hardly_read_again(resources: Resources) -> None:
    asked = []

    def read(text: str) -> Reading:
        asked.append(text)
        return Reading(3, (), Part(3), None, "grave")

    assert quotes([("ik slaap al weken slecht door mijn werk. " * 1_000, 1)] * 12, resources.quotable, read) == []
    assert len(asked) == 12 * MOST_READ
