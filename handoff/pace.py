"""How fast something may come: a burst, then a steady rate."""

import time


class Pace:
    """A bucket that refills."""

    def __init__(self, burst: int, rate: float) -> None:
        """``burst``: how many at once; ``rate``: how many a second after that."""
        self._burst, self._rate = float(burst), rate
        self._left, self._at = float(burst), time.monotonic()

    def take(self) -> float:
        """Take one; return 0, or the seconds to wait where it is too fast."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left >= 1.0:
            self._left -= 1.0
            return 0.0
        return (1.0 - self._left) / self._rate
