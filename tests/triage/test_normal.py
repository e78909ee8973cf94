"""From typed Dutch to words that rules can match, each still knowing where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.triage.lexicon import load_lexicon
from handoff.triage.normal import MOST_READ, TAIL, Spelling, fold, last_words, normalise, windows

SPELLING = load_lexicon().spelling
SMALL = Spelling(
    {"k": "ik", "kwil": "ik wil", "nimeer": "niet meer", "zelfmoort": "zelfmoord"}, frozenset({"zelfmoord", "dood", "snijden"})
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Ik WIL Dood", "ik wil dood"),
        ("ik wíl dóód", "ik wil dood"),
        ("ik wil doooood", "ik wil dood"),
        ("ik wil dood!!!", "ik wil dood ."),
        ("kwil nimeer", "ik wil niet meer"),
        ("k wil weg", "ik wil weg"),
        ("zelfmoort", "zelfmoord"),
        ("z e l f m o o r d", "zelfmoord"),
        ("z.e.l.f.m.o.o.r.d", "zelfmoord"),
        ("z-e-l-f-m-o-o-r-d", "zelfmoord"),
        ("z*lfm**rd", "zelfmoord"),
        ("zelfm0ord", "zelfmoord"),
        ("d00d", "dood"),
        ("zelf\u200bmoord", "zelfmoord"),
        ("ｚｅｌｆｍｏｏｒｄ", "zelfmoord"),
        ("zelfmoordd", "zelfmoord"),
        ("ik, jij. wij? zij", "ik , jij . wij . zij"),
        ("regel\nregel", "regel . regel"),
        ("", ""),
        ("😢😢", ""),
        ("...", "."),
    ],
)
def test_typed_words_are_read_as_rules_write_them(typed: str, read: str) -> None:
    assert normalise(typed, SMALL).text.strip() == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ÖLMEK İstiyorum, yaşamak ISTIYORUM", "olmek istiyorum , yasamak istiyorum"),
        ("ılık ağaç", "ilik agac"),
        ("Żyć? Łódź, chcę", "zyc . lodz , chce"),
        ("Мій тато б’є", "мій тато бє"),
        ("Мій Її", "мій її"),
        ("Ґвалтує", "гвалтує"),
        ("أُريدُ أنْ أموت، ساعدوني؟ نعم؛ لا", "اريد ان اموت , ساعدوني . نعم . لا"),
        ("مـــدرسة على مدرسه", "مدرسه علي مدرسه"),
        ("ﺃﻣﻮﺕ", "اموت"),
        ("weiß Straße", "weiss strasse"),
        ("ma sœur", "ma soeur"),
    ],
)
def test_letters_of_other_languages_stay_readable(typed: str, read: str) -> None:
    assert normalise(typed, Spelling({}, frozenset())).text.strip() == read


@pytest.mark.parametrize(
    "typed", ["het is tien uur", "a b", "ik ben 14", "p.s. tot zo", "we e-mailen", "m'n moeder", "moord en brand", "rood", "doos"]
)
def test_everyday_words_are_not_bent_into_key_words(typed: str) -> None:
    assert {"zelfmoord", "dood", "snijden"} & set(normalise(typed, SMALL).text.split()) == set()


@pytest.mark.parametrize(
    ("typed", "word", "words"),
    [
        ("ik wil dood", "dood", "dood"),
        ("😢 ééh, dóód!", "dood", "dóód"),
        ("👩‍👩‍👧 zo z e l f m o o r d nu", "zelfmoord", "z e l f m o o r d"),
        ("z.e.l.f.m.o.o.r.d", "zelfmoord", "z.e.l.f.m.o.o.r.d"),
        ("dus z*lfm**rd.", "zelfmoord", "z*lfm**rd"),
        ("kwil weg", "wil", "kwil"),
        ("e\u0301e\u0301n dood", "dood", "dood"),
        ("ﬁets dood", "dood", "dood"),
        ("İİ dood", "dood", "dood"),
    ],
)
def test_span_of_a_word_is_where_it_was_typed(typed: str, word: str, words: str) -> None:
    normal = normalise(typed, SMALL)
    at = normal.text.index(f" {word} ")
    start, end = normal.span(at, at + len(word) + 1)
    assert typed[start:end].strip() == words


@given(st.text(max_size=200))
def test_spans_lie_in_the_text_and_in_order(typed: str) -> None:
    normal = normalise(typed, SPELLING)
    assert len(normal.words) == len(normal.starts)
    assert all(0 <= word.start < word.end <= len(typed) for word in normal.words)
    assert [word.start for word in normal.words] == sorted(word.start for word in normal.words)
    assert normal.text == " " + " ".join(word.text for word in normal.words) + " "
    for word, at in zip(normal.words, normal.starts, strict=True):
        assert normal.text[at : at + len(word.text)] == word.text
        assert " " not in word.text


@given(st.text(max_size=300))
def test_fold_keeps_an_index_for_every_character(typed: str) -> None:
    folded, at = fold(typed)
    assert len(folded) == len(at)
    assert at == sorted(at)
    assert all(0 <= index < len(typed) for index in at)


@given(st.text(min_size=1, max_size=40), st.integers(1, 3 * MOST_READ), st.sampled_from([400, 2_000, 4_000]))
def test_windows_of_a_text_overlap_and_leave_out_only_the_middle_of_the_longest(words: str, length: int, size: int) -> None:
    typed = (words * (length // len(words) + 1))[:length]
    parts = windows(typed, size, overlap=100)
    assert all(0 < len(part) <= size and typed[at : at + len(part)] == part for at, part in parts)
    seen = 0  # characters read so far, without a hole
    for at, part in parts:
        if at > seen:
            assert length > MOST_READ
            assert (seen, at) == (MOST_READ - TAIL, length - TAIL)
        seen = at + len(part)
    assert seen == length


def test_two_spellings_do_not_mix() -> None:
    other = Spelling({"k": "kilo"}, frozenset())
    assert [normalise("k", spelling).text.strip() for spelling in (SMALL, other, SMALL)] == ["ik", "kilo", "ik"]


def test_windows_do_not_cut_a_word_in_two() -> None:
    typed = "broodje koffie en een lang verhaal. " * 300
    whole = {word.text for word in normalise(typed, SMALL).words}
    for _, part in windows(typed, 400):
        assert {word.text for word in normalise(part, SMALL).words} <= whole


@pytest.mark.parametrize(
    ("text", "end"),
    [("een twee drie", "een twee drie"), ("een twee drie vier vijf", "drie vier vijf"), ("a" * 40, "a" * 16), ("", "")],
)
def test_last_words_are_bounded_and_whole_where_there_is_a_gap(text: str, end: str) -> None:
    assert last_words(text, 16) == end
