"""What commands need besides the database session, made once at start and passed down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff.clock import Clock
from handoff.keys import KeyRing
from handoff.languages import LanguageReader
from handoff.referrals import Directory
from handoff.settings import Settings
from handoff.summary import Quotable
from handoff.texts import Texts
from handoff.triage.triage import Triage
from handoff.visitor_profile import ProfileReader


@dataclass(frozen=True, slots=True)
class Resources:
    """Immutable for the life of the process."""

    settings: Settings
    clock: Clock
    keys: KeyRing
    texts: Texts
    directory: Directory
    triage: Triage
    profiles: ProfileReader
    quotable: Quotable
    languages: LanguageReader

    def idle_until(self, now: datetime) -> datetime:
        """Return until when a talk with the bot may be silent."""
        return now + timedelta(minutes=self.settings.idle_minutes)
