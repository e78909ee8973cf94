"""The moves a decision consists of. Keys of texts, never sentences: the service picks the words (``docs/moves.md``)."""

from typing import Any, Dict, List, Optional

Move = Dict[str, Any]
MENS = ("knop.mens", "mens")


def choice(label: str, value: str) -> Dict[str, str]:
    """Return a button: the key of its label and what tapping it means."""
    return {"label": label, "value": value}


YES_NO = [choice("knop.ja", "ja"), choice("knop.nee", "nee")]
YES_NO_UNSURE = [*YES_NO, choice("knop.weet_niet", "weet_niet")]


def say(*keys: str, choices: Optional[List[Dict[str, str]]] = None, kind: str = "text", values: Optional[Dict[str, str]] = None) -> Move:
    """Say the first of ``keys`` that the content has. ``values``: names in the text -> keys of what stands there."""
    return {"move": "say", "keys": list(keys), "kind": kind, "choices": choices or [], "values": values or {}}


def ask(*keys: str, choices: Optional[List[Dict[str, str]]] = None, values: Optional[Dict[str, str]] = None) -> Move:
    """Put a question."""
    return say(*keys, choices=choices, kind="question", values=values)


def offer_referrals(theme: Optional[str], sub: Optional[str], perspective: Optional[str], *, now: bool = False) -> Move:
    """Name at most three fitting places; ``now``: only such as are open day and night."""
    return {"move": "offer_referrals", "theme": theme, "sub": sub, "perspective": perspective, "now": now}


def call_human(reason: str) -> Move:
    """Bring a person."""
    return {"move": "call_human", "reason": reason}


def leave_message() -> Move:
    """The visitor wants to write now and read an answer later."""
    return {"move": "leave_message"}


def crisis(level: int, kinds: List[str]) -> Move:
    """The visitor's answer is a sign of danger."""
    return {"move": "crisis", "level": level, "kinds": kinds}


def note(kind: str, subject: str, value: str = "") -> Move:
    """Keep for the count what happened: ``answered`` a question, ``refused`` an offer, ``corrected`` what was understood."""
    return {"move": "note", "kind": kind, "subject": subject, "value": value}


def summarise(theme: str, *, step: bool) -> Move:
    """Say at the end what the talk was about and what was given; ``step``: a self-help step was."""
    return {"move": "summary", "theme": theme, "step": step}


def close() -> Move:
    """The talk has ended."""
    return {"move": "close"}
