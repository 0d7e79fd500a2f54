"""How a caller holds out when what it asks is slow, or fails, or is not there."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from prometheus_client import Gauge

from .problems import Refused

BREAKER_OPEN = Gauge("droid_breaker_open", "1 while calls to a peer fail at once.", ["peer"])
MOST_KEPT = 1_000

Value = TypeVar("Value")


class CallError(Refused):
    """A call that has failed, and not with an error that its contract declares.

    `kind` is `timeout`, `refused`, `reset`, `status`, `busy` (we do not even try) or `answer` (we
    cannot read it); `answered` is the status that the target answered with, if it did.
    """

    def __init__(
        self, kind: str, detail: str, *, answered: int = 0, retry_after: str | None = None
    ) -> None:
        unavailable = kind in {"refused", "reset", "busy"} or answered == 503
        status = 504 if kind == "timeout" else 503 if unavailable else 502
        headers = {"Retry-After": retry_after} if retry_after and status == 503 else None
        super().__init__(status, detail, headers)
        self.kind = kind
        self.answered = answered
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class Retry:
    """What is tried again, how often, and with what waits between. Times are seconds."""

    attempts: int
    timeout: float
    backoff: tuple[float, float]
    on: frozenset[str | int]
    budget: float

    def covers(self, error: CallError) -> bool:
        """Whether this is a failure after which it helps to try again."""
        if error.answered:
            return error.answered in self.on or (error.answered == 503 and "unavailable" in self.on)
        return error.kind in self.on

    def wait(self, attempt: int) -> float:
        """Some time, at random, so that callers who failed together do not come back together."""
        lower, upper = self.backoff
        return random.uniform(0, min(upper, lower * 2 ** (attempt - 1)))  # nosec B311


class Budget:
    """How many retries there may be for the calls there are."""

    MOST = 10.0

    def __init__(self, share: float) -> None:
        self._share = share
        self._left = self.MOST

    def earn(self) -> None:
        """A call was made."""
        self._left = min(self.MOST, self._left + self._share)

    def spend(self) -> bool:
        """Whether there is enough for a retry."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Breaker:
    """Stops calling what fails, and tries by and by whether it is well again."""

    def __init__(
        self, peer: str, *, failures: int, window: float, open_for: float, probes: int
    ) -> None:
        self._gauge = BREAKER_OPEN.labels(peer)
        self._most = failures
        self._window = window
        self._open_for = open_for
        self._probes = probes
        self._failures: list[float] = []
        self._opened: float | None = None
        self._trying = 0
        self._passed = 0

    def enter(self) -> None:
        """Begin a call, if calls are let through."""
        if self._opened is None:
            return
        is_time = time.monotonic() - self._opened >= self._open_for
        if not is_time or self._trying + self._passed >= self._probes:
            raise CallError("busy", "It has failed too often, and is not asked for a while.")
        self._trying += 1

    def succeed(self) -> None:
        """It is well."""
        self._failures.clear()
        if self._opened is None or not self._trying:
            return
        self._trying -= 1
        self._passed += 1
        if self._passed >= self._probes:
            self._opened = None
            self._passed = 0
            self._gauge.set(0)

    def fail(self) -> None:
        """It has failed once more."""
        now = time.monotonic()
        self._failures = [each for each in self._failures if now - each < self._window] + [now]
        if self._trying or (self._opened is None and len(self._failures) >= self._most):
            self._opened = now
            self._trying = self._passed = 0
            self._gauge.set(1)

    def leave(self) -> None:
        """A call was given up: nothing is known."""
        self._trying = max(0, self._trying - 1)


class Bulkhead:
    """So many calls at a time; some wait, others fail at once."""

    def __init__(self, calls: int, queue: int) -> None:
        self._slots = asyncio.Semaphore(calls)
        self._queue = queue
        self._waiting = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """One of the calls."""
        if self._slots.locked():
            if self._waiting >= self._queue:
                raise CallError("busy", "Too many calls are under way.")
            self._waiting += 1
            try:
                await self._slots.acquire()
            finally:
                self._waiting -= 1
        else:
            await self._slots.acquire()
        try:
            yield
        finally:
            self._slots.release()


class Rate:
    """So many calls a second."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate)
        self._left = self._most
        self._then = time.monotonic()

    def take(self) -> None:
        """Count one call, if it is not one too many."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._then) * self._rate)
        self._then = now
        if self._left < 1:
            raise CallError("busy", "It has been asked too often.")
        self._left -= 1


class Kept(Generic[Value]):
    """The values of late; of too many the one goes that was not used for longest."""

    def __init__(self) -> None:
        self._values: OrderedDict[object, tuple[float, Value]] = OrderedDict()

    def get(self, key: object, seconds: float = float("inf")) -> Value | None:
        """A value that is not older than this."""
        if (found := self._values.get(key)) is None or time.monotonic() - found[0] >= seconds:
            return None
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: object, value: Value) -> None:
        """Keep a value from now on."""
        self._values[key] = time.monotonic(), value
        self._values.move_to_end(key)
        if len(self._values) > MOST_KEPT:
            self._values.popitem(last=False)
