"""Errors as problem details (RFC 9457): one form for every answer that is not a success."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from .wire import Int, Model

MEDIA_TYPE = "application/problem+json"


class Problem(Model):
    """What went wrong, for programs (`type`, `status`) and for people (`title`, `detail`)."""

    type: str = "about:blank"
    title: str
    status: Int
    detail: str | None = None


class InvalidInput(Model):
    """One thing that is wrong with a request, and where it stands."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class InvalidProblem(Problem):
    """A request that the contract does not allow."""

    errors: list[InvalidInput]


class ProblemError(Exception):
    """Raise it, or one of the declared errors, and the caller gets the problem as its answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem


class NotFound(ProblemError):
    """There is nothing by this name."""

    def __init__(self, detail: str) -> None:
        super().__init__(Problem(title="Not Found", status=404, detail=detail))


class Conflict(ProblemError):
    """The request does not fit what is there."""

    def __init__(self, detail: str) -> None:
        super().__init__(Problem(title="Conflict", status=409, detail=detail))


class Unavailable(ProblemError):
    """Something that this service needs does not answer; trying again later may help."""

    def __init__(self, detail: str) -> None:
        super().__init__(Problem(title="Service Unavailable", status=503, detail=detail))


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that tells the caller of a problem."""
    content = problem.model_dump_json(exclude_none=True)
    return Response(content, problem.status, headers, MEDIA_TYPE)


def internal_error() -> Response:
    """The answer to a defect of ours. The log has the reason; the caller does not need it."""
    return problem_response(Problem(title="Internal Server Error", status=500))


async def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return problem_response(error.problem)


async def _on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    title = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != title else None
    return problem_response(
        Problem(title=title, status=error.status_code, detail=detail), error.headers
    )


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    problem = InvalidProblem(
        title="Unprocessable Content",
        status=422,
        detail="The request is not what the contract allows.",
        errors=[_invalid_input(each) for each in error.errors()],
    )
    return problem_response(problem)


def _invalid_input(error: Mapping[str, Any]) -> InvalidInput:
    """Where and why, never what: the value may be personal."""
    place, *path = error["loc"]
    detail = str(error["msg"]).removeprefix("Value error, ")
    if place == "body":
        steps = ["#", *(str(step).replace("~", "~0").replace("/", "~1") for step in path)]
        return InvalidInput(detail=detail, pointer="/".join(steps))
    return InvalidInput(detail=detail, parameter=".".join(str(step) for step in path))


def handle_problems(app: FastAPI) -> None:
    """Let every error of this application leave it as a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
