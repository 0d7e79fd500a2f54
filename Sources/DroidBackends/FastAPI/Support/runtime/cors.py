"""What pages of other origins may ask."""

from typing import ClassVar

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .context import current
from .operations import Operation


class CrossOriginOperation(Operation):
    """An operation that pages of some other origins may ask for."""

    origins: ClassVar[frozenset[str]] = frozenset()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; and before it the question of a browser whether it may send it."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin in self.origins:
            if context := current.get():
                context.headers.append((b"access-control-allow-origin", origin.encode()))
                context.headers.append((b"vary", b"Origin"))
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                await self._preflight(scope, headers)(scope, receive, send)
                return
        await super().handle(scope, receive, send)

    def _preflight(self, scope: Scope, headers: Headers) -> Response:
        methods = {
            method
            for route in scope["app"].routes
            if isinstance(route, Route) and route.path == self.path
            for method in route.methods or ()
        }
        allowed = {
            "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
            "Access-Control-Max-Age": "600",
        }
        if asked := headers.get("access-control-request-headers"):
            allowed["Access-Control-Allow-Headers"] = asked
        return Response(status_code=204, headers=allowed)
