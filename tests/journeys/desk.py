"""A counsellor's screen: what can be done in the workplace, and what stands there."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.house import PASSWORD
from tests.journeys.phone import shoot, wait

READ_ROWS = """() => [...document.querySelectorAll('#queue > li')].map((row) => ({
  id: row.dataset.id,
  level: Number(row.dataset.level),
  place: Number(row.querySelector('.place').textContent),
  subject: row.querySelector('.row-subject').textContent,
  why: row.querySelector('.row-why').textContent,
  note: row.querySelector('.note').textContent,
}))"""
READ_LINES = """() => [...document.querySelectorAll('#lines > li.line')].map((row) => ({
  who: row.dataset.sender,
  kind: row.dataset.kind,
  text: row.querySelector('.text').textContent,
  marks: [...row.querySelectorAll('mark')].map((mark) => mark.textContent),
}))"""


@dataclass(frozen=True)
class Row:
    """One conversation of the queue."""

    id: str
    level: int
    place: int
    subject: str
    why: str
    note: str


class Desk:
    """One counsellor's browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    def log_in(self, login: str, password: str = PASSWORD) -> Desk:
        self.page.goto(f"{self._url}/werkplek")
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(password)
        self.page.get_by_role("button", name="Inloggen").click()
        return self

    def ready(self) -> Desk:
        """Return when the workplace is connected and shows its queue."""
        expect(self.page.locator("#link-text")).to_have_text("Verbonden")
        expect(self.page.locator("#queue-count")).not_to_be_empty()
        return self

    def shoot(self, name: str) -> None:
        shoot(self.page, name)

    @property
    def rows(self) -> list[Row]:
        return [Row(**row) for row in self.page.evaluate(READ_ROWS)]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(row.id for row in self.rows)

    def new_row(self, known: frozenset[str], seconds: float = 5.0) -> Row:
        """Return the conversation that came into the queue since ``known``."""
        return wait(self.page, lambda: next((row for row in self.rows if row.id not in known), None), seconds, what="a new row")

    def row(self, conversation_id: str, seconds: float = 5.0) -> Row:
        """Return the row of a conversation, when it stands in the queue."""
        return wait(self.page, lambda: next((row for row in self.rows if row.id == conversation_id), None), seconds, what="the row")

    def take(self, conversation_id: str) -> None:
        """Press *Neem* in a row, without waiting."""
        self.page.locator(f"#queue > li[data-id='{conversation_id}'] .row-take").click()

    def take_and_open(self, conversation_id: str) -> None:
        self.take(conversation_id)
        expect(self.page.locator("#talk")).to_have_attribute("data-mode", "mine")
        expect(self.page.locator("#lines > li").first).to_be_visible()

    @property
    def lines(self) -> list[dict[str, str]]:
        """Return the transcript of the open talk."""
        rows: list[dict[str, str]] = self.page.evaluate(READ_LINES)
        return rows

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(row["who"], row["text"]) for row in self.lines]

    def wait_said(self, who: str, text: str, seconds: float = 10.0) -> None:
        wait(self.page, lambda: (who, text) in self.said, seconds, what=f"{who}: {text!r} in the transcript")

    def write(self, text: str) -> None:
        """Write to the visitor, and return when the line stands in the transcript."""
        self.page.locator("#words").fill(text)
        self.page.locator("#send").click()
        self.wait_said("own", text)

    def leave(self, button: str) -> None:
        """Give the talk back (``give-back``) or end it (``close``), confirm, and return when it is done."""
        self.page.locator(f"#{button}").click()
        self.page.locator("#confirm-yes").click()
        expect(self.page.locator("#talk")).to_have_attribute("data-mode", "none")
