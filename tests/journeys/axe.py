"""axe-core, taken from the test dependency that carries it: what it finds on a page, in both colour schemes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page

CARRIER = "axe_playwright_python"
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  const why = (node) => node.failureSummary.split('\\n')[1]?.trim();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} (${why(node)})`));
}"""


def source() -> str:
    """Return the script. Raises ModuleNotFoundError where the dependency is missing."""
    spec = find_spec(CARRIER)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{CARRIER} is not installed: see requirements/test.txt")
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, state: str) -> list[str]:
    """Return what axe finds in this state, dark and light."""
    page.evaluate(source())
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{state}, {scheme}: {violation}" for violation in page.evaluate(RUN)]
    return found
