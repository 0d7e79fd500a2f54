"""Passing requests on, as they are, to what stands behind a gateway."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack

import httpx2
from fastapi import Request
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from ..metrics import ACTIVE_REQUESTS, REQUEST_DURATION
from .client import Client
from .context import current, new_context
from .cors import allow
from .operations import Policy
from .problems import Refused
from .resilience import CallError

# What is between two neighbours (RFC 9110, 7.6.1).
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# What a caller from outside cannot say for us.
_OURS = frozenset({"host", "traceparent", "x-deadline", "x-request-id", "x-scopes", "x-subject"})
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class Passage(BaseRoute):
    """Requests at or below a prefix, which go to what a client of this name asks."""

    def __init__(
        self,
        prefix: str,
        client: str,
        *,
        port: str,
        policy: Policy,
        strips: bool = True,
        origins: Collection[str] = (),
    ) -> None:
        self.path = prefix + "/{path}"
        self._prefix = prefix
        self._client = client
        self._policy = policy
        self._strips = strips
        self._origins = origins
        self._labels = [port, client]
        self._active = ACTIVE_REQUESTS.labels(*self._labels)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request goes this way: those for a path of the gateway's own do not."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{self._prefix}/"):
            return Match.NONE, {}
        for route in scope["app"].routes:
            if not isinstance(route, Passage) and route.matches(scope)[0] != Match.NONE:
                return Match.NONE, {}
        return Match.FULL, {"route": self}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and count and time it."""
        begin = time.perf_counter()
        self._active.inc()
        try:
            await self._handle(scope, receive, send)
        finally:
            self._active.dec()
            context = current.get()
            status = context.status if context and context.status else 500
            REQUEST_DURATION.labels(*self._labels, scope["method"], self.path, str(status)).observe(
                time.perf_counter() - begin
            )

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if answer := allow(scope, self._origins):
            await answer(scope, receive, send)
            return
        request = Request(scope, receive)
        context = current.get() or new_context()
        if {".", ".."} & set(scope["path"].split("/")):
            raise Refused(404)  # some read it as a way out of the prefix
        for guard in self._policy.guards:
            await guard(request, context)
        if int(request.headers.get("content-length", "0")) > self._policy.body:
            raise Refused(413, f"A body has at most {self._policy.body} bytes.")
        client: GatewayClient = getattr(scope["app"].state.process.clients, self._client)
        response = await client.forward(request, self._target(scope), self._policy.body)
        await response(scope, receive, send)

    def _target(self, scope: Scope) -> str:
        """Path and query, as they came."""
        path: str = scope["raw_path"].decode("ascii")
        if self._strips:
            # As many parts as the prefix has, however they were escaped.
            path = "/" + "/".join(path.split("/")[self._prefix.count("/") + 1 :])
        query: bytes = scope["query_string"]
        return f"{path}?{query.decode('ascii')}" if query else path


class GatewayClient(Client):
    """Sends requests of others on, as its connection says."""

    async def forward(self, request: Request, target: str, most: int) -> StreamingResponse:
        """The answer to a request, as it comes."""
        end, last = self.times()
        held = AsyncExitStack()
        try:
            async with asyncio.timeout_at(last) as limit:
                if self._bulkhead:
                    await held.enter_async_context(self._bulkhead.slot())
                answer = await self._answer(request, target, most, end)
                held.push_async_callback(answer.aclose)
        except TimeoutError as error:
            await held.aclose()
            if not limit.expired():
                raise
            raise CallError("timeout", f"`{self._peer}` did not answer in time.") from error
        except BaseException:
            await held.aclose()
            raise
        response = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(held.aclose)
        )
        dropped = _HOP_BY_HOP | _listed(answer.headers.get("connection", ""))
        response.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower().decode("latin-1") not in dropped
        ]
        return response

    async def _answer(
        self, request: Request, target: str, most: int, end: float
    ) -> httpx2.Response:
        """The first answer that is not to be tried again."""
        length = request.headers.get("content-length")
        has_body = length != "0" if length else "transfer-encoding" in request.headers
        may_repeat = request.method in _REPEATABLE and not has_body
        if self._budget:
            self._budget.earn()
        attempt = 1
        while True:
            answer: httpx2.Response | None = None
            try:
                answer = await self._try(request, target, most if has_body else 0, attempt, end)
                retry_after = answer.headers.get("retry-after")
                status = answer.status_code
                error = CallError("status", "", answered=status, retry_after=retry_after)
            except CallError as failed:
                error = failed
            is_good = answer is not None and answer.status_code < 400
            wait = None if is_good or not may_repeat else self.wait(error, attempt, end)
            if wait is None:
                if answer is None:
                    raise error
                return answer
            if answer is not None:
                await answer.aclose()
            await asyncio.sleep(wait)
            attempt += 1

    async def _try(
        self, request: Request, target: str, most: int, attempt: int, end: float
    ) -> httpx2.Response:
        if self._limit:
            self._limit.take()
        left = max(0, int((end - asyncio.get_running_loop().time()) * 1000))
        outgoing = httpx2.Request(
            request.method,
            self.url(target),
            headers=[*_headers(request, self.identity()), ("x-deadline", str(left))],
            content=_body(request, most) if most else None,
        )
        return await self.send(outgoing, self._peer, attempt, end, is_stream=True)


def _listed(connection: str) -> set[str]:
    """The headers that end here because `Connection` says so."""
    return {each.strip() for each in connection.lower().split(",")}


def _headers(request: Request, identity: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of a request, without what ends here, and with what we know."""
    ours = {name.lower() for name, _ in identity}
    dropped = _HOP_BY_HOP | _OURS | ours | _listed(request.headers.get("connection", ""))
    forwarded = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    headers = [
        (name, value)
        for name, value in request.headers.items()
        if name not in dropped and name not in forwarded
    ]
    seen = request.headers.getlist("x-forwarded-for")
    if request.client:
        seen.append(request.client.host)
    headers.append(("x-forwarded-for", ", ".join(seen)))
    headers.append(("x-forwarded-proto", request.url.scheme))
    headers.append(("x-forwarded-host", request.headers.get("host", "")))
    return headers + identity


async def _body(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes, up to its end or ours."""
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > most:
            raise Refused(413, f"A body has at most {most} bytes.")
        yield chunk
