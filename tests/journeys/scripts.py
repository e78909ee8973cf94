"""What visitors say in the journeys, and how they answer what the bot asks on the way to the goal."""

from __future__ import annotations

from tests.journeys.phone import Line, Phone

GOALS = ("Een stap voor nu", "Waar ik terechtkan", "Een mens spreken", "Eerst mijn verhaal")
# theme -> what is told, and the button that names it where the bot is not sure
THEMES = {
    "angst": (
        ("hoi, ik heb steeds paniekaanvallen in de trein", "al een paar maanden", "dan krijg ik geen lucht meer en raak ik in paniek"),
        "Angst en paniek",
    ),
    "partnerrelatie": (
        ("mijn relatie loopt vast, mijn man en ik praten alleen nog over de kinderen", "sinds een jaar", "dat we langs elkaar heen leven"),
        "Liefde en relatie",
    ),
    "sociaal": (
        ("ik ben verhuisd en ik ken hier niemand, ik voel me eenzaam", "sinds de zomer", "dat ik in het weekend niemand zie"),
        "Contact met anderen",
    ),
}
MOST_QUESTIONS = 5


def reply(visitor: Phone, theme_button: str) -> bool:
    """Answer the bot's question by its buttons; False where there is none to answer."""
    choices = visitor.choices
    for label in ("Om mezelf", theme_button, "Nee"):
        if label in choices:
            visitor.choose(label)
            return True
    return False


def tell(visitor: Phone, theme: str) -> list[Line]:
    """Tell the story of a theme until the bot asks what would help; return all that the bot said."""
    told, button = THEMES[theme]
    for text in told:
        if visitor.choices == GOALS:
            break
        visitor.say(text)
        for _ in range(MOST_QUESTIONS):
            if visitor.choices == GOALS or not reply(visitor, button):
                break
    assert visitor.choices == GOALS, [line.text for line in visitor.lines]
    return [line for line in visitor.lines if line.who == "bot"]
