"""What a field that has failed tells: a code for programs, a message for people."""

import logging
from typing import Any

from graphql import GraphQLError

from .problems import Invalid, ProblemError

logger = logging.getLogger(__name__)

DECLARED = "urn:problem-type:"
_CODES = {403: "forbidden", 429: "too-many", 502: "unavailable", 503: "unavailable"}


class Late(Exception):
    """An operation has taken longer than it may."""


def told(error: Exception) -> GraphQLError:
    """The error of a field; a defect of ours gives no reason."""
    match error:
        case Invalid():
            errors = error.problem.model_dump(exclude_none=True)["errors"]
            return _error("bad-value", "An argument is not what the contract allows.", errors)
        case ProblemError() if error.problem.type.startswith(DECLARED):
            declared = error.problem.type.removeprefix(DECLARED)
            fields = error.problem.model_dump(mode="json", exclude_none=True)
            for name in ("type", "title", "status", "detail"):
                fields.pop(name, None)
            return GraphQLError(error.problem.title, extensions={"code": declared, **fields})
        case ProblemError() if code := _code(error):
            return _error(code, error.problem.detail or error.problem.title)
        case Late():
            return _error("timeout", "The operation took too long.")
        case NotImplementedError():
            return _error("not-implemented", "This is not there yet.")
    logger.error("a field failed", exc_info=error)
    return _error("internal", "The operation failed.")


def _code(error: ProblemError) -> str | None:
    # Of a call: whoever was asked did not answer in time.
    return "unavailable" if error.status_code == 504 else _CODES.get(error.status_code)


def _error(code: str, message: str, errors: Any = None) -> GraphQLError:
    extensions = {"code": code} | ({"errors": errors} if errors else {})
    return GraphQLError(message, extensions=extensions)
