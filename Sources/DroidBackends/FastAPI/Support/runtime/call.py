"""What is asked of another service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from .problems import Problem, ProblemError
from .wire import as_text

NO_FALLBACK: Any = object()
# Of what has no answer.
NOTHING = TypeAdapter[None](None)


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is asked: one operation with its parameters."""

    operation: str
    method: str
    path: str
    # The path with the names of its values, where it has some.
    route: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    # Whether it may be done twice, and whether a key makes that so.
    is_repeatable: bool = False
    takes_key: bool = False
    # The seconds for which an answer holds.
    cache: float | None = None
    errors: Sequence[tuple[type[ProblemError], type[Problem]]] = ()
    # What an operation answers that has nothing to tell.
    empty: Any = NO_FALLBACK


def pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values as they travel: what is absent is left out, a list is repeated."""
    return [
        (name, as_text(each))
        for name, value in values.items()
        if value is not None
        for each in (value if isinstance(value, list) else [value])
    ]
