"""The one source of time, so that a run can be placed at any hour (``--at``)."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall-clock time in UTC, or a chosen moment that runs on from the start of the process."""

    def __init__(self, start: datetime | None = None) -> None:
        """``start``: aware datetime to begin at; None for the real time."""
        self._start = start.astimezone(UTC) if start else None
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=time.monotonic() - self._begun)
