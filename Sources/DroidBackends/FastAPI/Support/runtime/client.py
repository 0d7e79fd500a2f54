"""Asking others: one call with all its attempts, within its time."""

import asyncio
import base64
import hashlib
import logging
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from typing import Any, TypeVar

import httpx2
from prometheus_client import Counter, Histogram
from pydantic import TypeAdapter, ValidationError

from ..metrics import BUCKETS
from . import traces
from .call import NO_FALLBACK, NOTHING, Call, pairs
from .context import current
from .kv import KV
from .problems import ProblemError, Unavailable
from .resilience import Breaker, Budget, Bulkhead, CallError, Kept, Rate, Retry
from .wire import read_json

logger = logging.getLogger(__name__)

DURATION = Histogram(
    "http_client_request_duration_seconds",
    "Duration of HTTP requests to others; the status is 0 where there was no answer.",
    ["peer", "operation", "http_request_method", "http_response_status_code"],
    buckets=BUCKETS,
)
ATTEMPTS = Counter(
    "droid_attempts", "Requests to others, by how often they were tried.", ["peer", "attempt"]
)

# A cache that is slower than this is none.
SHARED_SECONDS = 0.25
Result = TypeVar("Result")


@asynccontextmanager
async def connections() -> AsyncIterator[httpx2.AsyncClient]:
    """Connections to others, closed at the end. How long a call takes is for each client to say."""
    async with httpx2.AsyncClient(timeout=None, trust_env=False) as http:  # nosec B113
        yield http


class Client:
    """Asks one other service, as its connection says."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        url: str | None,
        *,
        peer: str,
        timeout: float = 5,
        retry: Retry | None = None,
        breaker: Breaker | None = None,
        bulkhead: Bulkhead | None = None,
        limit: Rate | None = None,
        hedge: tuple[float, int] | None = None,
        fallback: str | None = None,
        value: Any = NO_FALLBACK,
        cache: float | None = None,
        forwards_identity: bool = False,
        forwards_authorization: bool = False,
        credentials: Mapping[str, str] | None = None,
        shared: KV | None = None,
        is_meshed: bool = False,
    ) -> None:
        self._http = http
        self._url = url
        self._peer = peer
        self._timeout = timeout
        # One layer alone ends calls, tries again and breaks off: two would multiply.
        self._is_meshed = is_meshed
        self._retry = None if is_meshed else retry
        self._budget = Budget(retry.budget) if retry else None
        self._breaker = None if is_meshed else breaker
        self._bulkhead = None if is_meshed else bulkhead
        self._limit = limit
        self._hedge = hedge
        self._fallback = fallback
        self._value = value
        self._cache = cache
        self._forwards_identity = forwards_identity
        self._forwards_authorization = forwards_authorization
        self._credentials = credentials or {}
        self._kept = Kept[bytes]()
        self._shared = shared

    async def ask(self, call: Call, result: TypeAdapter[Result]) -> Result:
        """The answer to a call, or the error that it declares, or `CallError`."""
        holds = (call.cache or self._cache) if call.is_repeatable else None
        place = self._place(call) if holds or self._fallback == "cached" else None
        if holds and (kept := await self._find(place, holds)) is not None:
            return _read(kept, call, result)
        try:
            content = await self._within_time(call)
            answer = _read(content, call, result)
        except CallError as error:
            return self._fall_back(error, call, result, place)
        if place is not None:
            self._kept.put(place, content)
            if holds and self._shared:
                with suppress(Unavailable, TimeoutError):
                    async with asyncio.timeout(SHARED_SECONDS):
                        await self._shared.set(self._name(place), content, seconds=holds)
        return answer

    async def _find(self, place: object, holds: float) -> bytes | None:
        """What was answered of late, to us or to another that shares what is kept."""
        kept = self._kept.get(place, holds)
        if kept is None and self._shared:
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(SHARED_SECONDS):
                    return await self._shared.get(self._name(place))
        return kept

    def _name(self, place: object) -> str:
        return "cache:" + hashlib.sha256(repr((self._peer, place)).encode()).hexdigest()

    def _place(self, call: Call) -> object:
        """What an answer is kept by."""
        context = current.get()
        query = tuple(pairs(call.query))
        headers = tuple(pairs(call.headers))
        subject = context and context.subject
        return call.operation, call.path, query, headers, call.body, subject

    def _fall_back(
        self, error: CallError, call: Call, result: TypeAdapter[Result], place: object
    ) -> Result:
        """What holds when a call has failed."""
        match self._fallback:
            case "empty" if call.empty is not NO_FALLBACK:
                answer: Result = call.empty
            case "cached" if (kept := self._kept.get(place)) is not None:
                answer = _read(kept, call, result)
            case "value" if result is not NOTHING:
                answer = result.validate_python(self._value)
            case _:
                raise error
        logger.warning("%s fell back", self._peer, extra={"reason": error.kind})
        return answer

    def times(self) -> tuple[float, float | None]:
        """When those whom we ask are told that a call ends, and when we end it."""
        end = asyncio.get_running_loop().time() + self._timeout
        context = current.get()
        deadline = context.deadline if context else None
        if deadline is not None:
            end = min(end, deadline)
        return end, deadline if self._is_meshed else end

    async def _within_time(self, call: Call) -> bytes:
        end, last = self.times()
        try:
            async with asyncio.timeout_at(last) as limit:
                async with self._bulkhead.slot() if self._bulkhead else nullcontext():
                    return await self._attempts(call, end)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise CallError("timeout", f"`{self._peer}` did not answer in time.") from error

    async def _attempts(self, call: Call, end: float) -> bytes:
        key = str(uuid.uuid4()) if call.takes_key else None
        may_repeat = call.is_repeatable or call.takes_key
        if self._budget:
            self._budget.earn()
        attempt = 1
        while True:
            try:
                if self._limit:
                    self._limit.take()
                if self._hedge and may_repeat:
                    return await self._hedged(call, attempt, key, end)
                return await self._attempt(call, attempt, key, end)
            except CallError as error:
                wait = self.wait(error, attempt, end) if may_repeat else None
                if wait is None:
                    raise
                await asyncio.sleep(wait)
                attempt += 1

    def wait(self, error: CallError, attempt: int, end: float) -> float | None:
        """How long to wait before the next try; None if there is to be none."""
        retry = self._retry
        if retry is None or attempt >= retry.attempts or not retry.covers(error):
            return None
        if self._budget and not self._budget.spend():
            return None
        wait = retry.wait(attempt)
        if error.retry_after and error.retry_after.isdecimal():
            wait = float(error.retry_after)
        return wait if asyncio.get_running_loop().time() + wait < end else None

    async def _hedged(self, call: Call, attempt: int, key: str | None, end: float) -> bytes:
        """The first answer of several tries that begin one after the other."""
        after, most = self._hedge or (0.0, 0)
        tries: set[asyncio.Task[bytes]] = set()
        failure: CallError | None = None
        try:
            for number in range(most + 1):
                tries.add(asyncio.create_task(self._attempt(call, attempt + number, key, end)))
                wait = after if number < most else None
                while tries:
                    done, tries = await asyncio.wait(
                        tries, timeout=wait, return_when=asyncio.FIRST_COMPLETED
                    )
                    if not done:
                        break  # it takes its time: begin the next
                    for each in done:
                        try:
                            return each.result()
                        except CallError as error:
                            failure = error
                if not tries:
                    break
        finally:
            for each in tries:
                each.cancel()
        raise failure or CallError("timeout", f"`{self._peer}` did not answer in time.")

    async def _attempt(self, call: Call, attempt: int, key: str | None, end: float) -> bytes:
        request = httpx2.Request(
            call.method,
            self.url(call.path),
            params=tuple(pairs(call.query)),
            headers=self._headers(call, key, end),
            content=call.body,
        )
        route = call.route or call.path
        answer = await self.send(request, call.operation, attempt, end, route=route)
        if 200 <= answer.status_code < 300:
            return answer.content
        raise self._failure(call, answer)

    def url(self, path: str) -> str:
        """Where to ask for a path."""
        if self._url is None:
            raise CallError("refused", f"Nobody has said where `{self._peer}` is.")
        return self._url + path

    async def send(
        self,
        request: httpx2.Request,
        operation: str,
        attempt: int,
        end: float,
        *,
        route: str = "",
        is_stream: bool = False,
    ) -> httpx2.Response:
        """One try, that the breaker lets through and learns from."""
        if self._breaker is None:
            return await self._traced(request, operation, attempt, route, is_stream)
        self._breaker.enter()
        try:
            answer = await self._traced(request, operation, attempt, route, is_stream)
        except CallError:
            self._breaker.fail()
            raise
        except BaseException:
            # The time of the whole call is over; or another try was faster.
            is_late = asyncio.get_running_loop().time() >= end
            (self._breaker.fail if is_late else self._breaker.leave)()
            raise
        (self._breaker.fail if answer.status_code >= 500 else self._breaker.succeed)()
        return answer

    async def _traced(
        self, request: httpx2.Request, operation: str, attempt: int, route: str, is_stream: bool
    ) -> httpx2.Response:
        name = f"{request.method} {route}" if route else request.method
        with traces.span("CLIENT", name, {"http.request.method": request.method}) as span:
            if span is None:
                return await self._send(request, operation, attempt, is_stream)
            request.headers["traceparent"] = span.traceparent
            url = request.url
            span.tell("server.address", url.host)
            span.tell("server.port", url.port or (443 if url.scheme == "https" else 80))
            span.tell("url.full", f"{self._url}{traces.masked(route) if route else '/***'}")
            if route:
                span.tell("url.template", route)
            if attempt > 1:
                span.tell("http.request.resend_count", attempt - 1)
            try:
                answer = await self._send(request, operation, attempt, is_stream)
            except CallError as error:
                span.fail(error.kind)
                raise
            span.tell("http.response.status_code", answer.status_code)
            if answer.status_code >= 400:
                span.fail(str(answer.status_code))
            return answer

    async def _send(
        self, request: httpx2.Request, operation: str, attempt: int, is_stream: bool
    ) -> httpx2.Response:
        ATTEMPTS.labels(self._peer, str(attempt)).inc()
        begin = time.perf_counter()
        status = 0
        limit = self._retry.timeout if self._retry else None
        try:
            async with asyncio.timeout(limit) as bound:
                answer = await self._http.send(request, stream=is_stream)
            status = answer.status_code
            return answer
        except TimeoutError as error:
            if not bound.expired():
                raise
            raise CallError("timeout", f"`{self._peer}` did not answer in time.") from error
        except httpx2.ConnectError as error:
            raise CallError("refused", f"`{self._peer}` cannot be reached.") from error
        except httpx2.TransportError as error:
            raise CallError("reset", f"`{self._peer}` broke the connection off.") from error
        finally:
            DURATION.labels(self._peer, operation, request.method, str(status)).observe(
                time.perf_counter() - begin
            )

    def _failure(self, call: Call, answer: httpx2.Response) -> ProblemError:
        """The declared error that an answer is; else a failure of the call."""
        try:
            document = read_json(answer.content)
        except ValueError:
            document = None
        for kind, form in call.errors:
            try:
                return kind.of(form.model_validate(document))
            except ValidationError:
                continue
        status = answer.status_code
        return CallError(
            "timeout" if self._is_meshed and status == 504 else "status",
            f"`{self._peer}` answered with {status}.",
            answered=status,
            retry_after=answer.headers.get("retry-after"),
        )

    def _headers(self, call: Call, key: str | None, end: float) -> list[tuple[str, str]]:
        left = max(0, int((end - asyncio.get_running_loop().time()) * 1000))
        headers = [("accept", "application/json"), ("x-deadline", str(left))]
        if call.body is not None:
            headers.append(("content-type", "application/json"))
        if key is not None:
            headers.append(("idempotency-key", key))
        headers += pairs(call.headers)
        headers += self.identity()
        return headers

    def identity(self) -> list[tuple[str, str]]:
        """Who asks, for whom, and in the course of what."""
        headers = list(self._credentials.items())
        if (context := current.get()) is None:
            return headers
        headers.append(("traceparent", context.traceparent))
        if context.request_id:
            headers.append(("x-request-id", context.request_id))
        if self._forwards_identity and context.subject is not None:
            headers.append(("x-subject", context.subject))
            headers.append(("x-scopes", " ".join(sorted(context.scopes))))
        if self._forwards_authorization and context.authorization is not None:
            headers.append(("authorization", context.authorization))
        return headers


def basic(secret: str) -> str:
    """The header of a name and a password."""
    return "Basic " + base64.b64encode(secret.encode()).decode()


def _read(content: bytes, call: Call, result: TypeAdapter[Result]) -> Result:
    """The value of an answer, if it is what the contract promises."""
    if result is NOTHING or (not content and call.empty is None):
        return result.validate_python(None)
    try:
        return result.validate_python(read_json(content))
    except ValueError as error:
        detail = f"`{call.operation}` was answered with what its contract does not allow."
        raise CallError("answer", detail) from error
