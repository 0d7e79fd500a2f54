"""What holds for every operation: how long it takes, how much it reads, and who may ask."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any, ClassVar, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import ResponseValidationError
from fastapi.routing import APIRoute
from prometheus_client import Histogram
from pydantic import TypeAdapter, ValidationError
from starlette.types import Receive, Scope, Send

from ..metrics import ACTIVE_REQUESTS, REQUEST_DURATION
from .context import Context, current, new_context
from .problems import Invalid, InvalidInput, Refused, pointer
from .requests import SLASH
from .wire import NotJSON, read_json

Answer = Callable[[Request], Awaitable[Response]]
Guard = Callable[[Request, Context], Awaitable[None]]
Around = Callable[[Request, Answer], Awaitable[Response]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What holds for an operation beside its form."""

    # Seconds, and bytes.
    timeout: float = 30
    body: int = 1_048_576
    # Asked one after the other, before the request is read; each may refuse it.
    guards: tuple[Guard, ...] = ()
    # What may answer in the place of the operation.
    around: Around | None = None
    # How long a good answer may be kept.
    cache: str | None = None


def policy(**changes: Any) -> Callable[[Endpoint], Endpoint]:
    """Let something else hold for an operation than for the others of its port."""

    def mark(endpoint: Endpoint) -> Endpoint:
        vars(endpoint)["policy"] = changes
        return endpoint

    return mark


class BodyRequest(Request):
    """A request that reads no more than it may, and JSON alone."""

    most = Policy.body

    async def body(self) -> bytes:
        """The body, if it is not too large and says that it is JSON."""
        if not hasattr(self, "_body"):
            length = self.headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > self.most:
                raise Refused(413, f"A body has at most {self.most} bytes.")
            content = bytearray()
            async for chunk in self.stream():
                content += chunk
                if len(content) > self.most:
                    raise Refused(413, f"A body has at most {self.most} bytes.")
            self._body = bytes(content)
            kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
            if content and kind != "application/json":
                raise Refused(415, "A body is application/json.")
        return self._body

    async def json(self) -> Any:
        """The value of the body."""
        try:
            return read_json(await self.body())
        except NotJSON as error:
            raise Invalid(
                [InvalidInput(detail=str(error), pointer=pointer(error.place))]
            ) from error


class Operation(APIRoute):
    """A route that is measured. Its first tag is its port, its id the name of the operation.

    Where a contract has several ports, the id begins with the port.
    """

    policy: ClassVar[Policy] = Policy()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        # What is absent is left out of an answer; it is never written as null.
        super().__init__(*arguments, **{**options, "response_model_exclude_none": True})
        port = str(self.tags[0])
        self._labels = [port, str(self.operation_id).removeprefix(f"{port}.")]
        self.place = ".".join(self._labels)
        self._active = ACTIVE_REQUESTS.labels(*self._labels)
        self._durations: dict[tuple[str, int], Histogram] = {}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request, within what the policy allows."""
        read = super().get_route_handler()
        policy = replace(self.policy, **vars(self.endpoint).get("policy", {}))
        # What the user's code answers; what a store gives has been checked already.
        is_theirs = "service" in signature(self.endpoint).parameters and self.response_model
        result = TypeAdapter[Any](self.response_model) if is_theirs else None

        async def answer(request: Request) -> Response:
            context = current.get() or new_context()
            request = BodyRequest(request.scope, request.receive)
            request.most = policy.body
            end = asyncio.get_running_loop().time() + policy.timeout
            context.deadline = end if context.deadline is None else min(end, context.deadline)
            try:
                async with asyncio.timeout_at(context.deadline) as limit:
                    for guard in policy.guards:
                        await guard(request, context)
                    _read_texts(request)
                    around = policy.around
                    response = await (around(request, read) if around else read(request))
            except TimeoutError as error:
                if not limit.expired():
                    raise
                raise Refused(504, "The answer took too long.") from error
            if policy.cache:
                response.headers["cache-control"] = policy.cache
            if result and response.status_code < 300 and response.body:
                _check(result, bytes(response.body))
            return response

        return answer

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count and time it."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # 405 is the answer of no operation
            return
        begin = time.perf_counter()
        self._active.inc()
        try:
            await super().handle(scope, receive, send)
        finally:
            self._active.dec()
            context = current.get()
            status = context.status if context and context.status else 500
            self._duration(scope["method"], status).observe(time.perf_counter() - begin)

    def _duration(self, method: str, status: int) -> Histogram:
        """The measure of answers with this status, which is looked up once."""
        if (found := self._durations.get((method, status))) is None:
            found = REQUEST_DURATION.labels(*self._labels, method, self.path, str(status))
            self._durations[method, status] = found
        return found


def _check(result: TypeAdapter[Any], content: bytes) -> None:
    """Let no answer out that the contract does not allow: records can be changed."""
    try:
        result.validate_json(content)
    except ValidationError as error:
        raise ResponseValidationError(error.errors(include_url=False)) from error


def _read_texts(request: Request) -> None:
    """Put escaped slashes back into the parts of the path; and let no text hold NUL.

    The texts of a body are looked at when it is read.
    """
    named = list(request.path_params.items())
    for name, value in named:
        request.path_params[name] = value.replace(SLASH, "/")
    if b"%00" in request.scope["query_string"]:
        named += request.query_params.multi_items()
    errors = [
        InvalidInput(detail="A text holds no NUL", parameter=name)
        for name, value in named
        if "\0" in value
    ]
    if errors:
        raise Invalid(errors)
