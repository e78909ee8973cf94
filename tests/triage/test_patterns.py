"""The small pattern language of the rules."""

import pytest

from handoff.triage.patterns import BadPattern, Pattern, compile_pattern
from handoff.triage.view import Shapes, View

LISTS = {"ik": ["ik", "ikke"], "weg": ["weg", "er niet meer"], "leeg": []}


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        ("niet meer", "ik wil niet meer zo", True),
        ("niet meer", "niet veel meer", False),
        ("niet meer", "nietmeer", False),
        ("dood", "doodmoe", False),
        ("dood*", "doodmoe", True),
        ("*moord", "zelfmoord plegen", True),
        ("*moord*", "zelfmoordplan", True),
        ("(wil|zou) weg", "ik zou weg", True),
        ("(wil|zou graag) weg", "ik zou graag weg", True),
        ("(wil|zou) weg", "ik moet weg", False),
        ("wil .. weg", "wil hier nu weg", True),
        ("wil .. weg", "wil weg", True),
        ("wil .. weg", "wil hier nu echt weg", False),
        ("wil ... weg", "wil hier nu echt heel ver weg", True),
        ("wil ... weg", "wil . ik ga weg", False),
        ("wil [echt|zo] weg", "wil weg", True),
        ("wil [echt|zo] weg", "wil echt weg", True),
        ("wil [echt|zo] weg", "wil nooit weg", False),
        ("<ik> wil", "ikke wil", True),
        ("<ik> wil", "hij wil", False),
        ("wil <weg>", "wil er niet meer zijn", True),
        ("moeder & slaat", "moeder drinkt en slaat", True),
        ("moeder & slaat", "hij slaat vaak mijn moeder", True),
        ("moeder & slaat", "moeder is lief . hij slaat", False),
        ("moeder & slaat", "moeder a b c d e f g h i j slaat", False),
        ("a.b", "axb", False),
    ],
)
def test_pattern_holds_where_it_says(pattern: str, text: str, holds: bool) -> None:
    compiled = compile_pattern(pattern, LISTS)
    view = seen_by(compiled, text)
    assert (compiled.holds(view), bool(list(compiled.places(view)))) == (holds, holds)


@pytest.mark.parametrize("pattern", ["<niemand> wil", "(wil", "[wil", "(a [b) c]", "wil)", "wil]"])
def test_pattern_that_cannot_be_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(BadPattern) as caught:
        compile_pattern(pattern, LISTS)
    assert str(caught.value)


def test_places_are_found_in_order_and_do_not_overlap() -> None:
    compiled = compile_pattern("dood dood", LISTS)
    for count, spans in ((0, []), (1, []), (5, [(0, 10), (10, 20)])):
        assert [match.span() for match in compiled.places(seen_by(compiled, "dood " * count))] == spans


def test_blanked_words_hold_no_pattern_any_more() -> None:
    compiled = compile_pattern("dood", LISTS)
    view = seen_by(compiled, "ik dood en dood")
    assert [match.start() for match in compiled.places(view, " ik ____ en dood ")] == [11]


def seen_by(pattern: Pattern, text: str) -> View:
    return View(f" {text.strip()} ", Shapes(pattern.items))
