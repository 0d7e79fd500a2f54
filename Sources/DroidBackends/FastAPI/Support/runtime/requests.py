"""What happens around every request: ids, one line in the log, and no error that leaks."""

import asyncio
import logging
import re
import time
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from fastapi.exceptions import ResponseValidationError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import traces
from .context import Context, current, new_context
from .problems import Refused, problem_response

logger = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_MILLISECONDS = re.compile(r"[0-9]{1,12}")

# What an answer says that does not say otherwise: this is data; show, run and keep none of it.
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]
# Of what is reached from outside, by TLS.
HSTS = (b"strict-transport-security", b"max-age=31536000")
# Stands for an escaped slash while a route is looked for: no UTF-8 is read as this.
SLASH = "\udc2f"
_ESCAPED_SLASH = re.compile(rb"%2[fF]")


class RequestContext:
    """Gives each request its context (W3C Trace Context), and tells of it when it is over."""

    def __init__(self, app: ASGIApp, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._app = app
        self._headers = [*HEADERS, *headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begin = time.perf_counter()
        headers = Headers(scope=scope)
        request_id = headers.get("x-request-id", "")
        context = new_context(
            headers.get("traceparent", ""), request_id if _REQUEST_ID.fullmatch(request_id) else ""
        )
        deadline = headers.get("x-deadline")
        if deadline and _MILLISECONDS.fullmatch(deadline):
            context.deadline = asyncio.get_running_loop().time() + int(deadline) / 1000
        token = current.set(context)
        try:
            with traces.request(scope["method"], scope["scheme"], context) as span:
                try:
                    await self._answer(context, scope, receive, send)
                finally:
                    if span:
                        span.answer(scope["method"], _route(scope), context.status)
                    self._tell(context, scope, begin)
        finally:
            current.reset(token)

    async def _answer(self, context: Context, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and let no error out that is not told as a problem."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                context.status = message["status"]
                own = message["headers"]
                said = {name for name, _ in own}
                own += [each for each in self._headers if each[0] not in said]
                if b"x-request-id" not in said:
                    own.append((b"x-request-id", context.request_id.encode()))
                own += context.headers
            await send(message)

        try:
            if b"%" in scope["raw_path"]:
                scope["path"] = _path(scope["raw_path"])
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if isinstance(error, Refused):
                pass  # the path already
            elif isinstance(error, ResponseValidationError):
                # Its text shows the values; an answer may hold what must not be in a log.
                places = [(*each["loc"], each["type"]) for each in error.errors()]
                logger.error("the answer breaks the contract", extra={"places": places})
            else:
                logger.exception("a request failed")
            if not context.status:
                await problem_response(error)(scope, receive, send_with_headers)

    def _tell(self, context: Context, scope: Scope, begin: float) -> None:
        route = _route(scope)
        logger.info(
            "%s %s %s",
            scope["method"],
            route or "(no route)",
            context.status,
            extra={
                "http_request_method": scope["method"],
                "http_route": route,
                "http_response_status_code": context.status,
                "duration_seconds": round(time.perf_counter() - begin, 6),
            },
        )


def _route(scope: Scope) -> str | None:
    return getattr(scope.get("route"), "path", None)


def _path(raw: bytes) -> str:
    """A path to find a route by: a slash that is escaped is part of a text, and not between two."""
    try:
        parts = [unquote_to_bytes(part).decode() for part in _ESCAPED_SLASH.split(raw)]
    except UnicodeDecodeError:
        raise Refused(400, "The path is not UTF-8.") from None
    return SLASH.join(parts)
