"""What every journey needs: one whole line for most of them, small lines for those that break something, and browsers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browsers import LAPTOP, PHONE, Browsers, chromium
from tests.journeys.desk import Desk
from tests.journeys.house import NEEDED, House
from tests.journeys.phone import Phone

HELPERS = ("anna", "bas")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not all(os.environ.get(name) for name in NEEDED):
        pytest.fail("run this through ./nachtlicht test --only journeys")
    with chromium() as browser:
        yield browser


@pytest.fixture
def browsers(browser: Browser) -> Iterator[Browsers]:
    """Browsers of this journey, closed at its end; no script of a page may have failed."""
    browsers = Browsers(browser)
    yield browsers
    browsers.close()
    assert browsers.errors == []


@pytest.fixture(scope="session")
def whole_house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole line, with two counsellors; it outlives every journey."""
    with House(tmp_path_factory.mktemp("line")) as house:
        house.add_users(*HELPERS)
        yield house


@pytest.fixture
def house(whole_house: House) -> House:
    """The whole line, awake."""
    return whole_house.wait_for_bot()


@pytest.fixture
def start(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Start a line of one's own, by default the service alone; it ends with the test."""
    with ExitStack() as houses:
        count = iter(range(9))

        def begin(*, bot: bool = False, **settings: object) -> House:
            return houses.enter_context(House(tmp_path / f"line{next(count)}", bot=bot, **settings))

        yield begin


@pytest.fixture
def phone(browsers: Browsers) -> Callable[..., Phone]:
    """Open the visitor's page on a phone."""
    return lambda house, url="", **options: Phone(browsers.open(PHONE, **options), url or house.url).open()


@pytest.fixture
def desk(browsers: Browsers) -> Callable[..., Desk]:
    """Log in at the workplace on a laptop."""
    return lambda house, login="anna", **options: Desk(browsers.open(LAPTOP, **options), house.url).log_in(login).ready()
