"""The application: made from settings, with everything that lives as long as it does owned by its lifespan."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError

from handoff import night, visitor, workplace
from handoff.answering import Answering, forever
from handoff.bot_client import BotClient
from handoff.clock import Clock
from handoff.db import Database
from handoff.errors import HandoffError, NotLoggedIn
from handoff.hub import Hub
from handoff.keys import KeyRing, load_master_key
from handoff.languages import LanguageReader
from handoff.notify import ring
from handoff.pages import STATIC, Pages
from handoff.referrals import load_directory
from handoff.resources import Resources
from handoff.service import Service
from handoff.settings import Settings
from handoff.summary import load_quotable
from handoff.texts import load_texts
from handoff.timekeeper import keep_time
from handoff.triage.triage import load_triage
from handoff.visitor_profile import load_profile_reader
from handoff.wire import Failure

log = logging.getLogger("nachtlicht.app")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # nothing to others; with no-referrer a browser sends our own login form with origin "null"
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def make_resources(settings: Settings, *, learned: bool = True) -> tuple[Resources, Database]:
    """Return what commands need, and the key store's database to be closed at the end.

    Raises OSError, BadLexicon, BadTexts where data on disk is missing or wrong: the service does not start half.
    """
    settings.oncall_channels()  # a channel that cannot be read is said at the start, not at the first alarm
    master, _ = load_master_key(settings.data_dir)
    store = Database(settings.key_store())
    keys = KeyRing(master, store)
    keys.prepare()
    directory = load_directory()
    resources = Resources(
        settings=settings,
        clock=Clock(settings.at),
        keys=keys,
        texts=load_texts(directory),
        directory=directory,
        triage=load_triage(learned=learned),
        profiles=load_profile_reader(),
        quotable=load_quotable(),
        languages=LanguageReader(),
    )
    return resources, store


def create_app(settings: Settings) -> FastAPI:
    """Return the application. The database has to be migrated already (``handoff.migrate``)."""
    resources, store = make_resources(settings)
    database = Database(settings.database())
    pages = Pages(resources)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        hub, bot = Hub(), BotClient(settings)
        answering = Answering(database, resources, bot, hub)
        app.state.service = Service(resources, database, hub, bot, answering, visitor_page=pages.visitor())
        loops = [
            asyncio.create_task(forever(lambda: hub.pump(database, answering.start), "pump")),
            asyncio.create_task(forever(answering.sweep, "sweep")),
            asyncio.create_task(forever(lambda: keep_time(database, resources, hub), "timekeeper")),
            asyncio.create_task(forever(lambda: ring(database, resources, hub), "notify")),
        ]
        yield
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await answering.close()
        await bot.close()
        database.close()
        store.close()

    app = FastAPI(title="Nachtlicht", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.pages = pages
    app.include_router(visitor.router)
    app.include_router(workplace.router)
    app.include_router(night.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(HandoffError, _expected)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(SQLAlchemyError, _unstored)
    app.middleware("http")(_headers)
    return app


async def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, HandoffError)
    if isinstance(error, NotLoggedIn) and request.method == "GET" and request.url.path.startswith("/werkplek"):
        return RedirectResponse("/werkplek/inloggen", status_code=303)
    return JSONResponse(Failure(code=error.code, message=str(error)).model_dump(), status_code=error.status)


async def _unstored(_request: Request, error: Exception) -> JSONResponse:
    # the type alone: an error of the database may carry what was to be stored
    log.error("a command could not be stored: %s", type(error).__name__)
    failure = Failure(code="storage", message="the database does not answer; nothing was changed")
    return JSONResponse(failure.model_dump(), status_code=503, headers={"Retry-After": "2"})


async def _malformed(_request: Request, _error: Exception) -> JSONResponse:
    # the framework's own answer repeats the input, which may be a visitor's words
    return JSONResponse(Failure(code="bad_frame", message="the request is not as described").model_dump(), status_code=422)


def _caching(request: Request) -> str:
    """Static files with their version in the address keep for ever; modules that import each other are asked for again."""
    if not request.url.path.startswith("/static/"):
        return "no-store"
    return "public, max-age=31536000, immutable" if "v=" in request.url.query else "no-cache"


async def _headers(request: Request, call_next: Callable[[Request], "asyncio.Future[Response]"]) -> Response:
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Cache-Control"] = _caching(request)
    return response
