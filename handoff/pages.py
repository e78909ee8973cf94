"""The HTML pages, rendered from templates with the content's words and the directory's numbers."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handoff.conversations import welcome_texts
from handoff.referrals import Directory
from handoff.resources import Resources

HERE = Path(__file__).parent
STATIC = HERE / "static"
CONTENT = HERE / "content"
ON_PAGE = ("nl-113", "nl-112", "be-1813", "be-112")  # emergency entries that the pages always carry
EXIT_URL = "https://www.weer.nl/"  # where *Verlaat deze pagina* leads: a page anyone may have open


class Pages:
    """Renders pages. The visitor's page is the same for everyone, so it is rendered once."""

    def __init__(self, resources: Resources) -> None:
        """Compile the templates."""
        self._resources = resources
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
        )
        self._labels = for_script(labels())
        self._shared: dict[str, Any] = {
            "line_name": resources.settings.line_name,
            "version": static_version(),
            "emergency": emergency_entries(resources.directory),
        }

    def visitor(self) -> str:
        """Return the visitor's page."""
        words = self._resources.texts.page
        return self._templates.get_template("visitor.html").render(
            **self._shared,
            t=words,
            texts_json=for_script(words),
            numbers_json=for_script(sorted({number for entry in self._resources.directory.entries.values() for number in entry.phone})),
            welcome=welcome_texts(self._resources),
            exit_url=EXIT_URL,
        )

    def render(self, template: str, **values: Any) -> str:
        """Return a page of the workplace that needs no script."""
        return self._templates.get_template(template).render(**self._shared, **values)

    def login(self, *, error: str, login: str) -> str:
        """Return the login form."""
        return self._templates.get_template("login.html").render(**self._shared, error=error, login=login)

    def workplace(self, *, me: dict[str, str], zone: str) -> str:
        """Return the workplace of a person. ``zone``: the line's time zone, in which its times are told."""
        return self._templates.get_template("workplace.html").render(**self._shared, me=me, labels_json=self._labels, zone=zone)


def for_script(values: object) -> str:
    """Return values as JSON that cannot end the script element it stands in."""
    return json.dumps(values, ensure_ascii=False).replace("<", "\\u003c")


def labels() -> dict[str, dict[str, str]]:
    """Return what themes, sub themes and crisis kinds are called, from the domain's own files."""
    themes = yaml.safe_load((CONTENT / "themes.yml").read_text(encoding="utf-8"))["themes"]
    kinds = yaml.safe_load((CONTENT / "urgency.yml").read_text(encoding="utf-8"))["crisis_kinds"]
    return {
        "themes": {key: theme["label"] for key, theme in themes.items()},
        "subs": {sub: label for theme in themes.values() for sub, label in theme["sub"].items()},
        "kinds": kinds,
    }


def emergency_entries(directory: Directory) -> list[dict[str, str]]:
    """Return the emergency numbers that stand on the pages themselves."""
    entries = [directory.entries[entry_id] for entry_id in ON_PAGE]
    return [
        {
            "name": entry.name,
            "what": entry.what,
            "number": entry.phone[0],
            "href": "tel:" + entry.phone[0].replace(" ", "").replace("-", ""),
            "country": entry.country,
        }
        for entry in entries
    ]


def static_version() -> str:
    """Return a short hash of all static files: a changed file has a new address, so that it can be cached for long."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
