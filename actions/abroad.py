"""Who writes another language: what is said then, and asking for a person in it. Language rules are data.

The service tells which language (``turn.language``); its words come from ``handoff/content/texts/talen.yml``.
"""

import re
from typing import Dict, List

from actions.moves import Move, choice, say
from actions.state import Turn

HUMAN_WORDS = 14  # of a message that asks for a person and tells little else
HUMAN: Dict[str, str] = {
    "en": r"\b(?:talk|speak|chat|write) (?:to|with) (?:a |an |some |real |actual |live )*"
    r"(?:human|person|people|someone|somebody|counsellor|counselor|therapist)\b|\b(?:real|actual|human) (?:person|being)\b",
    "de": r"\bmit (?:einem |einer |irgend|echten |richtigen )*(?:menschen|person|jemand|jemandem|mitarbeiter\w*|berater\w*)\b"
    r".*\b(?:sprechen|reden|schreiben|chatten)\b|\b(?:echten|richtigen) menschen\b",
    "fr": r"\b(?:parler|discuter|ecrire|écrire) (?:a|à|avec) (?:une? (?:vraie? )?(?:personne|humain|conseill\w+)|quelqu.un)"
    r"|\bvraie personne\b",
    "tr": r"\b(?:bir |gerçek |gercek )*(?:insanla|biriyle|birisiyle|kişiyle|kisiyle|danışmanla) .*(?:konuş|konus|görüş|gorus|yaz)",
    "ar": r"(?:التحدث|أتحدث|اتحدث|الكلام|أتكلم|اتكلم|احكي|أحكي) (?:مع|إلى|الى) (?:إنسان|انسان|شخص|احد|أحد|حدا|موظف)",
    "pl": r"(?:porozmawiać|porozmawiac|rozmawiać|rozmawiac|rozmowa|rozmowę|pogadać|pogadac) z "
    r"(?:prawdziwym |żywym |zywym )*(?:człowiekiem|czlowiekiem|kimś|kims|osobą|osoba|konsultantem)",
    "uk": r"(?:поговорити|говорити|розмовляти|поспілкуватися|написати) (?:з|із|зі) "
    r"(?:справжньою |живою )*(?:людиною|кимось|кимсь|консультантом|працівником)",
}
NOT_HUMAN = (
    r"\b(?:no one|nobody|never|dont|don't|afraid|my (?:mother|father|mom|dad|friend|husband|wife)"
    r"|nicht|nie|niemand\w*|keine\w*|jamais|peur|ne veux pas|istemiyorum|korkuyorum|nie chcę|boję|не хочу|боюся"
    r"|لا أريد|لا اريد|أخاف)\b"
)


def asks_for_human_abroad(turn: Turn) -> bool:
    """Return whether a short message asks in its own language to talk with a person here."""
    pattern = HUMAN.get(turn.language)
    plain = turn.text.lower().replace("’", "'")
    short = turn.words <= HUMAN_WORDS and not re.search(NOT_HUMAN, plain)
    return bool(pattern) and short and bool(re.search(pattern or "", plain))


def answer_abroad(turn: Turn) -> List[Move]:
    """Say in the visitor's language how little is understood, and offer a person with a button that can be read; in a wait, wait along."""
    language = turn.language
    if turn.state == "waiting":
        return [say(f"taal.wacht.{language}")]
    return [say(f"taal.kort.{language}", choices=[choice(f"knop.mens.{language}", "mens")])]
