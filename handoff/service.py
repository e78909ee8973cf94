"""What the routes share: the resources, the database, the hub and the bot, made by ``app`` and reached through one function."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi.requests import HTTPConnection

from handoff.answering import Answering
from handoff.bot_client import BotClient
from handoff.db import Database
from handoff.hub import Hub
from handoff.pace import Pace
from handoff.resources import Resources
from handoff.visitor_profile import Profile

CODES_AT_ONCE, CODES_PER_SECOND = 30, 0.5  # return codes that may be tried, by all visitors together


@dataclass(slots=True)
class Service:
    """Lives as long as the application."""

    resources: Resources
    database: Database
    hub: Hub
    bot: BotClient
    answering: Answering
    visitor_page: str = ""
    code_pace: Pace = field(default_factory=lambda: Pace(CODES_AT_ONCE, CODES_PER_SECOND))
    unknown_visitor: Profile = field(default_factory=Profile)

    def same_origin(self, connection: HTTPConnection) -> bool:
        """Return whether a request or socket comes from our own page, or from a client that is no browser."""
        origin = connection.headers.get("origin")
        if origin is None:
            return True
        expected = self.resources.settings.public_origin
        if expected:
            return origin == expected
        return urlsplit(origin).netloc == connection.headers.get("host")


def service_of(connection: HTTPConnection) -> Service:
    """Return the service of a request or socket."""
    service = connection.app.state.service
    assert isinstance(service, Service)
    return service
