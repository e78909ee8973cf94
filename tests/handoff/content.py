"""Everything a person can read, gathered from where it stands: texts, pages, scripts, the directory."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import handoff
from handoff.referrals import Directory
from handoff.texts import Texts

PACKAGE = Path(handoff.__file__).parent
ROOT = PACKAGE.parent
FACT = re.compile(r"\{[^{}]*\}")


def spoken(texts: Texts) -> Iterator[tuple[str, str]]:
    """Return key and sentence of every variant, numbers filled in."""
    for key in texts.keys():
        both = texts.variants(key)
        for sentence in (*both.je, *both.u):
            yield key, sentence


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """Return key and sentence of every variant as it stands in the files, placeholders and all."""
    import yaml

    for path in sorted(folder.glob("*.yml")):
        for key, value in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            sentences = [value] if isinstance(value, str) else [*value["je"], *value.get("u", ())]
            for sentence in sentences:
                yield key, str(sentence)


class _Words(HTMLParser):
    """Collects what stands between tags and in the attributes that people read."""

    READ = ("placeholder", "aria-label", "title", "alt")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code = tag in ("script", "style", "svg", "path", "symbol")
        self.words += [value for name, value in attrs if name in self.READ and value]

    def handle_endtag(self, _tag: str) -> None:
        self._code = False

    def handle_data(self, data: str) -> None:
        if not self._code and data.strip():
            self.words.append(data.strip())


def page_words() -> Iterator[tuple[str, str]]:
    """Return name and words of the templates, without what the program fills in."""
    for path in sorted((PACKAGE / "templates").glob("*.html")):
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.S)
        parser = _Words()
        parser.feed(source)
        for words in parser.words:
            yield path.name, words


_COMMENT = re.compile(r"/\*.*?\*/|(?m:(?<![:'\"`])//.*$)", re.S)
_STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`")


def script_strings() -> Iterator[tuple[str, str]]:
    """Return name and text of every string in the scripts, expressions taken out."""
    for path in sorted((PACKAGE / "static").rglob("*.js")):
        source = _COMMENT.sub(" ", path.read_text(encoding="utf-8"))
        for match in _STRING.finditer(source):
            yield path.name, re.sub(r"\$\{[^}]*\}", " ", match.group()[1:-1])


def directory_words(directory: Directory) -> Iterator[tuple[str, str]]:
    """Return id and every fact of an entry that can be shown."""
    for entry in directory.entries.values():
        for words in (entry.name, entry.what, entry.hours, entry.cost, *entry.phone, *entry.site):
            yield entry.id, words


def strings_of(*folders: str) -> Iterator[tuple[str, str]]:
    """Return file and value of every string in the Python of some folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path.name, node.value
