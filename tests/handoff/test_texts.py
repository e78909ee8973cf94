"""Every sentence a visitor reads: it exists, it is short and calm, and its numbers come from the directory."""

import re
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff import errors
from handoff import texts as texts_module
from handoff.emergency import ORDER
from handoff.referrals import DANGER_THEMES, Directory
from handoff.render import WHY_BY_ROLE
from handoff.states import State
from handoff.texts import BadTexts, Texts, load_texts
from tests.handoff import content

FAMILIES = (
    "welkom", "bot", "vraag", "antwoord", "knop", "thema", "gehoord", "zelfhulp", "verwijs", "waarom", "nood", "nummers", "wacht",
    "mens", "einde", "fout", "taal",
)  # fmt: skip
KEY = re.compile(rf"(?:{'|'.join(FAMILIES)})(?:\.[a-z_]+)+")
THEMES: dict[str, Any] = yaml.safe_load((content.PACKAGE / "content" / "themes.yml").read_text(encoding="utf-8"))
NAMES = [theme for theme in THEMES["themes"] if theme != "geen"]
SHOWN_TO_VISITORS = ("empty", "too_long", "too_fast", "bad_frame", "unknown_token", "no_conversation", "afgekapt", "internal", "not_found")
FORBIDDEN = re.compile(
    r"gepleegd|geslaagd|mislukt|zelfmoord|beloof|garandeer|altijd bij (?:je|u)|ik blijf altijd|komt (?:alles )?goed|er komt zo"
    r"|begrijp precies|blijft onder ons|strikt geheim",
    re.I,
)
JE = re.compile(r"\b(?:je|jij|jou|jouw|jezelf)\b", re.I)
U = re.compile(r"\b(?:u|uw|uzelf)\b", re.I)
GROUPS = ("geweld", "seksueel_geweld", "kind", "medisch")
LONGEST = 15  # words of a sentence


def test_every_key_in_the_code_has_a_text(texts: Texts) -> None:
    used = {(name, words) for name, words in content.strings_of("handoff", "actions") if KEY.fullmatch(words)}
    assert len(used) > 60  # the search finds what it looks for
    assert sorted((name, key) for name, key in used if key not in texts) == []


def test_every_key_that_code_builds_has_a_text(texts: Texts) -> None:
    kinds = (*ORDER, "algemeen")
    built = [
        *(f"fout.{code}" for code in SHOWN_TO_VISITORS),
        *(f"thema.{theme}" for theme in NAMES),
        *(f"gehoord.{theme}" for theme in NAMES),
        *(f"nood.{kind}" for kind in kinds),
        *(f"nood.{kind}.{who}" for kind, who in product(kinds, ("acuut", "naaste")) if (kind, who) != ("gevaar_voor_ander", "kind")),
        *(f"nummers.{place}" for place in ("nl", "be", "onbekend")),
        *(f"nummers.{group}.{place}" for group, place in product(GROUPS, ("nl", "be", "onbekend"))),
        *(f"waarom.{role}" for role in WHY_BY_ROLE),
    ]  # fmt: skip
    assert [key for key in built if key not in texts] == []


def test_self_help_exists_for_every_theme_or_its_sub_themes(texts: Texts) -> None:
    without = [
        theme
        for theme in NAMES
        if f"zelfhulp.{theme}" not in texts and any(f"zelfhulp.{theme}.{sub}" not in texts for sub in THEMES["themes"][theme]["sub"])
    ]
    assert without == []
    for theme in ("angst", "partnerrelatie", "sociaal"):  # the full conversations of the first issue
        for sub in THEMES["themes"][theme]["sub"]:
            assert f"gehoord.{theme}.{sub}" in texts
            assert f"zelfhulp.{theme}.{sub}" in texts


def test_error_codes_that_reach_a_visitor_are_those_of_the_errors() -> None:
    codes = {error.code for error in vars(errors).values() if isinstance(error, type) and issubclass(error, errors.HandoffError)}
    assert set(SHOWN_TO_VISITORS) - codes == {"no_conversation", "afgekapt"}  # said without an error behind them


def test_every_word_of_the_page_that_its_script_or_template_asks_for_exists(texts: Texts) -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (content.PACKAGE / "static" / "visitor").glob("*.js")]
    page = (content.PACKAGE / "templates" / "visitor.html").read_text(encoding="utf-8")
    keys = {f"page.{key}" for source in scripts for key in re.findall(r"\bsay\(\s*[\"']([a-z_]+)[\"']", source)}
    keys |= set(re.findall(r"t\['(page\.[a-z_]+)'\]", page))
    keys |= {f"page.state_{state.value}" for state in State}
    assert len(keys) > 40
    assert sorted(key for key in keys if not texts.page.get(key)) == []


def test_themes_and_kinds_in_the_code_are_those_of_the_content(directory: Directory) -> None:
    urgency = yaml.safe_load((content.PACKAGE / "content" / "urgency.yml").read_text(encoding="utf-8"))
    assert set(NAMES) >= DANGER_THEMES
    assert set(ORDER) == set(urgency["crisis_kinds"])
    assert sorted(urgency["levels"]) == [0, 1, 2, 3, 4]
    named = {theme for entry in directory.entries.values() for theme in entry.themes}
    assert named - set(NAMES) <= {"any"}
    assert len(NAMES) == 18
    assert set(THEMES["perspective"]) == {"zelf", "naaste", "professional"}


def all_written() -> list[tuple[str, str]]:
    return [*content.written(texts_module.FOLDER), *content.page_words(), *content.script_strings()]


def test_no_sentence_shouts() -> None:
    said = [*content.written(texts_module.FOLDER), *content.page_words()]
    assert [(key, words) for key, words in said if "!" in words] == []
    assert [(name, words) for name, words in content.script_strings() if re.search(r"[A-Za-z]!(\s|$)", words)] == []


EXAMPLES = re.compile(r"\b\d{1,2}\.\d{2}\b|\b\d{4}-\d{2}-\d{2}\b|(?<=werkplek )\d|(?<=dienst )\d")


def test_no_digit_stands_in_a_text_but_24_uur() -> None:
    said = [*content.written(texts_module.FOLDER), *content.page_words()]
    bare = [(key, content.FACT.sub("", words).replace("24 uur", "")) for key, words in said]
    # the page where staff type hours and rungs shows them how
    bare = [(key, EXAMPLES.sub("", words) if key == "planning.html" else words) for key, words in bare]
    assert [(key, words) for key, words in bare if re.search(r"\d", words)] == []


def test_no_telephone_number_stands_in_a_script() -> None:
    number = re.compile(r"(?<![\d#.])(?:112|113|1813|1712|1733|106|0[89]00[\s-]?\d{3,}|0\d{1,3}[\s-]\d{5,}|\d{3} \d{2} \d{2} \d{2})(?!\d)")
    assert [(name, words) for name, words in content.script_strings() if number.search(words)] == []
    assert number.search("bel 113") is not None


def test_numbers_never_shown_stand_nowhere(directory: Directory, texts: Texts) -> None:
    never = yaml.safe_load((content.PACKAGE / "content" / "numbers_never_shown.yml").read_text(encoding="utf-8"))
    numbers = {re.sub(r"\D", "", str(number)): str(number) for group in never.values() for number in group}
    assert len(numbers) > 20
    patterns = {number: re.compile(r"(?<!\d)" + r"[\s().-]*".join(digits) + r"(?!\d)") for digits, number in numbers.items()}
    shown = [
        *content.spoken(texts), *texts.page.items(), *content.page_words(), *content.script_strings(),
        *content.directory_words(directory), *content.strings_of("handoff", "actions"),
    ]  # fmt: skip
    found = {(where, number) for where, words in shown for number, pattern in patterns.items() if pattern.search(words)}
    # reported: the entry's own name and site carry the number that nobody has checked yet
    assert found == {("be-1733", "1733")}


def test_search_for_numbers_never_shown_finds_them_however_they_are_written() -> None:
    pattern = re.compile(r"(?<!\d)" + r"[\s().-]*".join("09000113") + r"(?!\d)")
    assert [bool(pattern.search(text)) for text in ("0900-0113", "0900 0113", "(0900) 01 13", "00900-0113")] == [True, True, True, False]


def test_every_number_in_a_text_is_one_of_the_directory(texts: Texts, directory: Directory) -> None:
    known = sorted({number for entry in directory.entries.values() for number in entry.phone}, key=len, reverse=True)
    left = []
    for key, sentence in [*content.spoken(texts), *texts.page.items()]:
        rest = re.sub(r"\b(?:" + "|".join(map(re.escape, known)) + r")\b", "", sentence.replace("24 uur", ""))
        if re.search(r"\d", rest.replace("113.nl", "").replace("1712.be", "")):
            left.append((key, sentence))
    assert left == []


def sentences(words: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?:;])\s+|\n", words) if part.strip()]


def test_sentences_are_short_enough_to_be_read_at_night() -> None:
    long = [(key, part) for key, words in content.written(texts_module.FOLDER) for part in sentences(words) if len(part.split()) > LONGEST]
    assert long == []


def test_forbidden_words_stand_nowhere() -> None:
    found = [
        (key, match.group())
        for key, words in all_written()
        for match in FORBIDDEN.finditer(words)
        if not (match.group().lower() == "zelfmoord" and key.startswith("vraag.zelfmoord"))
    ]
    assert found == []


def test_je_and_u_are_not_mixed(texts: Texts) -> None:
    mixed = [key for key in texts.keys() for words in texts.variants(key).u if JE.search(words)]
    assert mixed == ["zelfhulp.partnerrelatie.naaste", "zelfhulp.sociaal.eenzaamheid"]  # words to send to a friend
    assert [key for key in texts.keys() for words in texts.variants(key).je if U.search(words)] == []
    assert [key for key in texts.keys() if key.endswith((".kind", ".jong")) and texts.variants(key).u] == []


def test_whoever_writes_u_is_never_called_je(texts: Texts) -> None:
    # French has a word *je* of its own
    without = {key for key in texts.keys() if not texts.variants(key).u and any(JE.search(words) for words in texts.variants(key).je)}
    assert {key for key in without if not key.endswith((".kind", ".jong", ".fr"))} == set()


def test_no_variant_stands_twice_and_none_asks_two_questions(texts: Texts) -> None:
    for key in texts.keys():
        for variants in (texts.variants(key).je, texts.variants(key).u):
            assert len(set(variants)) == len(variants), key
            assert [words for words in variants if words.count("?") > 1] == [], key


def test_company_in_a_wait_asks_nothing_and_names_no_time(texts: Texts) -> None:
    waits = [(key, words) for key, words in content.spoken(texts) if key.startswith("wacht.")]
    assert [key for key, words in waits if "?" in words] == []
    assert [words for _, words in waits if re.search(r"\b(?:minuten|kwartier|binnen een uur|meteen iemand)\b", words)] == []


def test_say_chooses_form_turn_and_fills_names(texts: Texts) -> None:
    both = texts.variants("bot.groet")
    assert [texts.say("bot.groet", turn=turn) for turn in range(7)] == [*both.je, both.je[0]]
    assert texts.say("bot.groet", form="u", turn=2) == both.u[2]
    assert texts.say("nood.algemeen.kind", form="u") == texts.variants("nood.algemeen.kind").je[0]
    assert "Anna" in texts.say("mens.overgenomen", naam="Anna", rol="medewerker")
    assert texts.first("bestaat.niet", "bot.groet") == "bot.groet"
    with pytest.raises(KeyError):
        texts.say("bestaat.niet")
    with pytest.raises(KeyError):
        texts.first("bestaat.niet", "ook.niet")


def test_every_placeholder_of_a_text_is_one_that_code_fills(texts: Texts) -> None:
    left = Counter(name for _, words in content.spoken(texts) for name in re.findall(r"\{([^}]*)\}", words))
    known = {
        "naam",
        "rol",
        "lijn",
        "a",
        "b",
        "weer_open",
        "sluit",
        "plek",
        "wachttijd",
        "aantal",
        "antwoord_voor",
        "tot",
        "thema",
        "zinnen",
        "plaatsen",
    }
    assert set(left) == known


def test_bad_texts_are_refused_at_the_start_with_every_fault(directory: Directory, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "bot.een: {je: [een, twee], u: [een]}\nbot.twee: {u: [een]}\nbot.drie: {je: ['{tel:nl-bestaat-niet}', '{site:nl-113}']}\n"
    )
    (tmp_path / "b.yml").write_text("bot.een: {je: [nog eens]}\n")
    with pytest.raises(BadTexts) as caught:
        load_texts(directory, tmp_path)
    assert str(caught.value).split("; ") == [
        "bot.een: 2 variants with je, 1 with u",
        "bot.twee: no variant",
        "bot.twee: 0 variants with je, 1 with u",
        "bot.drie: {tel:nl-bestaat-niet} is not in the directory",
        "bot.een: in two files",
    ]
