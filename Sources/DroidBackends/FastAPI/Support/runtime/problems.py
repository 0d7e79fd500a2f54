"""Errors as problem details (RFC 9457): one form for every answer that is not a success."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Self

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from .wire import Int, Model

MEDIA_TYPE = "application/problem+json"

# Python 3.12 and older know these by the names of older standards.
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}


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


class ProblemError(HTTPException):
    """Raise it, or one of the declared errors, and the caller gets the problem as its answer."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.status, problem.detail or problem.title, headers)
        self.problem = problem

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """The error that somebody else's problem is."""
        error = cls.__new__(cls)
        ProblemError.__init__(error, problem)
        return error


class Refused(ProblemError):
    """An answer with a status that is none of the declared errors."""

    def __init__(
        self, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(Problem(title=phrase(status), status=status, detail=detail), headers)


class NotFound(Refused):
    """There is nothing by this name."""

    def __init__(self, detail: str) -> None:
        super().__init__(404, detail)


class Conflict(Refused):
    """The request does not fit what is there."""

    def __init__(self, detail: str) -> None:
        super().__init__(409, detail)


class Unavailable(Refused):
    """Something that this service needs does not answer; trying again later may help."""

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(503, detail, headers)


class Invalid(ProblemError):
    """The request is not what the contract allows."""

    def __init__(self, errors: Sequence[InvalidInput]) -> None:
        super().__init__(
            InvalidProblem(
                title=phrase(422),
                status=422,
                detail="The request is not what the contract allows.",
                errors=list(errors),
            )
        )


def phrase(status: int) -> str:
    """What a status is called."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def pointer(steps: Iterable[object]) -> str:
    """A place in a body, as a JSON Pointer in a fragment."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "/".join(["#", *escaped])


def problem_response(error: Exception) -> Response:
    """The answer that tells the caller of an error; a defect of ours gives no reason."""
    match error:
        case ProblemError():
            problem, headers = error.problem, error.headers
        case RequestValidationError():
            problem, headers = (
                Invalid([_invalid_input(each) for each in error.errors()]).problem,
                None,
            )
        case HTTPException():
            title = phrase(error.status_code)
            detail = error.detail if error.detail != HTTPStatus(error.status_code).phrase else None
            problem = Problem(title=title, status=error.status_code, detail=detail)
            headers = error.headers
        case _:
            problem, headers = Problem(title=phrase(500), status=500), None
    content = problem.model_dump_json(exclude_none=True)
    return Response(content, problem.status, headers, media_type=MEDIA_TYPE)


def _invalid_input(error: Mapping[str, Any]) -> InvalidInput:
    """Where and why, never what: the value may be personal."""
    place, *path = error["loc"]
    detail = str(error["msg"]).removeprefix("Value error, ")
    if place == "body":
        return InvalidInput(detail=detail, pointer=pointer(path))
    return InvalidInput(detail=detail, parameter=str(path[0]) if path else None)


async def _on_error(request: Request, error: Exception) -> Response:
    return problem_response(error)


def handle_problems(app: FastAPI) -> None:
    """Let every error of this application leave it as a problem."""
    app.add_exception_handler(HTTPException, _on_error)
    app.add_exception_handler(RequestValidationError, _on_error)
