"""Idempotency-Key: what is asked twice is done once, and answered twice."""

import hashlib
import json
import re
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from .context import current
from .operations import Answer, Policy
from .problems import Conflict, Invalid, InvalidInput, problem_response

KEEP_SECONDS = 24 * 60 * 60
HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
# A process that ends in the middle leaves a request under way, for so long.
LEASE_SECONDS = 2 * Policy.timeout


@dataclass(frozen=True)
class Kept:
    """An answer that was given."""

    status: int
    headers: dict[str, str]
    body: bytes


class Answers(ABC):
    """Where answers are kept, by what was asked."""

    @abstractmethod
    async def begin(self, scope: str, request: bytes) -> Kept | None:
        """The answer that was given; None if this request is the first, and under way now."""

    @abstractmethod
    async def keep(self, scope: str, answer: Kept) -> None:
        """Keep the answer of a request that is under way."""

    @abstractmethod
    async def forget(self, scope: str) -> None:
        """Let a request that is under way be tried again."""


@dataclass
class _Entry:
    request: bytes
    answer: Kept | None = None
    begun: float = field(default_factory=time.monotonic)


class MemoryAnswers(Answers):
    """Keeps answers as long as the process lives."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    async def begin(self, scope: str, request: bytes) -> Kept | None:
        # The oldest come first.
        while self._entries:
            first = next(iter(self._entries))
            if time.monotonic() - self._entries[first].begun < KEEP_SECONDS:
                break
            del self._entries[first]
        if (entry := self._entries.get(scope)) is None:
            self._entries[scope] = _Entry(request)
            return None
        return check(request, entry.request, entry.answer)

    async def keep(self, scope: str, answer: Kept) -> None:
        self._entries[scope].answer = answer

    async def forget(self, scope: str) -> None:
        del self._entries[scope]


def check(request: bytes, first: bytes, answer: Kept | None) -> Kept:
    """The answer for a key that was used before, if this is the same request and it is over."""
    if request != first:
        raise _invalid("The key was used for another request")
    if answer is None:
        raise Conflict("A request with this key is under way.")
    return answer


class Once:
    """Answers what was asked before with what was answered before."""

    def __init__(self, *, is_required: bool = False) -> None:
        self._is_required = is_required

    async def __call__(self, request: Request, answer: Answer) -> Response:
        """Answer a request, or answer it again."""
        key = request.headers.get(HEADER)
        if key is None:
            if self._is_required:
                raise _invalid("It is required")
            return await answer(request)
        if not _KEY.fullmatch(key):
            raise _invalid("It is 1 to 255 printable ASCII characters")
        answers: Answers = request.app.state.process.answers
        context = current.get()
        named = [request.scope["route"].place, context and context.subject, key]
        scope = hashlib.sha256(json.dumps(named).encode()).hexdigest()
        asked = hashlib.sha256(request.url.path.encode() + b"?" + request.scope["query_string"])
        asked.update(b"\n" + await request.body())
        if kept := await answers.begin(scope, asked.digest()):
            response = Response(kept.body, kept.status, kept.headers)
            response.headers["Idempotency-Replayed"] = "true"
            return response
        try:
            response = await _answered(request, answer)
        except BaseException:
            await answers.forget(scope)
            raise
        if response.status_code >= 500:
            await answers.forget(scope)
        else:
            await answers.keep(
                scope, Kept(response.status_code, dict(response.headers), bytes(response.body))
            )
        return response


async def _answered(request: Request, answer: Answer) -> Response:
    try:
        return await answer(request)
    except (HTTPException, RequestValidationError) as error:
        return problem_response(error)


def _invalid(detail: str) -> Invalid:
    return Invalid([InvalidInput(detail=detail, parameter=HEADER)])
