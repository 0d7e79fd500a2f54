"""What every application has, whatever its routes."""

import json
from collections.abc import Iterable
from importlib.resources.abc import Traversable

from fastapi import FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig

from .problems import Refused, handle_problems, problem_response
from .requests import RequestContext

# FastAPI's own spans and logs hold paths, queries and the texts of exceptions: `traces.py` tells
# of requests without them.
UNTOLD: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}


def complete(
    app: FastAPI,
    contract: Traversable | None = None,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    """Give an application its contract, problems for errors, and a context for requests."""
    document = contract.read_bytes() if contract else b'{"paths":{}}'
    # A hyphen in the name of a path parameter is an underscore in a route.
    methods = {
        path.replace("-", "_"): ", ".join(sorted(verb.upper() for verb in operations))
        for path, operations in json.loads(document)["paths"].items()
    }

    if contract:

        @app.get("/openapi.json", include_in_schema=False)
        async def openapi() -> Response:
            return Response(document, media_type="application/json")

    @app.exception_handler(405)
    async def method_not_allowed(request: Request, error: Exception) -> Response:
        route = request.scope.get("route")
        own = ", ".join(sorted(getattr(route, "methods", ["GET"])))
        path = getattr(route, "path", "").replace("-", "_")
        return problem_response(Refused(405, headers={"Allow": methods.get(path, own)}))

    handle_problems(app)
    app.add_middleware(RequestContext, headers=headers)
