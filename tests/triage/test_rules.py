"""Every rule has cases of its own: what it must find and what it must leave alone. A missed phrase becomes a case first."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from handoff.triage.lexicon import FOLDER, BadLexicon, Lexicon, Rule, load_lexicon
from handoff.triage.normal import normalise
from handoff.triage.reading import CRISIS
from handoff.triage.screen import Screen

LEXICON = load_lexicon()
assert LEXICON.other is not None
OTHER = LEXICON.other
EVERY = (*LEXICON.rules, *OTHER.rules)
HITS = [(rule, text) for rule in EVERY for text in rule.hits]
MISSES = [(rule, text) for rule in EVERY for text in rule.misses]
MASKED = [(mask, text) for mask in LEXICON.masks for text in mask.misses]


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen(LEXICON)


def found(screen: Screen, text: str) -> dict[str, int]:
    """Return the rules that hold in a text, with their level."""
    matches = screen.look(normalise(text, LEXICON.spelling)).matches + ABROAD.look(normalise(text, OTHER.spelling)).matches
    levels: dict[str, int] = {}
    for match in matches:
        levels[match.rule.id] = max(match.level, levels.get(match.rule.id, 0))
    return levels


ABROAD = Screen(OTHER)


def name(case: object) -> str:
    return case.id if isinstance(case, Rule) else str(case)


@pytest.mark.parametrize(("rule", "text"), HITS, ids=name)
def test_rule_finds_its_cases_at_its_level(screen: Screen, rule: Rule, text: str) -> None:
    assert found(screen, text).get(rule.id) == rule.level
    part = screen.read(text)
    assert part.level >= rule.level
    if rule.level >= CRISIS:
        assert set(rule.kinds) <= set(part.kinds)


@pytest.mark.parametrize(("rule", "text"), MISSES, ids=name)
def test_rule_leaves_its_counter_cases_alone(screen: Screen, rule: Rule, text: str) -> None:
    assert found(screen, text).get(rule.id, 0) < CRISIS  # another rule may well see danger in it


def without(mask: Rule) -> Screen:
    return Screen(replace(LEXICON, masks=tuple(other for other in LEXICON.masks if other is not mask)))


@pytest.mark.parametrize(("mask", "text"), MASKED, ids=name)
def test_masked_words_are_no_crisis_and_the_mask_is_what_says_so(screen: Screen, mask: Rule, text: str) -> None:
    read, bare = screen.read(text), without(mask).read(text)
    assert (read.level < CRISIS, read.calmed) == (True, True)
    assert bare.level >= CRISIS or not bare.calmed


def test_every_mask_has_cases() -> None:
    assert [mask.id for mask in LEXICON.masks if not mask.misses] == []


def test_every_rule_that_means_a_crisis_has_cases_both_ways() -> None:
    crisis = [rule for rule in LEXICON.rules if rule.level >= CRISIS]
    assert len(crisis) > 30
    assert [rule.id for rule in crisis if not rule.hits] == []


def test_kinds_levels_and_signs_are_those_that_exist() -> None:
    urgency = yaml.safe_load((FOLDER.parents[1] / "content" / "urgency.yml").read_text(encoding="utf-8"))
    signs = {rule.sign for rule in LEXICON.rules if rule.sign}
    for rule in EVERY:
        assert set(rule.kinds) <= set(urgency["crisis_kinds"]), rule.id
        assert 0 <= rule.level <= 4, rule.id
        assert set(rule.signs) <= signs, rule.id
        assert bool(rule.any) != bool(rule.signs), rule.id
        assert rule.level or rule.sign, rule.id
        assert not (rule.level >= CRISIS and not rule.kinds), rule.id
        assert rule.reason, rule.id
    assert {mask.level for mask in LEXICON.masks} == {0}


LANGUAGES = ("en", "de", "fr", "tr", "ar", "pl", "uk")
ABOUT = ("wens", "plan", "geweld", "geweld-nu", "overdosis", "sterft", "verkracht", "kind", "stemmen")


def test_every_language_has_a_rule_for_every_plain_danger_with_cases_both_ways() -> None:
    assert sorted(rule.id for rule in OTHER.rules) == sorted(f"{language}-{about}" for language in LANGUAGES for about in ABOUT)
    assert [rule.id for rule in OTHER.rules if len(rule.hits) < 2 or len(rule.misses) < 2] == []
    assert {rule.language for rule in OTHER.rules} == set(LANGUAGES)
    assert {rule.language for rule in LEXICON.rules} == {""}


@pytest.mark.parametrize("rule", OTHER.rules, ids=name)
def test_evidence_of_another_language_names_it(screen: Screen, rule: Rule) -> None:
    for text in rule.hits:
        assert rule.language in {e.language for e in screen.read(text).evidence if e.level == rule.level}
    assert {e.language for e in screen.read("ik wil dood").evidence} == {""}


@pytest.mark.parametrize(
    "text", ["J’AI ENVIE DE MOURIR", "ЧОЛОВІК МЕНЕ Б’Є", "kocam beni DÖVÜYOR", "أُرِيدُ أَنْ أَمُوتَ", "chce umrzec", "Я ХОЧУ ВБИТИ СЕБЕ"]
)
def test_other_languages_are_read_in_capitals_without_accents_and_with_all_their_marks(screen: Screen, text: str) -> None:
    assert screen.read(text).level >= CRISIS


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("in the movie he said my husband beats me", 0),
        ("in the movie. my husband beats me", 3),
        ("ten years ago my husband hit me", 1),
        ("ten years ago my husband hit me and again last night", 3),
        ("il y a dix ans mon mari m'a frappée", 1),
        ("yirmi yıl önce kocam beni dövdü", 1),
    ],
)
def test_long_ago_and_films_lower_other_languages_too(screen: Screen, text: str, level: int) -> None:
    assert screen.read(text).level == level


def test_no_everyday_sentence_is_called_a_crisis_by_a_rule_for_another_language() -> None:
    folder = Path(__file__).parents[2] / "nlu_data" / "urgency"
    lines = [line for path in sorted(folder.glob("*.txt")) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) > 15_000
    assert [line for line in lines if ABROAD.read(line).level >= CRISIS] == []


BASE = {
    "lists.yml": "ik: [ik]\n",
    "spelling.yml": "forms: {k: ik}\nkeys: [dood]\n",
    "words.txt": "hond\nniet\nfilm\n",
    "contexts.yml": "told: ['film']\n",
    "masks.yml": "[]\n",
}
RULE = "- id: a\n  level: 3\n  kinds: [suicidaliteit]\n  reason: r\n  any: ['<ik> wil dood']\n"


def lexicon(folder: Path, **files: str) -> Lexicon:
    for file, content in {**BASE, "rules.yml": RULE, **{f"{key}.yml": value for key, value in files.items()}}.items():
        (folder / file).write_text(content, encoding="utf-8")
    return load_lexicon(folder)


def test_small_lexicon_reads(tmp_path: Path) -> None:
    part = Screen(lexicon(tmp_path)).read("K wil DOOD")
    assert (part.level, part.kinds, [(e.rule, e.words) for e in part.evidence]) == (3, ("suicidaliteit",), [("a", "K wil DOOD")])


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"rules": RULE + RULE}, "a: id used twice"),
        ({"rules": RULE.replace("reason", "raeson")}, "a: unknown fields"),
        ({"rules": RULE.replace("<ik>", "<jij>")}, "'<jij> wil dood'"),
        ({"rules": RULE.replace("wil dood", "(wil dood")}, "bracket"),
        ({"contexts": "told: ['(film']\n"}, "context told"),
        ({"masks": "- id: a\n  any: ['x']\n"}, "a: id used twice"),
    ],
)
def test_wrong_rules_are_refused_at_the_start(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    with pytest.raises(BadLexicon) as caught:
        lexicon(tmp_path, **files)
    assert fault in str(caught.value)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadLexicon) as caught:
        lexicon(tmp_path, rules=RULE + RULE.replace("<ik>", "<jij>"), contexts="told: ['[film']\n")
    assert len(str(caught.value).split("; ")) == 3


def test_rules_for_other_languages_are_written_as_they_are_spelt(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    rule = RULE.replace("id: a", "id: fr-a").replace("<ik> wil dood", "j''ai (été|ete) mordu ... beau-père")
    (tmp_path / "other" / "fr.yml").write_text("contexts: {told: ['à la télé']}\nrules:\n" + rule, encoding="utf-8")
    screen = Screen(lexicon(tmp_path))
    read = [
        screen.read(text)
        for text in ("J’ai été mordu par mon beau-père", "jai ete mordu par mon beaupere", "à la télé j'ai été mordu, beau-père")
    ]
    assert [part.level for part in read] == [3, 3, 0]
    assert [(e.rule, e.language, e.words) for e in read[0].evidence] == [("fr-a", "fr", "J’ai été mordu par mon beau-père")]
    with pytest.raises(BadLexicon, match="fr-a: id used twice"):
        lexicon(tmp_path, rules=RULE.replace("id: a", "id: fr-a"))


CONTEXT = RULE.replace("any: ['<ik> wil dood']", "any: ['wil* dood']\n  unless: ['hond']")
FILES = {"rules": CONTEXT, "contexts": "told: ['(film|boek)']\npast: ['vroeger']\npresent: ['(nu|weer)']\n",
         "masks": "- id: m\n  any: ['lach* me dood', 'wil niet dood']\n  unless: ['echt']\n"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ik wil dood", 3),
        ("ik wil dood net als de hond", 0),
        ("de hond slaapt. ik wil dood", 3),
        ("vroeger wilde ik dood", 0),
        ("vroeger, ik wil dood", 1),
        ("vroeger en nu weer, ik wil dood", 3),
        ("vroeger was het goed. ik wil dood", 3),
        ("in de film, wil dood", 0),
        ("in de film, en nu zelf, wil dood", 3),
        ("mooie film. ik wil dood", 3),
        ("ik wil niet dood", 0),
        ("ik wil niet dood. ik wil dood", 3),
        ("ik lach me dood. ik wil dood", 3),
        ("ik lach me dood en ik wil dood", 3),
    ],
)
def test_masks_and_contexts_reach_no_further_than_their_sentence(tmp_path: Path, text: str, level: int) -> None:
    assert Screen(lexicon(tmp_path, **FILES)).read(text).level == level


REPORTS = {
    "contexts": "personal: ['(ik|mijn)', '. (wil|zit)', '(.|de) zus']\nfigures: ['(koning|wolf)']\nstory: [', zei de (koning|wolf)']\n"
}
TOLD_OF = RULE.replace("'<ik> wil dood'", "'wil* dood'")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("de koning wil dood", 0),
        ("ik zag hem. de koning wil dood", 3),
        ("de koning wil dood. mijn hemel", 3),
        ("de zus van de koning wil dood", 3),
        ("zus en koning, wil dood", 3),
        ("mooie koning. wil dood", 3),
        ("wil dood, koning", 3),
        ("wil dood. de koning slaapt", 3),
        ("hij wil dood", 3),
        ("ik wil dood, zei de wolf", 0),
        ("ik wil dood, zei de zus", 3),
        ("ik wil dood. ja, zei de wolf", 3),
    ],
)
def test_report_is_about_a_figure_in_a_message_about_nobody_near(tmp_path: Path, text: str, level: int) -> None:
    assert Screen(lexicon(tmp_path, rules=TOLD_OF, **REPORTS)).read(text).level == level


def test_rule_that_keeps_reports_holds_whoever_it_is_about(tmp_path: Path) -> None:
    keeps = TOLD_OF.replace("  any", "  report: keeps\n  any")
    assert [Screen(lexicon(tmp_path, rules=rules, **REPORTS)).read("de koning wil dood").level for rules in (TOLD_OF, keeps)] == [0, 3]


@pytest.mark.parametrize(
    "text",
    [
        "ligt bewusteloos, help",
        "slaat me steeds",
        "ze viel van de trap en reageert niet meer",
        "fietser geraakt door een taxi, is bewusteloos",
        "opa was ineens bewusteloos",
        "haar ex bedreigde haar met een mes",
        "zijn vader slaat hem met een riem",
        "een afscheidsbrief lag op tafel",
        "de pillen had ze allemaal geslikt",
        "een passagier kreeg een epileptische aanval, schuim op de mond",
        "een leerling van 14 zei dat ze dood wil",
        "client hoort stemmen die zeggen dat hij moet springen",
        "hij denkt dat hij de koning is en slaapt al dagen niet",
        "de rechtbank nam de kinderen af, wil niet meer leven",
        "mw de wolf is bewusteloos",
        "hij heeft mijn broer vermoord, riep de koerier",
    ],
)
def test_telegram_style_about_somebody_near_is_no_report(screen: Screen, text: str) -> None:
    assert screen.read(text).level >= CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "de kapitein vond de stuurman bewusteloos op het dek",
        "de koningin uit het toneel wil dood en zingt er een aria over",
        "de keizer hoorde stemmen die hem naar het oosten riepen",
        "de tennisser heeft genoeg van het leven in hotels",
        "je komt hier niet levend uit, siste de piraat",
        "hij heeft mijn broer vermoord, fluisterde de prins",
        "de verdachte bedreigde de kassier met een mes",
        "met een zwaard in de hand joeg de baron zijn pachters weg",
    ],
)
def test_reports_on_figures_are_no_crisis(screen: Screen, text: str) -> None:
    assert screen.read(text).level < CRISIS


def test_weak_signs_count_only_together(tmp_path: Path) -> None:
    rules = (
        "- {id: moe, sign: moe, reason: r, any: ['moe']}\n- {id: weg, sign: weg, reason: r, any: ['weggegeven']}\n"
        "- {id: both, level: 3, kinds: [suicidaliteit], reason: r, signs: [moe, weg]}\n"
    )
    screen = Screen(lexicon(tmp_path, rules=rules))
    read = [
        (part.level, part.weak) for part in map(screen.read, ("ik ben moe", "alles weggegeven", "ik ben moe. alles weggegeven", "hallo"))
    ]
    assert read == [(0, True), (0, True), (3, True), (0, False)]
