"""What every application has, whatever its routes."""

import json
from importlib.resources.abc import Traversable

from fastapi import FastAPI, Request, Response

from .problems import Problem, handle_problems, problem_response
from .requests import RequestContext


def complete(app: FastAPI, contract: Traversable) -> None:
    """Give an application its contract, problems for errors, and ids for requests."""
    document = contract.read_bytes()
    # A hyphen in the name of a path parameter is an underscore in a route.
    methods = {
        path.replace("-", "_"): ", ".join(sorted(verb.upper() for verb in operations))
        for path, operations in json.loads(document)["paths"].items()
    }

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return Response(document, media_type="application/json")

    @app.exception_handler(405)
    async def method_not_allowed(request: Request, error: Exception) -> Response:
        path = getattr(request.scope.get("route"), "path", "").replace("-", "_")
        problem = Problem(title="Method Not Allowed", status=405)
        return problem_response(problem, {"Allow": methods.get(path, "GET")})

    handle_problems(app)
    app.add_middleware(RequestContext)
