"""Small signs in a visitor's words: je or u, which country, which age. What is known is only changed by a stronger sign."""

import pytest

from handoff.visitor_profile import Profile, ProfileReader, load_profile_reader


@pytest.fixture(scope="module")
def reader() -> ProfileReader:
    return load_profile_reader()


def test_profile_keeps_what_it_knows(reader: ProfileReader) -> None:
    profile = reader.update(Profile(), "ik ben 15, uit vlaanderen")
    assert (profile.form, profile.country, profile.age, profile.minor) == ("je", "BE", 15, True)
    assert reader.update(profile, "het gaat niet goed") == profile
    assert reader.update(profile, "") == profile


@pytest.mark.parametrize(
    ("words", "country"),
    [
        ("ik woon in België", "BE"),
        ("IK WOON IN GENT", "BE"),
        ("het CLB belde", "BE"),
        ("de GGZ heeft een wachtlijst", "NL"),
        ("ik woon in Den Haag", "NL"),
        ("'k zen ambetant, amai, en ge weet ni", "BE"),
        ("ik pieker veel", None),
        ("de agent was aardig", None),
    ],
)
def test_country_is_read_from_whole_words(reader: ProfileReader, words: str, country: str | None) -> None:
    assert reader.update(Profile(), words).country == country


@pytest.mark.parametrize(
    ("words", "form"), [("kunt u mij helpen", "u"), ("wat vindt U ervan", "u"), ("kun jij helpen, of u", "je"), ("nu even niet", "je")]
)
def test_form_follows_the_visitor(reader: ProfileReader, words: str, form: str) -> None:
    assert reader.update(Profile(), words).form == form


@pytest.mark.parametrize(
    ("words", "age", "minor"),
    [
        ("ik ben 14", 14, True),
        ("ik ben net 18", 18, False),
        ("ik word morgen 17", 17, True),
        ("(m16)", 16, True),
        ("vrouw 43", 43, False),
        ("ik zit in de brugklas", None, True),
        ("ik ben 2 keer verhuisd", None, False),
        ("mijn dochter werd 9 keer gebeld", None, False),
        ("in 2019", None, False),
        ("ik ben nu 11", 11, True),
        ("mijn dochter is 9 jaar oud", None, False),
        ("hij is 12 jaar oud en luistert niet", None, False),
        ("mijn jongen 8", None, False),
        ("ik werd 9, toen ging mijn vader weg", None, False),
        ("ik werd gisteren 12", 12, True),
        ("hoi. meisje 13", 13, True),
    ],
)
def test_age_is_read_with_sense(reader: ProfileReader, words: str, age: int | None, minor: bool) -> None:
    profile = reader.update(Profile(), words)
    assert (profile.age, profile.minor) == (age, minor)


@pytest.mark.parametrize(
    ("words", "reader_is"),
    [
        ("ik ben 9", "kind"),
        ("ik ben 12", "kind"),
        ("ik ben 13", "jong"),
        ("ik ben 17", "jong"),
        ("ik ben 18", ""),
        ("mijn juf is boos", "kind"),
        ("ik zit in groep 7", "kind"),
        ("ik zit in de brugklas", "jong"),
        ("ik zit in groep 8 en ik ben 13", "jong"),
        ("het gaat niet goed", ""),
        ("mijn zoon is 9 jaar oud", ""),
    ],
)
def test_words_are_chosen_by_age_and_by_signs_of_a_child(reader: ProfileReader, words: str, reader_is: str) -> None:
    assert reader.update(Profile(), words).reader == reader_is
    assert reader.update(Profile(perspective="professional"), words).reader == ""


@pytest.mark.parametrize(
    ("words", "form"),
    [("ik ben 78 jaar", "u"), ("ik ben 78 jaar, help je me", "je"), ("ik ben 45", "je"), ("ge weet ni wat dat met u doet", "je")],
)
def test_elderly_visitor_is_called_u_and_the_flemish_u_beside_ge_is_familiar(reader: ProfileReader, words: str, form: str) -> None:
    assert reader.update(Profile(), words).form == form


ADULTS = [
    "ik ben 12 jaar getrouwd",
    "ik ben 10 kilo afgevallen",
    "ik ben 6 maanden zwanger",
    "ik ben 15 jaar geleden gescheiden",
    "ik ben juf op een basisschool",
    "mijn dochter zit in groep 7",
]


@pytest.mark.parametrize("words", ADULTS)
def test_adult_is_not_taken_for_a_child(reader: ProfileReader, words: str) -> None:
    assert reader.update(Profile(), words).minor is False


@pytest.mark.parametrize(
    ("words", "sign", "who"),
    [
        ("mijn dochter zegt dat ze dood wil", "dood wil", "naaste"),
        ("ik ben bang dat mijn broer er een eind aan maakt", "eind aan maakt", "naaste"),
        ("ik krijg hem niet wakker. ik ben alleen thuis", "niet wakker", "naaste"),
        ("mijn moeder is dood. ik wil ook dood", "ik wil ook dood", "zelf"),
        ("Mijn zoon is weg. Zonder hem wil ik naar hem toe", "naar hem toe", "zelf"),
        ("hij hoeft mij nooit meer te zien, ik maak er een eind aan", "eind aan", "zelf"),
        ("wil niet meer leven", "niet meer leven", None),
        ("", "", None),
    ],
)
def test_who_is_in_danger_is_read_from_the_sentence_of_the_sign(reader: ProfileReader, words: str, sign: str, who: str | None) -> None:
    at = words.index(sign)
    assert reader.in_danger(words, [(at, at + len(sign))]) == who


def test_who_is_in_danger_is_unknown_without_a_sign(reader: ProfileReader) -> None:
    assert reader.in_danger("mijn dochter wil dood", []) is None
