"""One message as the deciding action gets it, and what it says to it."""

from actions.state import Turn


def turn(act="vertellen", theme="angst", sub="paniek", **changes):
    values = {
        "act": act, "sure_act": True, "theme": theme, "sub": sub, "sure_theme": theme is not None, "ranking": [theme or "angst", "stress"],
        "perspective": "zelf", "sure_perspective": True, "choice": None, "state": "bot", "urgency": 1, "message_urgency": 1, "doubt": False,
        "went_on": False, "people": 1, "words": 12,
    }  # fmt: skip
    return Turn(**{**values, **changes})


def keys(moves):
    return [move["keys"][0] if move["move"] == "say" else move["move"] for move in moves if move["move"] != "note"]


def notes(moves):
    return [(move["kind"], move["subject"], move["value"]) for move in moves if move["move"] == "note"]
