"""Attempts to make the bot say, be or reveal things: a calm fixed answer, never what was asked for. Sexual messages meet the house rules.

Who asks for a way to die is not answered with one: the direct question is put, or a person is brought. Patterns are data.
"""

import re
from typing import Dict, List, Optional

from actions.answers import bare_words
from actions.moves import Move, call_human, choice, say
from actions.safety import ASK_SUICIDE, ask_directly
from actions.state import Dialogue, Turn

WORDS = 40  # of a message in which an attempt is looked for; a longer one is a story
METHODS = "methods"

DEATH = (
    r"(?:dood|dood ?gaan|dood ?gaat|doden|sterven|sterf|dodelijk\w*|fataal|zelfmoord|zelfdoding|suicide|overlijden|er een einde? aan"
    r"|een einde? aan (?:mijn|m n|het) leven|uit het leven)"
)
MEANS = (
    r"(?:pil|pillen|paracetamol|medicijnen|dosis|hoeveelheid|overdosis|middel|middelen|touw|gif|slaappillen|methode|methodes|methoden"
    r"|manier|manieren)"
)
MOST = r"(?:hoeveel|welke?|wat voor|beste|snelste|pijnlo\w+|makkelijkste|zekerste)"
# who speaks of death for another reason: to prevent it, to speak of it, to grieve
NO_METHOD = (
    r" (?:pra?at\w*|vrage?n?|besprek\w*|bespreek\w*|voorkom\w*|preventie|help\w*|steun\w*|omga\w*|les|presentatie|nabestaand\w*|rouw\w*"
    r"|vertel\w*|uitleg\w*|uitleggen|begrafenis|leven met|verder) "
)
NUMBER = r"(?:nummer|telefoonnummer|mobiel\w*|adres|woonadres|mail|mailadres|naam|achternaam|gegevens)"
SOMEBODY = (
    r"(?:(?:je|jullie|een|de|die|deze|mijn) (?:\w+ )?(?:collega|medewerker|medewerkster|hulpverlener|vrijwilliger|baas|ex"
    r"|buurman|buurvrouw"
    r"|bezoeker|meisje|jongen)|iemand anders|(?:een |de )?andere (?:bezoekers?|mensen))"
)
ROLE = (
    r"(?:vriend|vriendin|vriendje|vriendinnetje|vader|moeder|mama|papa|psycholoog|therapeut"
    r"|dokter|arts|ex|man|vrouw|meester|slaaf|god|piraat)"
)
INNER = r"(?:systeem ?)?(?:prompt|instructies?|systeeminstructies?|broncode|wachtwoord|wachtwoorden|trainingsdata)"
ASKED: Dict[str, str] = {
    METHODS: rf" {MOST}(?: \w+){{0,8}} {MEANS}(?: \w+){{0,8}} {DEATH} | {MOST}(?: \w+){{0,8}} {DEATH}(?: \w+){{0,8}} {MEANS} "
    rf"| {MEANS} (?:om |waarmee |waaraan )(?:\w+ ){{0,4}}{DEATH} "
    r"| hoe (?:kan|kun|moet|zou|maak|pleeg) (?:je|ik|iemand)(?: \w+){0,4} (?:dood ?gaan|sterven|zelfmoord|zelfdoding|een einde? aan) "
    r"| (?:pijnloo?s\w*|snel|zeker) (?:\w+ ){0,2}(?:dood ?gaan|sterven|zelfmoord) | hoe (?:beschadig|verwond) (?:je"
    r"|ik) (?:\w+ )?(?:je|me)zelf ",
    "bot.zegt_niet_na": r"^ (?:en |nu |ok |kun je |kan je |wil je |je moet )?(?:zeg|schrijf|typ|herhaal|bevestig) "
    r"(?:\w+ ){0,2}(?:dat (?:het|ik|dit) |(?:me|mij) na |na )(?:.* )?(?:goed|oke|ok|mag|beter|slim|prima|verdien\w*|waard"
    r"|moet|niks|niets|dood) "
    r"|^ (?:zeg|herhaal) (?:me |mij )?(?:na |deze |de volgende )",
    "bot.toont_niet": rf" (?:wat|hoe) (?:is|zijn|luidt|luiden) (?:je|jouw|jullie|de) (?:\w+ )?{INNER} | (?:system|systeem) ?prompt "
    rf"| (?:toon|geef|laat|print|herhaal|vertel|noem) (?:(?:me|mij|eens|maar|even) )*(?:je|jouw|jullie|de|alle) {INNER} "
    r"| (?:negeer|vergeet|ignore|disregard|overschrijf|omzeil) (?:\w+ ){0,4}(?:instructie\w*|instruction\w*|regels|rules"
    r"|opdracht\w*|prompt"
    r"|beperkingen|filters?) | (?:developer|ontwikkelaars?|debug|admin|beheerders?|jailbreak) ?(?:mode|modus|toegang) | jailbreak "
    r"| wat (?:schreven|schrijven|schreef|vertelden|vertelde|zeiden|zei) (?:de |een |je )?andere? (?:bezoekers?|gebruikers?|client\w*) ",
    "bot.geen_rol": r" doe (?:even |eens |maar |gewoon |nu )?als ?of (?:je|jij|u) (?!niet )"
    rf"|^ (?:nu |ok |kun je |wil je )?(?:speel|wees|word) (?:\w+ )?(?:dat je |alsof je |voor )?(?:mijn|een|m n) (?:\w+ )?{ROLE} "
    r"| (?:jij|je|u) bent (?:vanaf )?nu (?:mijn|een|geen) | (?:jij|je) heet (?:vanaf )?nu "
    r"| (?:zullen we|laten we|wil je|kun je) (?:\w+ ){0,3}(?:rollenspel|roleplay) "
    rf"| (?:wil|wou|kun|kan) (?:je|jij|u) (?:mijn|m n) (?:\w+ )?{ROLE} (?:zijn|worden) "
    r"| (?:hou|houd) (?:je|jij) van (?:me|mij) | ben (?:je|jij) verliefd op (?:me|mij) ",
    "bot.geen_gegevens": rf" (?:geef|heb|mag|wat is|stuur|kan|kun|zoek)(?: \w+){{0,4}} {NUMBER} van {SOMEBODY} "
    r"| (?:waar woont|hoe heet) (?:de|die|jullie|je) (?:medewerker|hulpverlener|baas|collega) ",
}
SEXUAL = (
    r" (?:stuur|mag ik|heb je|laat)(?: \w+){0,4} (?:naaktfoto\w*|nudes?|dickpic|borsten|tieten|kutje|lul|blote) "
    r"| (?:ben je|word je|maak me|maakt me|ik ben zo|je maakt me) geil "
    r"| (?:wil|zullen|kan|kun) (?:je|we|jij)(?: \w+){0,3} (?:seksen|sexen|neuken|sexchat\w*) | (?:wil|heb) (?:je"
    r"|jij) (?:\w+ )?(?:seks|sex) "
    r"|^ (?:en |hoi |he )?wat (?:heb|draag) (?:je|jij) (?:nu )?(?:aan )?(?:haha |lol )?$| (?:praat|praten) (?:\w+ )?(?:vies|geil|dirty) "
    r"| (?:seks|sex|porno) ?chat\w* |^ (?:pijp|neuk|lik|vinger) (?:me|mij|je|mijn) "
)


def attempt(text: str) -> Optional[str]:
    """Return what a message tries to get from the bot: ``methods``, the key of the answer to it, or None."""
    words = bare_words(text)
    if len(words.split()) > WORDS:
        return None
    found = next((key for key, pattern in ASKED.items() if re.search(pattern, words)), None)
    if found == "bot.zegt_niet_na" and re.search(rf" {DEATH} ", words):
        return METHODS
    return None if found == METHODS and re.search(NO_METHOD, words) else found


def answer_attempt(dialogue: Dialogue, turn: Turn) -> Optional[List[Move]]:
    """Return a calm answer that gives nothing of what was asked for; None where nothing was tried."""
    if turn.choice is not None:
        return None
    if not turn.doubt and not _tells_own_story(turn) and len(turn.text.split()) <= WORDS and re.search(SEXUAL, bare_words(turn.text)):
        dialogue.rude += 1
        return [say("bot.huisregels.seks", choices=[choice("knop.mens", "mens")])]
    found = attempt(turn.text)
    if found == METHODS:
        return [say("bot.geen_middelen"), ask_directly(dialogue) if _may_ask(dialogue) else call_human("asked for means")]
    if found is None:
        return None
    return [say(found), *([ask_directly(dialogue)] if turn.doubt and _may_ask(dialogue) else [])]


def _may_ask(dialogue: Dialogue) -> bool:
    return ASK_SUICIDE not in dialogue.asked


def _tells_own_story(turn: Turn) -> bool:
    """Return whether a message with such words is about what somebody was done, or asks about their own body."""
    return turn.sure_theme and turn.theme in ("seksueel_geweld", "seksualiteit", "partnerrelatie", "geweld")
