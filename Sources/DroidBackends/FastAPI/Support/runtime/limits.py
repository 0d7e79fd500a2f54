"""How often who may ask: a bucket of tokens for each caller, filled as time goes by."""

import math
import time
from typing import Literal

from fastapi import Request

from .context import Context
from .problems import Refused

MOST_BUCKETS = 10_000


class Limit:
    """So many requests a second, and so many at once."""

    def __init__(self, *, rate: float, burst: int, by: Literal["ip", "subject", "key"]) -> None:
        self._rate = rate
        self._burst = burst
        self._by = by
        # What is left, and when that was; the one that was not used for longest comes first.
        self._buckets: dict[str, tuple[float, float]] = {}
        window = max(1, math.ceil(burst / rate))
        self._policy = (b"ratelimit-policy", f'"default";q={burst};w={window}'.encode())

    def fill(self) -> None:
        """Forget who has asked."""
        self._buckets.clear()

    async def __call__(self, request: Request, context: Context) -> None:
        """Take a token, if there is one."""
        caller = _address(request) if self._by == "ip" else context.subject or _address(request)
        now = time.monotonic()
        left, then = self._buckets.pop(caller, (float(self._burst), now))
        left = min(float(self._burst), left + (now - then) * self._rate)
        is_allowed = left >= 1
        left -= 1 if is_allowed else 0
        self._buckets[caller] = left, now
        if len(self._buckets) > MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        until_full = math.ceil((self._burst - left) / self._rate)
        context.headers.append(self._policy)
        context.headers.append((b"ratelimit", f'"default";r={int(left)};t={until_full}'.encode()))
        if not is_allowed:
            wait = max(1, math.ceil((1 - left) / self._rate))
            raise Refused(429, "The caller asks too often.", {"Retry-After": str(wait)})


def _address(request: Request) -> str:
    """Where a request comes from: the peer, or what the proxies that are trusted saw."""
    hops: int = request.app.state.process.settings.trusted_hops
    if hops:
        seen = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        if len(seen) >= hops and (address := seen[-hops].strip()):
            return address
    return request.client.host if request.client else ""
