"""The versions of a model: who is sent to which, and how well each of them does."""

import asyncio
import hashlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from fastapi import Request
from prometheus_client import Counter, Gauge, Histogram

from ..metrics import BUCKETS
from .context import current
from .failures import Failures
from .problems import ProblemError

logger = logging.getLogger(__name__)

PREDICTIONS = Counter("model_predictions", "Predictions.", ["version", "operation", "outcome"])
DURATION = Histogram(
    "model_prediction_duration_seconds",
    "Duration of predictions.",
    ["version", "operation"],
    buckets=BUCKETS,
)
ROLLED_BACK = Gauge("model_rolled_back", "1 for a version that has lost its share.", ["version"])

Result = TypeVar("Result")
Load = Callable[[str, str], Awaitable[Any]]
# Whose requests stay with one version, and the name of the header or cookie that tells.
Sticky = tuple[Literal["header", "cookie", "subject"], str]


@dataclass(kw_only=True)
class Version:
    """One of the trained models behind a name; the only one has none. Shares are of 10,000."""

    name: str = ""
    uri: str
    share: int = 10_000
    mirror: int = 0
    # A header and its value: requests with it are always this version's.
    match: tuple[str, str] | None = None
    model: Any = None


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """When a version loses its share: so many of its predictions failed within a time."""

    error_rate: float
    window: float


class Versions:
    """All versions of a process, loaded."""

    def __init__(
        self,
        versions: Sequence[Version],
        *,
        sticky: Sticky | None = None,
        rollback: Rollback | None = None,
    ) -> None:
        self._versions = list(versions)
        self._sticky = sticky
        self._rollback = rollback
        self._failures = {
            version.name: Failures(rollback.window) for version in versions if rollback
        }
        self._mirrored: set[asyncio.Task[None]] = set()
        for version in versions if rollback else ():
            ROLLED_BACK.labels(version.name).set(0)

    async def load(self, load: Load) -> None:
        """Load the model of each version."""
        for version in self._versions:
            version.model = await load(version.name, version.uri)
            logger.info("loaded the model", extra={"version": version.name})

    async def predict(
        self,
        request: Request,
        operation: str,
        ask: Callable[[Version], Coroutine[Any, Any, Result]],
    ) -> Result:
        """The prediction of the version whose request this is."""
        chosen = self.choose(request)
        for version in self._versions:
            if version is not chosen and random.randrange(10_000) < version.mirror:  # nosec B311
                task = asyncio.create_task(self._mirror(version, operation, ask(version)))
                self._mirrored.add(task)
                task.add_done_callback(self._mirrored.discard)
        if chosen.name and (context := current.get()):
            context.headers.append((b"x-model-version", chosen.name.encode()))
        return await self._measured(chosen, operation, ask(chosen))

    def choose(self, request: Request) -> Version:
        """The version that a request belongs to."""
        for version in self._versions:
            if version.match and request.headers.get(version.match[0]) == version.match[1]:
                return version
        shares = sum(version.share for version in self._versions)
        number = self._number(request) * shares
        for version in self._versions:
            number -= version.share * 10_000
            if number < 0:
                return version
        return self._versions[-1]

    def _number(self, request: Request) -> int:
        """Below 10,000, and always the same for those who stay with one version."""
        value: str | None = None
        match self._sticky:
            case ("header", name):
                value = request.headers.get(name)
            case ("cookie", name):
                value = request.cookies.get(name)
            case ("subject", _):
                context = current.get()
                value = context.subject if context else None
        if value is None:
            return random.randrange(10_000)  # nosec B311
        return int.from_bytes(hashlib.sha256(value.encode()).digest()[:8]) % 10_000

    async def _mirror(
        self, version: Version, operation: str, prediction: Coroutine[Any, Any, object]
    ) -> None:
        """Ask for a prediction that nobody waits for; what comes of it is measured alone."""
        context = current.get()
        with suppress(Exception):
            async with asyncio.timeout_at(context.deadline if context else None):
                await self._measured(version, operation, prediction)

    async def _measured(
        self, version: Version, operation: str, prediction: Coroutine[Any, Any, Result]
    ) -> Result:
        begin = time.perf_counter()
        outcome = "error"
        try:
            result = await prediction
            outcome = "ok"
            return result
        except ProblemError as error:
            # What the caller did wrong says nothing about the model.
            outcome = "error" if error.status_code >= 500 else "ok"
            raise
        finally:
            PREDICTIONS.labels(version.name, operation, outcome).inc()
            DURATION.labels(version.name, operation).observe(time.perf_counter() - begin)
            self._learn(version, outcome == "error")

    def _learn(self, version: Version, has_failed: bool) -> None:
        """Take a version back that fails too often, unless no other is left."""
        if self._rollback is None:
            return
        failures = self._failures[version.name]
        failures.count(has_failed)
        others = [other for other in self._versions if other is not version]
        if (
            version in self._versions
            and failures.exceeds(self._rollback.error_rate)
            and any(other.share for other in others)
        ):
            self._versions = others
            ROLLED_BACK.labels(version.name).set(1)
            told = {"version": version.name}
            logger.warning("a version fails too often, and is rolled back", extra=told)
