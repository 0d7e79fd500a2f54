"""What happens around every request: ids, measures, one line in the log, and no error that leaks."""

import logging
import re
import secrets
import time
from typing import Any

from fastapi.exceptions import ResponseValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..metrics import ACTIVE_REQUESTS, REQUEST_DURATION
from .logs import RequestIds, current_request
from .problems import internal_error

logger = logging.getLogger(__name__)

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class Operation(APIRoute):
    """A route that is measured. Its first tag is its port, its id the name of the operation.

    Where a contract has several ports, the id begins with the port.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        # What is absent is left out of an answer; it is never written as null.
        super().__init__(*arguments, **{**options, "response_model_exclude_none": True})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count and time it."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # 405 is the answer of no operation
            return

        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        port = str(self.tags[0])
        names = {"port": port, "operation": str(self.operation_id).removeprefix(f"{port}.")}
        begin = time.perf_counter()
        with ACTIVE_REQUESTS.labels(**names).track_inprogress():
            try:
                await super().handle(scope, receive, send_and_note)
            finally:
                REQUEST_DURATION.labels(
                    **names,
                    http_request_method=scope["method"],
                    http_route=self.path,
                    http_response_status_code=str(status),
                ).observe(time.perf_counter() - begin)


class RequestContext:
    """Gives each request its ids (W3C Trace Context), and tells of it in the log when it is over."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        ids = _ids(Headers(scope=scope))
        token = current_request.set(ids)
        begin = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = ids.request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ResponseValidationError as error:
            # Its text shows the values; an answer may hold what must not be in a log.
            places = [(*each["loc"], each["type"]) for each in error.errors()]
            logger.error("the answer is not what the contract promises", extra={"places": places})
            if not status:
                await internal_error()(scope, receive, send_with_id)
        except Exception:
            logger.exception("a request failed")
            if not status:
                await internal_error()(scope, receive, send_with_id)
        finally:
            route = getattr(scope.get("route"), "path", None)
            logger.info(
                "%s %s %s",
                scope["method"],
                route or "(no route)",
                status,
                extra={
                    "http_request_method": scope["method"],
                    "http_route": route,
                    "http_response_status_code": status,
                    "duration_seconds": round(time.perf_counter() - begin, 6),
                },
            )
            current_request.reset(token)


def _ids(headers: Headers) -> RequestIds:
    parent = _TRACEPARENT.fullmatch(headers.get("traceparent", "")[:55])
    request_id = headers.get("x-request-id", "")
    return RequestIds(
        trace_id=parent[1] if parent else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
        request_id=request_id if _REQUEST_ID.fullmatch(request_id) else secrets.token_hex(16),
    )
