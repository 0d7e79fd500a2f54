"""What pages of other origins may ask."""

from collections.abc import Collection
from typing import ClassVar

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .context import current
from .operations import Operation


def allow(scope: Scope, origins: Collection[str]) -> Response | None:
    """Let a page of these origins read the answer; the answer itself, if a browser asks before."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None or origin not in origins:
        return None
    if context := current.get():
        context.headers.append((b"access-control-allow-origin", origin.encode()))
        context.headers.append((b"vary", b"Origin"))
    method = headers.get("access-control-request-method")
    if scope["method"] != "OPTIONS" or method is None:
        return None
    path = getattr(scope.get("route"), "path", None)
    methods = {
        each
        for route in scope["app"].routes
        if isinstance(route, Route) and route.path == path
        for each in route.methods or ()
    }
    allowed = {
        "Access-Control-Allow-Methods": ", ".join(sorted(methods or {method})),
        "Access-Control-Max-Age": "600",
    }
    if asked := headers.get("access-control-request-headers"):
        allowed["Access-Control-Allow-Headers"] = asked
    return Response(status_code=204, headers=allowed)


class CrossOriginOperation(Operation):
    """An operation that pages of some other origins may ask for."""

    origins: ClassVar[frozenset[str]] = frozenset()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; and before it the question of a browser whether it may send it."""
        if answer := allow(scope, self.origins):
            await answer(scope, receive, send)
            return
        await super().handle(scope, receive, send)
