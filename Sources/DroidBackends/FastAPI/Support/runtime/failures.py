"""How many of the predictions of late have failed."""

import time
from collections import deque

LEAST = 20
STEPS = 60


class Failures:
    """Counts within a window of time, which moves on in steps: it takes no more room when there is more to do."""

    def __init__(self, window: float) -> None:
        self._step = window / STEPS
        # Of each step: its number, how many there were, how many of them failed.
        self._steps: deque[list[int]] = deque()

    def count(self, has_failed: bool) -> None:
        """Count one more."""
        now = int(time.monotonic() / self._step)
        if not self._steps or self._steps[-1][0] != now:
            self._steps.append([now, 0, 0])
        while self._steps[0][0] <= now - STEPS:
            self._steps.popleft()
        self._steps[-1][1] += 1
        self._steps[-1][2] += has_failed

    def exceeds(self, rate: float) -> bool:
        """Whether more than this share failed, of enough to tell."""
        total = sum(step[1] for step in self._steps)
        return total >= LEAST and sum(step[2] for step in self._steps) > rate * total
