"""Short typed answers to the bot's own questions, read by their words: a tap and "ja graag" mean the same. Language rules are data.

The intent classifier reads acts without knowing what was asked; a short answer to a pending question is plainer than that.
"""

import re
from typing import Dict, Optional

SHORT = 7  # words of an answer that is read so; a longer one tells something

ANSWERS: Dict[str, str] = {
    "weet_niet": "weet niet|weet ik niet|geen idee|weet het niet|kweenie|misschien|idk|soort van|beetje|soms|niet zeker|twijfel",
    "nee": "nee|neen|nope|nah|niet echt|hoeft niet|liever niet|nie|niks|absoluut niet|natuurlijk niet",
    "ja": "ja|jawel|jaa|jep|yes|yep|graag|oke|ok|goed|prima|klopt|zeker|doe maar|natuurlijk|inderdaad|best|is goed",
}
GOALS: Dict[str, str] = {
    "mens": "mens|iemand spreken|medewerker|hulpverlener|persoon|echt iemand|bellen",
    "hulp": "hulp|terecht|terechtkan|adres|adressen|instantie|therapeut|psycholoog|waar ik|verwijzing|organisatie",
    "tips": "tip|tips|doen|oefening|oefeningen|advies|nu kan|rustig worden|kalm|helpen nu|hoe leer ik|hoe kan ik|wat kan ik|wat helpt",
    "verhaal": "verhaal|vertellen|kwijt|praten|luisteren|luister|uitleggen|van me af",
}


THANKS_WORDS = 9
HUMAN_WORDS = 12  # of a message that asks for a person and tells little else
HUMAN = (
    r" (wil|wou|wilde|zou|kan|mag|liever|graag|moet) (.* )?(met|door) (een )?(echte? )?(iemand|mens|medewerker|hulpverlener|persoon)"
    r" (.* )?(praten|spreken|chatten|kletsen|bellen) ",
    r" (wil|wou|wilde|zou|kan|mag|liever|graag) (.* )?(een|echte|echt|levend) (iemand|mens|medewerker|hulpverlener|persoon)"
    r" (.* )?(spreken|hebben|chatten|krijgen|aan de lijn) ",
    r" (wil|wou|kan|mag|liever|graag) (.* )?iemand (spreken|aan de lijn) ",
    r" (geef|haal|roep|stuur|verbind) (.* )?(mens|medewerker|hulpverlener|persoon) ",
)
POLITE_NOT = r" ((?:kan|mag|zou|kunnen) (?:ik|we)(?: hier)?) niet "  # *kan ik niet met een mens praten* asks for one
NOT_HUMAN = (
    r" (die (?:dat|het|dit|zoiets)|niet|geen|nooit|niemand|bang|durf|eng|ooit|vroeger"
    r"|mijn (moeder|vader|vriend|vriendin|man|vrouw|zus|broer)) "
)


def asks_for_human(text: str) -> bool:
    """Return whether a short message asks to talk with a person here, in whatever words."""
    plain = re.sub(POLITE_NOT, r" \1 ", bare_words(text))
    short = len(text.split()) <= HUMAN_WORDS and not re.search(NOT_HUMAN, plain)
    return short and any(re.search(pattern, plain) for pattern in HUMAN)


ASKS: Dict[str, str] = {  # a message of any length that asks for a place to go, or for something to do
    "hulp": r" waar (?:kan|kun|moet|kunnen|zou) (?:ik|je|u|hij|ze|zij|we|wij|mijn \w+) (?:.* )?"
    r"(?:heen|terecht|naartoe|hulp|aankloppen|vinden|praten|spreken)"
    r"| wie kan (?:me|mij|ons|hem|haar|mijn \w+) (?:.* )?helpen | (?:welke|wat voor) (?:hulp|instantie|organisatie|therapeut)"
    r"| (?:is|bestaat) er (?:ergens |misschien |hier |niet )*(?:een|iets|iemand|hulp|plek) (?:.* )?(?:voor|waar|die|met wie)"
    r"| iemand (?:\w+ ){0,4}die (?:dat|het|dit|zoiets|er) (?:\w+ )?(?:kent|begrijpt|snapt|herkent|meemaakt|heeft meegemaakt)"
    r"| (?:tegen|bij|met) wie (?:kan|moet|kun|zou)| naar wie (?:kan|moet)"
    r"| (?:moet|kan|zal) ik (?:.* )?naar (?:de |een |mijn )?(?:huisarts|dokter|psycholoog)",
    "tips": r" (?:iets|wat) (?:wat|dat) (?:ik|we|wij) (?:nu |zelf |hier |thuis |vannacht )*kan (?:doen|proberen)"
    r"| wat (?:kan|moet|kun|zou) (?:ik|je|u|we|wij) (?:.* )?(?:doen|zeggen|proberen) | wat helpt "
    r"| hoe \w+ (?:ik|je|u|we|wij) (?!was|waren|had|hadden|het voelt|mij|me)"
    r"| (?:heb|hebben|heeft) (?:je|u|jij|jullie|iemand) (?:.* )?(?:tips|tip|advies|raad) ",
}


def asked_goal(text: str) -> Optional[str]:
    """Return what a message asks for in passing: ``hulp`` (a place to go), ``tips`` (something to do), else None."""
    plain = bare_words(text)
    return next((goal for goal, pattern in ASKS.items() if re.search(pattern, plain)), None)


LEAVE = (
    r" (?:een |mijn )?(?:bericht|berichtje) (?:\w+ ){0,3}?(?:achterlaten|achter laten|nalaten)"
    r"| (?:laat|laten) (?:\w+ ){0,3}?(?:een |mijn )?(?:bericht|berichtje) (?:\w+ ){0,2}?(?:achter|na) "
)
LEAVE_WORDS = 14  # of a message that asks to leave one


def asks_to_leave_message(text: str) -> bool:
    """Return whether a short message asks to leave words here that are answered later."""
    plain = bare_words(text)
    short = len(text.split()) <= LEAVE_WORDS
    return short and bool(re.search(LEAVE, plain)) and not re.search(r" (?:niet|geen|hij|zij|ze|heeft|had) ", plain)


YES = r" (?:eh+ |uh+ |nou |tja )?(?:ja+|jawel|jep|yes|yep|klopt|inderdaad|eigenlijk wel|best wel|vaak|elke dag|steeds) "
YES_WORDS = 12  # of an answer that is read as a yes


def clear_yes(text: str) -> bool:
    """Return whether an answer to a grave question is a yes beyond doubt: *ok* and *prima* are none, and *ja nee* is not."""
    plain = bare_words(text)
    short = len(text.split()) <= YES_WORDS and not re.search(r" (?:nee|neen|niet|geen|nooit) ", plain)
    return short and bool(re.match(YES, plain))


def thanks(text: str) -> bool:
    """Return whether a short message thanks and tells nothing else."""
    return len(text.split()) <= THANKS_WORDS and bool(re.search(r" (?:dank\w*|bedankt|thanks|merci|thx|dankje\w*) ", bare_words(text)))


def says_no(text: str) -> bool:
    """Return whether an answer of any length begins with a no."""
    return bool(re.match(r" (?:nee|neen|nope|nah|liever niet|hoeft niet|niet nodig)\b", bare_words(text)))


def bare_words(text: str) -> str:
    """Return the words in small letters, a space before and after."""
    return re.sub(r"\s+", " ", f" {re.sub(r'[^a-zà-ÿ ]+', ' ', text.lower())} ")


def _first(lists: Dict[str, str], text: str) -> Optional[str]:
    plain = bare_words(text)
    for name, words in lists.items():
        if any(f" {word} " in plain for word in words.split("|")):
            return name
    return None


def short_answer(text: str) -> Optional[str]:
    """Return ``ja``, ``nee`` or ``weet_niet`` for a short answer that says so, else None."""
    return _first(ANSWERS, text) if len(text.split()) <= SHORT else None


def short_goal(text: str) -> Optional[str]:
    """Return what a short answer to "what would help most" asks for: ``mens``, ``hulp``, ``tips``, ``verhaal``, else None."""
    return _first(GOALS, text) if len(text.split()) <= SHORT else None
