"""A visitor's phone: what can be done on the page, and what stands on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Page, expect

T = TypeVar("T")
STEADY = 300  # milliseconds in which nothing new came: the lines of one answer arrive together
ANSWER_SECONDS = 15.0
READ_LINES = """() => [...document.querySelectorAll('#thread > .message')].map((node) => ({
  who: ['own', 'from-bot', 'from-helper', 'from-system'].find((name) => node.classList.contains(name)),
  kind: [...node.classList].find((name) => name.startsWith('kind-')).slice(5),
  text: node.querySelector('.text').textContent,
  status: node.dataset.status ?? '',
  choices: [...node.querySelectorAll('.choices button')].map((button) => button.textContent),
  places: [...node.querySelectorAll('.card h3')].map((title) => title.textContent),
  links: [...node.querySelectorAll('a')].map((link) => link.href),
}))"""
WHO = {"own": "visitor", "from-bot": "bot", "from-helper": "helper", "from-system": "system"}


@dataclass(frozen=True)
class Line:
    """One message as it stands on the screen."""

    who: str
    kind: str
    text: str
    status: str
    choices: tuple[str, ...]
    places: tuple[str, ...]
    links: tuple[str, ...]


def wait(page: Page, condition: Callable[[], T | None], seconds: float = 10.0, *, what: str) -> T:
    """Return the first true value of a condition on a page; fail with ``what`` where it does not come in time."""
    for _ in range(int(seconds * 20)):
        if value := condition():
            return value
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def shoot(page: Page, name: str) -> None:
    """Keep a picture of this moment where NACHTLICHT_SHOTS names a folder."""
    if folder := os.environ.get("NACHTLICHT_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")


class Phone:
    """One visitor with the page open."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    def open(self) -> Phone:
        self.page.goto(f"{self._url}/")
        expect(self.page.locator("body")).to_contain_class("ready")
        return self

    def shoot(self, name: str) -> None:
        shoot(self.page, name)

    @property
    def lines(self) -> list[Line]:
        rows = self.page.evaluate(READ_LINES)
        lists = ("choices", "places", "links")
        return [Line(**{**row, "who": WHO[row["who"]], **{name: tuple(row[name]) for name in lists}}) for row in rows]

    @property
    def words(self) -> list[str]:
        """Return the visitor's own words on the screen, in order."""
        return [line.text for line in self.lines if line.who == "visitor"]

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the buttons that stand now."""
        return next((line.choices for line in reversed(self.lines) if line.choices), ())

    @property
    def state(self) -> str:
        return str(self.page.locator("body").get_attribute("data-state"))

    def write(self, text: str) -> None:
        """Type and send, without waiting."""
        self.page.locator("#say").fill(text)
        self.page.locator(".send").click()

    def status(self, text: str) -> str:
        """Return the status of the last message of these words."""
        return next((line.status for line in reversed(self.lines) if line.who == "visitor" and line.text == text), "")

    def wait_status(self, text: str, status: str, seconds: float = 10.0) -> None:
        wait(self.page, lambda: self.status(text) == status, seconds, what=f"{text!r} is {status}")

    def wait_state(self, state: str, seconds: float = 10.0) -> None:
        wait(self.page, lambda: self.state == state, seconds, what=f"the conversation is {state}")

    def wait_line(self, fits: Callable[[Line], bool], seconds: float = 10.0, *, what: str) -> Line:
        """Return the last line that fits, when there is one."""
        return wait(self.page, lambda: next((line for line in reversed(self.lines) if fits(line)), None), seconds, what=what)

    def answer(self, seconds: float = ANSWER_SECONDS) -> list[Line]:
        """Return what was said after the visitor's last words, when it is complete."""
        before: list[Line] = []

        def complete() -> list[Line]:
            nonlocal before
            now = self._after_own()
            working = self.page.evaluate("document.body.classList.contains('working')")
            steady = now == before and not working and any(line.kind != "emergency" for line in now)
            before = now
            if not steady:
                self.page.wait_for_timeout(STEADY - 50)
            return now if steady else []

        return wait(self.page, complete, seconds / 2, what="an answer")

    def _after_own(self) -> list[Line]:
        lines = self.lines
        own = [number for number, line in enumerate(lines) if line.who == "visitor"]
        sent = bool(own) and lines[own[-1]].status == "sent"
        return lines[own[-1] + 1 :] if sent else []

    def say(self, text: str) -> list[Line]:
        """Write, and return the answer."""
        self.write(text)
        self.wait_status(text, "sent")
        return self.answer()

    def choose(self, label: str) -> list[Line]:
        """Tap a button under the last line, and return the answer."""
        self.page.locator(".choices").get_by_role("button", name=label, exact=True).click()
        self.wait_status(label, "sent")
        return self.answer()

    def emergency(self, seconds: float = 5.0) -> Line:
        """Return the emergency text, when it stands there."""
        return self.wait_line(lambda line: line.kind == "emergency", seconds, what="the emergency text")
