"""Questions that have one fixed answer: diagnosis, medicine, secrecy, complaints, waiting lists, no click, costs. Short patterns as data.

The answer comes first, then the talk goes on. The same answers are given where the sub theme of *hulp* asks for them.
"""

import re
from typing import Dict, List, Optional

from actions.answers import bare_words
from actions.moves import Move, say
from actions.state import Dialogue, Turn

SHORT_QUESTION = 16  # words of a message that asks and tells little else

HELPER = r"(?:psycholoog|psychiater|therapeut|hulpverlener|behandelaar|coach|begeleider|begeleidster|poh|huisarts|dokter|therapeute)"
MEDICINE = (
    r"(?:medicijn\w*|medicatie|pil|pillen|antidepressiv\w*|slaappil\w*|slaapmiddel\w*|kalmeringsmiddel\w*|dosering|dosis|"
    r"sertraline|citalopram|escitalopram|fluoxetine|paroxetine|venlafaxine|mirtazapine|oxazepam|temazepam|diazepam|quetiapine|lithium"
    r"|ritalin|methylfenidaat|concerta|dexamfetamine|lorazepam|alprazolam|xanax)"
)
ILLNESS = (
    r"(?:autis\w*|adhd|add|borderline|depressie|depressief|bipolair|manisch|ptss|psychose|psychotisch|narcis\w*|dwangstoornis|ocd"
    r"|burn ?out|angststoornis|eetstoornis|anorexia|boulimia|schizofren\w*|hoogsensitief|een stoornis|gek)"
)
ASKED: Dict[str, str] = {
    "bot.klacht": r" (?:een )?klacht(?:en)? (?:\w+ ){0,4}?(?:indienen|melden|kwijt|sturen|doorgeven|over (?:deze|de"
    r"|jullie) (?:lijn|chat\w*"
    r"|hulplijn)|over (?:een |de |jullie )?(?:\w+ )?(?:medewerker|hulpverlener))"
    r"|(?:klagen|beklagen) (?:\w+ ){0,3}?over (?:jullie|deze|de lijn|de chat|een medewerker|mijn hulpverlener)"
    r"| (?:waar|bij wie|hoe) (?:\w+ ){0,4}(?:klagen|klacht) "
    r"| klachtenregeling | klachtenfunctionaris | klachtencommissie ",
    "bot.geheim": r" (?:blijft|is|houd je|houden jullie|hou je) (?:dit|het|dat|alles"
    r"|deze chat) (?:\w+ ){0,3}(?<!ons )(?:geheim|tussen ons|onder ons|vertrouwelijk) "
    r"| (?:vertel|zeg|verraad|verklap|geef) (?:je|jij|u|jullie) (?:\w+ ){0,3}(?:door|aan mijn|tegen mijn|aan iemand"
    r"|aan anderen|tegen iemand) "
    r"| (?:beroepsgeheim|zwijgplicht) ",
    "bot.wie_leest": r" (?:wie|welke mensen) (?:kan|kunnen|mag|mogen|gaat|leest|lezen|ziet) (?:dit|mee|het|mijn \w+)(?: \w+){0,2} "
    r"| (?:worden|wordt|bewaren|bewaar|slaan|sla) (?:\w+ ){0,3}(?:gegevens|gesprek|gesprekken"
    r"|berichten)(?: \w+){0,3} (?:bewaard|opgeslagen|op"
    r"|gewist|verwijderd) | (?:bewaren jullie|bewaar je) (?:dit|alles|het|mijn \w+) "
    r"| (?:is|ben ik|blijf ik) (?:dit |het |deze chat |hier )?(?:echt |wel |helemaal )?anoniem | hoe anoniem | privacy\w* "
    r"| kunnen jullie (?:zien|weten) (?:wie|waar) ik ",
    "bot.geen_diagnose": rf" (?:heb|ben|heeft|is) (?:ik|hij|zij|ze|mijn \w+|dit) (?:dan |nu |misschien |toch |wel )*(?:een )?{ILLNESS} "
    rf"|(?:denk|vind|zie) (?:je|jij|u) dat (?:ik|hij|zij|ze) (?:een )?{ILLNESS} "
    r"| (?:welke|wat voor) (?:diagnose|stoornis|ziekte) (?:heb|heeft|past|is) | (?:kun|kan|kunt) (?:je|jij|u) (?:\w+ ){0,3}diagnose"
    r"| hoe (?:kom|krijg) ik (?:\w+ ){0,3}diagnose | wie (?:stelt|kan) (?:\w+ ){0,4}diagnose ",
    "bot.geen_advies_medicijn": rf" (?:mag|kan|kun|moet|zal|hoeveel|hoe veel|welke|wat voor|is|zijn|werkt|werken|helpt"
    rf"|helpen)(?: \w+){{0,6}} {MEDICINE} "
    rf"| {MEDICINE} (?:\w+ ){{0,5}}(?:stoppen|afbouwen|minderen|combineren|samen met|vergeten|ophogen|verhogen|verlagen|overslaan) "
    rf"| (?:stoppen|stop|gestopt|afbouwen|minderen|beginnen) met (?:\w+ ){{0,3}}{MEDICINE} | bijwerking\w* (?:van|door) ",
    "bot.geen_klik": rf" (?:geen|niet echt een|nul) klik (?:met|heb|tussen|bij) | geen klik "
    rf"| (?:andere|nieuwe) {HELPER} (?:\w+ ){{0,3}}(?:vragen|krijgen|zoeken|kiezen|nemen|mag|kan|wil) "
    rf"| (?:mag|kan|hoe) (?:\w+ ){{0,4}}(?:wisselen|veranderen) (?:\w+ ){{0,3}}{HELPER} "
    rf"| (?:wisselen|veranderen) van {HELPER} | {HELPER} (?:\w+ ){{0,4}}(?:past niet|klikt niet|begrijpt me niet"
    rf"|luistert niet|snapt me niet) ",
    "bot.wachtlijst": r" (?:op|door|van|tijdens) (?:een|de|die|elke|n) (?:\w+ )?(?:wachtlijst|wachttijd) "
    r"| hoe lang (?:\w+ ){0,4}wacht(?:en|tijd) (?:\w+ ){0,4}(?:ggz|intake|psycholoog|therapie|behandeling|hulp) ",
    "bot.kosten": r" (?:wat|hoeveel) kost (?:een |de |zo n |het |dat |dit |therapie|hulp)| hoeveel (?:\w+ ){0,3}betalen "
    r"| (?:moet|moeten) (?:ik|we|wij|je) (?:\w+ ){0,5}betalen (?:voor|bij|aan)? ?(?:\w+ ){0,3}"
    r"(?:psycholoog|therapie|hulp|behandeling|huisarts|ggz|chat|lijn|dit)"
    r"| (?:wordt|word|krijg|krijgt) (?:\w+ ){0,5}(?:vergoed|vergoeding) | eigen risico | eigen bijdrage | is (?:dit|het"
    r"|deze chat|deze lijn) gratis ",
}
BY_SUB: Dict[str, str] = {  # sub themes of *hulp* -> the answer that belongs to them
    "diagnose": "bot.geen_diagnose",
    "medicatie": "bot.geen_advies_medicijn",
    "wachtlijst": "bot.wachtlijst",
    "geen_klik": "bot.geen_klik",
    "kosten": "bot.kosten",
}


def asked_question(text: str) -> Optional[str]:
    """Return the key of the fixed answer that a short message asks for, else None."""
    if len(text.split()) > SHORT_QUESTION:
        return None
    words = bare_words(text)
    return next((key for key, pattern in ASKED.items() if re.search(pattern, words)), None)


def question_asked(turn: Turn) -> Optional[str]:
    """Return the key of the fixed answer to this message; None where a button was tapped or nothing of the kind is asked."""
    return asked_question(turn.text) if turn.choice is None else None


def answer_of_sub_theme(dialogue: Dialogue) -> List[Move]:
    """Return the fixed answer that belongs to a sub theme of *hulp*, once; who asks at work has asked for something else."""
    key = BY_SUB.get(dialogue.sub or "") if dialogue.theme == "hulp" and dialogue.perspective != "professional" else None
    if key is None or key in dialogue.answered:
        return []
    dialogue.answered.append(key)
    return [say(key)]
