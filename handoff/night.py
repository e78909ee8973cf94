"""The pages and commands of the night: can we help tonight, opening hours and ladder, alarms seen, the daily test. Thin routes."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from handoff import ladder, lowering, overview, plans
from handoff.errors import BadPlan, NotFound
from handoff.hours import DAYS
from handoff.models import User
from handoff.service import Service, service_of
from handoff.steps import BUILT_IN
from handoff.wire import LoweringBody
from handoff.workplace import CurrentUser, Guarded, OwnForm

router = APIRouter()
PLANNERS = frozenset({"supervisor", "administrator"})
EXTRAS = ("feestdagen", "uitzonderingen", "land")
PROTOCOL_NUMBERS = {"number112": "nl-112", "number1712": "be-1712", "number_vt": "nl-veilig-thuis"}
LONGEST = 20_000  # characters of a field


@router.get("/werkplek/vannacht", response_class=HTMLResponse)
async def tonight(request: Request, user: CurrentUser) -> HTMLResponse:
    """Can we help tonight: hours, who is there, who is called, the last test, the bot, the queue, the backup."""
    service = service_of(request)
    awake = await service.bot.ready()
    seen = await service.database.read(lambda s: overview.tonight(s, service.resources, bot_awake=awake))
    return HTMLResponse(request.app.state.pages.render("tonight.html", seen=seen, may_plan=user.role in PLANNERS))


@router.get("/werkplek/protocol", response_class=HTMLResponse)
async def protocol(request: Request, _user: CurrentUser) -> HTMLResponse:
    """What helpers do when somebody anonymous is dying, and the reporting code."""
    directory = service_of(request).resources.directory
    numbers = {name: directory.entries[entry].phone[0] for name, entry in PROTOCOL_NUMBERS.items()}
    return HTMLResponse(request.app.state.pages.render("protocol.html", **numbers))


@router.get("/werkplek/rooster", response_class=HTMLResponse)
async def planning(request: Request, user: CurrentUser) -> HTMLResponse:
    """The forms for opening hours and ladder."""
    return await _planning(request, user)


@router.post("/werkplek/rooster/uren", response_model=None)
async def change_hours(request: Request, user: CurrentUser, service: OwnForm) -> Response:
    """Keep new opening hours."""
    return await _change(request, service, user, plans.HOURS, (*DAYS, *EXTRAS))


@router.post("/werkplek/rooster/ladder", response_model=None)
async def change_ladder(request: Request, user: CurrentUser, service: OwnForm) -> Response:
    """Keep a new ladder."""
    return await _change(request, service, user, plans.LADDER, tuple(BUILT_IN))


async def _change(request: Request, service: Service, user: User, kind: str, names: tuple[str, ...]) -> Response:
    if user.role not in PLANNERS:
        raise NotFound
    form = await request.form()
    typed = {name: str(form.get(name, ""))[:LONGEST].replace("\r\n", "\n") for name in names}
    try:
        await service.database.write(lambda s: plans.change(s, user, kind, typed, service.resources.clock.now()))
    except BadPlan as fault:
        return await _planning(request, user, {kind: typed}, {kind: fault.faults}, status=422)
    service.hub.hasten()
    return RedirectResponse("/werkplek/rooster", status_code=303)


async def _planning(
    request: Request,
    user: User,
    typed: dict[str, plans.Typed] | None = None,
    faults: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    service = service_of(request)
    if user.role not in PLANNERS:
        raise NotFound

    def query(session: Session) -> dict[str, plans.Typed]:
        return {plans.HOURS: plans.typed(session, plans.HOURS), plans.LADDER: {**BUILT_IN, **plans.typed(session, plans.LADDER)}}

    shown = await service.database.read(query) | (typed or {})
    channels = sorted(service.resources.settings.oncall_channels())
    page = request.app.state.pages.render("planning.html", typed=shown, faults=faults or {}, channels=channels)
    return HTMLResponse(page, status_code=status)


@router.post("/api/conversations/{conversation_id}/seen", status_code=204)
async def seen(conversation_id: str, user: CurrentUser, service: Guarded) -> None:
    """Say that one has seen the alarm of a crisis."""
    await service.database.write(lambda s: ladder.acknowledge(s, service.resources, conversation_id, user))
    service.hub.hasten()


@router.post("/api/conversations/{conversation_id}/urgency", status_code=204)
async def lower(conversation_id: str, body: LoweringBody, user: CurrentUser, service: Guarded) -> None:
    """Lower the urgency of a conversation one holds, with a reason."""
    await service.database.write(
        lambda s: lowering.lower_urgency(
            s, service.resources, conversation_id, user, lease=body.lease, level=body.level, reason=body.reason
        )
    )
    service.hub.hasten()


@router.post("/api/alarms/test", status_code=204)
async def send_test_alarm(user: CurrentUser, service: Guarded) -> None:
    """Send a test alarm now."""
    await service.database.write(lambda s: ladder.test_now(s, service.resources, user))
    service.hub.hasten()


@router.post("/api/alarms/{alert_id}/received", status_code=204)
async def received(alert_id: int, user: CurrentUser, service: Guarded) -> None:
    """Say that one received a test alarm."""
    await service.database.write(lambda s: ladder.acknowledge_test(s, service.resources, alert_id, user))
    service.hub.hasten()


@router.post("/werkplek/vannacht/proef", response_model=None)
async def alarm_from_page(user: CurrentUser, service: OwnForm, alert_id: Annotated[int, Form()] = 0) -> Response:
    """The same two commands for the page, which works without JavaScript: receive a test alarm, or send one."""
    await (received(alert_id, user, service) if alert_id else send_test_alarm(user, service))
    return RedirectResponse("/werkplek/vannacht", status_code=303)
