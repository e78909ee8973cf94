"""The list of known words is what its command makes of the training data, and holds no word of one author alone."""

from evaluation.words import PATH, PLAIN, known_words, plain_words, texts


def test_list_is_up_to_date() -> None:
    assert PATH.read_text(encoding="utf-8").split() == known_words(list(texts())), "./nachtlicht evaluate words makes it anew"


def test_a_word_counts_when_two_authors_wrote_it_three_times() -> None:
    written = [("a", "regen regen wolk wolk wolk"), ("b", "regen en nog wat wind wind"), ("c", "nie nie nie"), ("d", "nie")]
    assert known_words(written) == ["niet", "regen"]


def test_plain_words_are_up_to_date_and_hold_no_names() -> None:
    written = [text for _, text in texts()]
    words = known_words(list(texts()))
    assert PLAIN.read_text(encoding="utf-8").split() == plain_words(words, written), "./nachtlicht evaluate words makes it anew"
    assert plain_words(["moe", "roos"], ["zo moe", "Moe ben ik, heel moe.", "mijn zus Roos is moe", "een roos"]) == ["moe"]
