"""Chromium as the machine has it, driven by Playwright; phones for visitors, laptops for counsellors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("/usr/bin/chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
ELSEWHERE = "https://www.weer.nl/**"  # where quick exit leads: not reached from here, an empty page stands for it


def find_chromium() -> str:
    """Return the path of a browser; without one skip, or fail under CI."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    words = "no Chromium (apt-get install chromium, or set CHROMIUM): what people see and do in a browser was not tested"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Browsers:
    """The browsers of one journey. Errors of the pages' scripts are collected."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(self, kind: dict[str, Any], **options: Any) -> Page:
        """Open a browser of its own with one empty page."""
        context = self._browser.new_context(locale="nl-NL", color_scheme="dark", **{**kind, **options})
        context.route(ELSEWHERE, lambda route: route.fulfill(status=200, content_type="text/html", body="<title>weer</title>"))
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))
        return page

    def _heard(self, kind: str, text: str) -> None:
        # a line that breaks is part of some journeys; a policy that is violated or a script that fails is part of none
        if kind == "error" and "ERR_" not in text and "WebSocket" not in text and "Failed to load resource" not in text:
            self.errors.append(text)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
