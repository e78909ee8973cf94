"""The shape of the code: sizes, import order, single doors, names, nothing in the top folder that does not belong there."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_FILE, MAX_FUNCTION = 400, 50
TOP = {
    "bot", "nlu_data", "actions", "handoff", "evaluation", "tests", "docs", "deploy", "pyproject.toml", "README.md", "nachtlicht",
    "requirements", "LICENSE", "CHANGELOG.md",
}  # fmt: skip


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).exists()]


PYTHON = [path for path in tracked("*.py") if "migrations/versions" not in str(path)]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_top_folder_holds_what_belongs_there():
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} - TOP == set()


def test_files_and_functions_stay_small():
    long_files = [str(path) for path in [*PYTHON, *tracked("*.js")] if path.read_text(encoding="utf-8").count("\n") > MAX_FILE]
    long_functions = [
        f"{path.name}:{node.name}"
        for path in PYTHON
        for node in functions(path)
        if node.end_lineno and node.end_lineno - node.lineno >= MAX_FUNCTION
    ]
    assert (long_files, long_functions) == ([], [])


def test_no_drawer_of_odds_and_ends():
    assert [path.name for path in PYTHON if re.search(r"util|common|helper|misc", path.stem)] == []


@pytest.mark.parametrize(
    ("room", "others"), [("bot", ("actions", "handoff")), ("actions", ("bot", "handoff")), ("handoff", ("bot", "actions", "evaluation"))]
)
def test_rooms_never_import_each_other(room, others):
    found = {name for path in PYTHON if path.is_relative_to(ROOT / room) for name in imports(path) if name.split(".")[0] in others}
    assert found == set()


def test_triage_imports_nothing_but_numpy_and_yaml():
    allowed = {"handoff.triage", "numpy", "yaml"}
    for path in (ROOT / "handoff" / "triage").glob("*.py"):
        for name in imports(path):
            root = name.split(".")[0]
            known = root in {
                "re",
                "json",
                "math",
                "collections",
                "dataclasses",
                "functools",
                "itertools",
                "pathlib",
                "typing",
                "unicodedata",
            }
            assert known or any(name == one or name.startswith(one + ".") for one in allowed), f"{path.name}: {name}"


def rows() -> dict[str, int]:
    """Read the import order from the page that describes it."""
    table = re.findall(r"^\| (\d+) \| (.+) \|$", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.M)
    return {name: int(row) for row, names in table for name in re.findall(r"`([\w.*]+)`", names)}


def test_import_order_of_the_service_is_as_described():
    order = rows()
    for path in (ROOT / "handoff").glob("*.py"):
        if path.stem == "__init__":
            continue
        assert path.stem in order, f"{path.stem} stands in no row of docs/architecture.md"
        for name in imports(path):
            parts = name.split(".")
            if parts[0] != "handoff" or len(parts) < 2:
                continue
            other = "triage.*" if parts[1] == "triage" else parts[1]
            assert order[other] <= order[path.stem], f"{path.stem} imports {name}, which stands below it"


DOORS = {
    r"\.commit\(|session\.begin\(|\.begin\(\)": {"db.py", "migrate.py"},
    r"\.state = ": {"conversations.py", "visitor_feed.py", "talk.py"},
    r"\bMessage\(": {"transcript.py", "models.py"},
    r"\bOutbox\(": {"outbox.py", "models.py"},
    r"\bEscalation\(": {"conversations.py", "models.py"},
    r"\bTransition\(": {"conversations.py", "models.py"},
    r"AESGCM": {"keys.py"},
    r"datetime\.now\(": {"clock.py"},
}


@pytest.mark.parametrize("pattern", DOORS)
def test_single_doors(pattern):
    found = {path.name for path in (ROOT / "handoff").glob("*.py") if re.search(pattern, path.read_text(encoding="utf-8"))}
    assert found - DOORS[pattern] == set()


def test_pages_have_no_inline_script_or_style():
    for path in (ROOT / "handoff" / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == [], path.name
        assert re.findall(r"\sstyle=|\son\w+=|<style", text) == [], path.name


def test_nothing_of_one_machine_and_no_index_is_tracked():
    wrong = re.compile(r"--(extra-)?index" + r"-url|(?<![\w.])/(ro" + r"ot|wo" + r"rk|ho" + r"me)/\w")
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix not in (".npz", ".png", ".txt") and wrong.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []
