"""Errors as problems: what a caller is told, and what not."""

import json

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from a_service.runtime import problems


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (problems.NotFound("It is gone."), {"status": 404, "detail": "It is gone."}),
        (problems.Conflict("It is there."), {"status": 409, "detail": "It is there."}),
        (problems.Unavailable("Nobody is there."), {"status": 503, "title": "Service Unavailable"}),
        (problems.Refused(413), {"status": 413, "title": "Content Too Large"}),
        (HTTPException(405), {"status": 405, "title": "Method Not Allowed"}),
        (HTTPException(400, "Why not?"), {"status": 400, "detail": "Why not?"}),
    ],
)
def test_what_is_told(error: Exception, told: dict[str, object]) -> None:
    response = problems.problem_response(error)
    content = json.loads(bytes(response.body))
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == content["status"]
    assert {"type": "about:blank"} | told == {"type": content["type"]} | {
        name: content[name] for name in told
    }


def test_a_defect_gives_no_reason() -> None:
    response = problems.problem_response(ValueError("a secret"))
    content = {"type": "about:blank", "title": "Internal Server Error", "status": 500}
    assert json.loads(bytes(response.body)) == content


def test_what_is_wrong_has_its_place() -> None:
    errors = [
        {"loc": ("body", "lines", 0, "a/b~c"), "msg": "Value error, It is odd"},
        {"loc": ("query", "limit"), "msg": "It is large"},
        {"loc": ("body",), "msg": "It is missing"},
    ]
    response = problems.problem_response(RequestValidationError(errors))
    assert response.status_code == 422
    assert json.loads(bytes(response.body))["errors"] == [
        {"detail": "It is odd", "pointer": "#/lines/0/a~1b~0c"},
        {"detail": "It is large", "parameter": "limit"},
        {"detail": "It is missing", "pointer": "#"},
    ]


def test_the_problem_of_somebody_else_is_an_error() -> None:
    problem = problems.Problem(type="urn:problem-type:odd", title="Odd", status=409)
    error = problems.ProblemError.of(problem)
    assert (error.status_code, error.problem) == (409, problem)
