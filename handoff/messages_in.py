"""What a visitor typed, made safe to store and to pass on, without changing a word of it. Pure."""

import unicodedata

KEPT_CONTROLS = "\n\t"
INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")


def readable(text: str) -> str:
    """Return ``text`` without control characters and lone surrogates, line ends unified, outer blanks gone.

    Emoji, right-to-left text and joined characters stay as they are; a text of blanks and controls alone becomes empty.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in unified if c in KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cs"))
    return kept.strip() if any(unicodedata.category(c) not in INVISIBLE for c in kept) else ""
