"""The counsellors' workplace: login, page, commands over HTTP, news over a socket. Thin: one call a route.

Commands need the session cookie and a header that another site's page cannot send.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from handoff import auth, ladder, left_messages, outbox, plans, presence, queue, reading_room
from handoff.errors import ForeignOrigin, HandoffError, NotLoggedIn
from handoff.hub import EVERYTHING
from handoff.models import User
from handoff.service import Service, service_of
from handoff.wire import Card, Claimed, ConversationChanged, LeaseBody, LineBody, Queue, Stored, TestAlarm, Transcript

log = logging.getLogger("nachtlicht.workplace")

router = APIRouter()
RENEW_SECONDS = 12.0  # a present person renews presence and leases this often
TYPING_SECONDS = 6.0
LOOK_SECONDS = 60.0
NOT_LOGGED_IN = 4401
FAULT_CODE = 1011
GUARD = "x-nachtlicht"


async def current_user(request: Request) -> User:
    """Return who is logged in. Raises NotLoggedIn."""
    service = service_of(request)
    token = request.cookies.get(auth.COOKIE)
    return await service.database.read(lambda s: auth.user_of(s, service.resources, token))


async def guarded(request: Request) -> Service:
    """Return the service for a command of our own page. Raises ForeignOrigin."""
    service = service_of(request)
    if request.headers.get(GUARD) != "1" or not service.same_origin(request):
        raise ForeignOrigin
    return service


async def own_form(request: Request) -> Service:
    """Return the service for a form of our own page, sent without script. Raises ForeignOrigin."""
    service = service_of(request)
    if not service.same_origin(request):
        raise ForeignOrigin
    return service


CurrentUser = Annotated[User, Depends(current_user)]
Guarded = Annotated[Service, Depends(guarded)]
OwnForm = Annotated[Service, Depends(own_form)]


@router.get("/werkplek/inloggen", response_class=HTMLResponse)
async def login_page(request: Request) -> HTMLResponse:
    """The login form."""
    return _login_page(request, error="", login="", status=200)


@router.post("/werkplek/inloggen", response_model=None)
async def log_in(
    request: Request,
    service: OwnForm,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Check name and password; a session cookie and the workplace, or the form again."""
    try:
        token = await _checked_login(service, login, password)
    except HandoffError as error:
        words = "Even geduld: te veel pogingen." if error.code == "login_throttled" else "Naam of wachtwoord klopt niet."
        return _login_page(request, error=words, login=login[:60], status=error.status)
    response = RedirectResponse("/werkplek", status_code=303)
    settings = service.resources.settings
    response.set_cookie(
        auth.COOKIE,
        token,
        max_age=int(settings.session_hours * 3600),
        httponly=True,
        samesite="strict",
        secure=settings.secure_cookies,
        path="/",
    )
    return response


async def _checked_login(service: Service, login: str, password: str) -> str:
    """Return a session's token. Raises LoginThrottled, LoginRefused."""
    resources, database = service.resources, service.database
    # counted before the password is looked at, so that guesses sent at once are slowed like any others
    await database.write(lambda s: auth.begin_try(s, resources, login))
    user = await database.read(lambda s: auth.password_fits(s, login, password))
    if user is None:
        raise auth.refuse()
    return await database.write(lambda s: auth.start_session(s, resources, user, login))


@router.post("/werkplek/uitloggen", response_model=None)
async def log_out(request: Request, service: OwnForm) -> Response:
    """End the session."""
    if token := request.cookies.get(auth.COOKIE):
        await service.database.write(lambda s: auth.end_session(s, service.resources, token))
    response = RedirectResponse("/werkplek/inloggen", status_code=303)
    response.delete_cookie(auth.COOKIE, path="/")
    return response


@router.get("/werkplek", response_model=None)
async def workplace_page(request: Request) -> Response:
    """The workplace, or the login form."""
    try:
        user = await current_user(request)
    except NotLoggedIn:
        return RedirectResponse("/werkplek/inloggen", status_code=303)
    me = {"first_name": user.first_name, "role": user.role}
    zone = await service_of(request).database.read(plans.zone_of)
    return HTMLResponse(request.app.state.pages.workplace(me=me, zone=zone))


@router.post("/api/conversations/{conversation_id}/claim")
async def claim(conversation_id: str, user: CurrentUser, service: Guarded) -> Claimed:
    """Take a waiting conversation."""
    lease = await service.database.write(lambda s: queue.claim(s, service.resources, conversation_id, user))
    service.hub.typing.pop(conversation_id, None)  # of whoever held it before
    service.hub.hasten()
    return Claimed(lease=lease)


@router.get("/api/conversations/{conversation_id}")
async def transcript(conversation_id: str, request: Request, user: CurrentUser, after: Annotated[int, Query(ge=0)] = 0) -> Transcript:
    """Read a conversation that one holds."""
    service = service_of(request)
    return await service.database.write(lambda s: reading_room.transcript(s, service.resources, conversation_id, user, after))


@router.post("/api/conversations/{conversation_id}/lines")
async def say(conversation_id: str, body: LineBody, user: CurrentUser, service: Guarded) -> Stored:
    """Write a line."""
    seq = await service.database.write(
        lambda s: queue.helper_says(s, service.resources, conversation_id, user, lease=body.lease, client_id=body.client_id, text=body.text)
    )
    service.hub.typing.pop(conversation_id, None)
    service.hub.hasten()
    return Stored(seq=seq)


@router.post("/api/conversations/{conversation_id}/typing", status_code=204)
async def typing(conversation_id: str, body: LeaseBody, user: CurrentUser, service: Guarded) -> None:
    """Tell the visitor that the owner types."""
    await service.database.read(lambda s: reading_room.owned(s, conversation_id, user, body.lease))
    service.hub.typing[conversation_id] = time.monotonic() + TYPING_SECONDS
    service.hub.wake(conversation_id)


@router.post("/api/conversations/{conversation_id}/give-back", status_code=204)
async def give_back(conversation_id: str, body: LeaseBody, user: CurrentUser, service: Guarded) -> None:
    """Put a conversation back in the queue."""
    await service.database.write(lambda s: queue.give_back(s, service.resources, conversation_id, user, lease=body.lease))
    service.hub.hasten()


@router.post("/api/conversations/{conversation_id}/close", status_code=204)
async def close(conversation_id: str, body: LeaseBody, user: CurrentUser, service: Guarded) -> None:
    """End a conversation."""
    await service.database.write(lambda s: queue.close_by_helper(s, service.resources, conversation_id, user, lease=body.lease))
    service.hub.hasten()


@router.post("/api/conversations/{conversation_id}/answered", status_code=204)
async def answered(conversation_id: str, body: LeaseBody, user: CurrentUser, service: Guarded) -> None:
    """A left message has its answer."""
    await service.database.write(lambda s: left_messages.answer(s, service.resources, conversation_id, user, lease=body.lease))
    service.hub.hasten()


@router.get("/api/mine")
async def mine(request: Request, user: CurrentUser) -> dict[str, list[Card]]:
    """The conversations one holds."""
    return {"items": await service_of(request).database.read(lambda s: reading_room.mine(s, user))}


@router.websocket("/ws/workplace")
async def socket(websocket: WebSocket) -> None:
    """News for one open workplace; as long as it is open, its person is present and keeps their leases."""
    service = service_of(websocket)
    token = websocket.cookies.get(auth.COOKIE)
    await websocket.accept()
    try:
        if not service.same_origin(websocket):
            raise NotLoggedIn
        user = await service.database.read(lambda s: auth.user_of(s, service.resources, token))
    except NotLoggedIn:
        await websocket.close(code=NOT_LOGGED_IN)
        return
    await _serve(websocket, service, user, token)


async def _serve(websocket: WebSocket, service: Service, user: User, token: str | None) -> None:
    socket_id = secrets.token_hex(16)
    tasks = [
        asyncio.create_task(_or_close(websocket, _send_news(websocket, service, user))),
        asyncio.create_task(_or_close(websocket, _stay_present(websocket, service, user, socket_id, token))),
    ]
    try:
        while True:
            if (await websocket.receive())["type"] == "websocket.disconnect":
                return
            await websocket.send_text('{"type":"pong"}')
    except (WebSocketDisconnect, RuntimeError):
        return
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.shield(service.database.write(lambda s: _leave(s, socket_id, service.resources.clock.now())))
        service.hub.hasten()


async def _or_close(websocket: WebSocket, work: Awaitable[None]) -> None:
    """Do a socket's work; where it fails, close the socket: one without news or presence must not look alive, and the page comes back."""
    try:
        await work
    except (WebSocketDisconnect, RuntimeError):
        return
    except Exception as error:  # noqa: BLE001 - whatever the reason, the page has to know
        log.error("a workplace's socket ended with %s", type(error).__name__)
        await websocket.close(code=FAULT_CODE)


async def _send_news(websocket: WebSocket, service: Service, user: User) -> None:
    listener = service.hub.listen(EVERYTHING)
    listener.queue_changed = True
    try:
        while True:
            changed, queue_changed = listener.take()
            for conversation_id in changed:
                state, is_mine = await service.database.read(lambda s, c=conversation_id: reading_room.holder(s, c, user))  # type: ignore[misc]
                frame = ConversationChanged(id=conversation_id, state=state, mine=is_mine)
                await websocket.send_text(frame.model_dump_json())
            if queue_changed:
                await websocket.send_text((await _queue(service, user)).model_dump_json())
            try:
                await asyncio.wait_for(listener.event.wait(), LOOK_SECONDS)
            except TimeoutError:
                listener.queue_changed = True  # time alone can make a tested alarm too old
    finally:
        service.hub.leave(EVERYTHING, listener)


async def _queue(service: Service, user: User) -> Queue:
    now = service.resources.clock.now()
    return await service.database.read(partial(_queue_now, user=user, now=now))


def _queue_now(session: Session, user: User, now: datetime) -> Queue:
    items, last = queue.waiting(session, user), ladder.last_test(session)
    test = TestAlarm(id=last.id, at=last.created_at) if last is not None and last.acknowledged_at is None else None
    people, tested = presence.people(session, now), ladder.trusted(session, now)
    return Queue(items=items, waiting=len(items), people=people, tested=tested, test=test, now=now)


async def _stay_present(websocket: WebSocket, service: Service, user: User, socket_id: str, token: str | None) -> None:
    """Renew presence and leases while the socket is open; a session that ended closes it."""
    while True:
        now = service.resources.clock.now()
        try:
            await service.database.read(lambda s: auth.user_of(s, service.resources, token))
        except NotLoggedIn:
            await websocket.close(code=NOT_LOGGED_IN)
            return
        if await service.database.write(partial(_arrive, socket_id=socket_id, user_id=user.id, now=now)):
            service.hub.hasten()
        await service.database.write(lambda s: queue.keep_lease(s, service.resources, user.id))
        await asyncio.sleep(RENEW_SECONDS)


def _arrive(session: Session, socket_id: str, user_id: int, now: datetime) -> bool:
    """Renew a person's presence; return whether they came just now, which every open workplace is told."""
    came = presence.renew(session, socket_id, user_id, now)
    if came:
        outbox.note(session, now, outbox.QUEUE)
    return came


def _leave(session: Session, socket_id: str, now: datetime) -> None:
    """End a person's presence, and tell every open workplace."""
    presence.leave(session, socket_id)
    outbox.note(session, now, outbox.QUEUE)


def _login_page(request: Request, *, error: str, login: str, status: int) -> HTMLResponse:
    return HTMLResponse(request.app.state.pages.login(error=error, login=login), status_code=status)
