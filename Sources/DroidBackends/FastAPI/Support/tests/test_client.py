"""Asking others: what is sent, what is believed, and how a client holds out."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter

from a_service.runtime.call import NOTHING, Call
from a_service.runtime.client import Client, basic
from a_service.runtime.context import current, new_context
from a_service.runtime.kv import MemoryKV
from a_service.runtime.problems import Problem, ProblemError
from a_service.runtime.resilience import Breaker, Bulkhead, CallError, Rate, Retry

GET = Call(operation="get", method="GET", path="/things/1", is_repeatable=True)
POST = Call(operation="add", method="POST", path="/things", body=b"1", takes_key=True)
NUMBER = TypeAdapter[int](int)
RETRY = Retry(
    attempts=3, timeout=0.1, backoff=(0, 0), on=frozenset({"timeout", "unavailable", 502}), budget=1
)


class Target:
    """Answers one after the other; the last one again and again."""

    def __init__(self, *answers: int | str | float | Exception) -> None:
        self._answers: Iterator[int | str | float | Exception] = iter(answers)
        self._last: int | str | float | Exception = 200
        self.asked: list[httpx2.Request] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        self._last = next(self._answers, self._last)
        match self._last:
            case Exception():
                raise self._last
            case float():
                await asyncio.sleep(self._last)
            case str():
                return httpx2.Response(200, content=self._last)
            case int():
                return httpx2.Response(self._last, headers={"retry-after": "0"})
        return httpx2.Response(200, content="1")


def ask(
    target: Target,
    *calls: Call,
    result: TypeAdapter[Any] = NUMBER,
    url: str | None = "http://a",
    **said: Any,
) -> list[Any]:
    """What calls come to, one after the other: values, or the kinds of failures."""

    async def exercise() -> list[Any]:
        results: list[Any] = []
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(target)) as http:
            client = Client(http, url, peer="things", **said)
            for call in calls:
                try:
                    results.append(await client.ask(call, result))
                except CallError as error:
                    results.append((error.kind, error.status_code))
        return results

    return asyncio.run(exercise())


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("1", 1),
        ('"one"', ("answer", 502)),
        ("no JSON", ("answer", 502)),
        (404, ("status", 502)),
        (503, ("status", 503)),
        (httpx2.ConnectError("refused"), ("refused", 503)),
        (httpx2.ReadError("reset"), ("reset", 503)),
        (0.5, ("timeout", 504)),
    ],
)
def test_what_becomes_of_a_call(answer: Any, outcome: object) -> None:
    assert ask(Target(answer), GET, timeout=0.1) == [outcome]


def test_nobody_has_said_where_it_is() -> None:
    assert ask(Target(), GET, url=None) == [("refused", 503)]


def test_what_is_sent() -> None:
    target = Target("1")
    context = new_context(request_id="mine")
    context.subject, context.scopes, context.authorization = "ann", frozenset("ab"), "Bearer x"
    token = current.set(context)
    call = Call(operation="find", method="GET", path="/", query={"a": [1, 2], "b": None})
    secret = {"x-key": "secret"}
    said = {"forwards_identity": True, "forwards_authorization": True, "credentials": secret}
    assert ask(target, call, **said) == [1]
    current.reset(token)
    [sent] = target.asked
    assert str(sent.url) == "http://a/?a=1&a=2"
    told = {"x-subject": "ann", "x-scopes": "a b", "authorization": "Bearer x", "x-key": "secret"}
    assert told.items() <= dict(sent.headers).items()
    assert sent.headers["x-request-id"] == "mine" and 0 < int(sent.headers["x-deadline"]) <= 5000
    assert basic("a:b") == "Basic YTpi"


def test_what_is_tried_again() -> None:
    target = Target(503, 0.5, "1")
    assert ask(target, GET, retry=RETRY) == [1]
    assert len(target.asked) == 3
    target = Target(502, "1")
    assert ask(target, POST, retry=RETRY) == [1]
    first, second = (sent.headers["idempotency-key"] for sent in target.asked)
    assert first == second
    assert ask(Target(404), GET, retry=RETRY) == [("status", 502)]
    assert ask(Target(503), Call(operation="a", method="POST", path="/"), retry=RETRY) == [
        ("status", 503)
    ]


def test_retries_have_a_budget() -> None:
    target = Target(503)
    mean = Retry(attempts=2, timeout=1, backoff=(0, 0), on=frozenset({"unavailable"}), budget=0)
    ask(target, *[GET] * 20, retry=mean)
    assert len(target.asked) == 30


def test_a_breaker_opens_and_closes_again() -> None:
    target = Target(500, 500, 500, "1")
    breaker = Breaker("things", failures=2, window=60, open_for=0, probes=1)
    failed = ("status", 502)
    assert ask(target, *[GET] * 5, breaker=breaker) == [failed, failed, failed, 1, 1]
    closed = Breaker("things", failures=1, window=60, open_for=60, probes=1)
    assert ask(Target(500), GET, GET, breaker=closed) == [failed, ("busy", 503)]
    closed.leave()


def test_a_rate_and_a_bulkhead_are_not_passed() -> None:
    assert ask(Target("1"), GET, GET, limit=Rate(0.01)) == [1, ("busy", 503)]
    bulkhead = Bulkhead(1, 1)

    async def use() -> str:
        try:
            async with bulkhead.slot():
                await asyncio.sleep(0.01)
        except CallError as error:
            return error.kind
        return "used"

    async def exercise() -> list[str]:
        return await asyncio.gather(use(), use(), use())

    assert asyncio.run(exercise()) == ["used", "used", "busy"]


def test_a_hedge() -> None:
    assert ask(Target(0.5, "2"), GET, hedge=(0.01, 1), timeout=5) == [2]
    assert ask(Target(500), GET, hedge=(0.01, 1)) == [("status", 502)]


def test_answers_are_kept() -> None:
    target = Target("1", "2")
    assert ask(target, GET, GET, cache=60) == [1, 1]
    shared = MemoryKV()
    assert ask(Target("3"), GET, cache=60, shared=shared) == [3]
    assert ask(Target("4"), GET, cache=60, shared=shared) == [3]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"fallback": "value", "value": 7}, [1, 7]),
        ({"fallback": "cached"}, [1, 1]),
        ({"fallback": "empty"}, [1, ("status", 502)]),
    ],
)
def test_what_stands_in(said: dict[str, Any], outcome: list[object]) -> None:
    assert ask(Target("1", 500), GET, GET, **said) == outcome


def test_what_has_nothing_to_tell() -> None:
    call = Call(operation="drop", method="DELETE", path="/", empty=None)
    assert ask(Target(204, 500), call, call, result=NOTHING, fallback="empty") == [None, None]


class Odd(ProblemError):
    """A declared error."""


class OddProblem(Problem):
    """Its form."""

    left: int


def test_a_declared_error_is_raised() -> None:
    text = '{"type": "urn:problem-type:odd", "title": "Odd", "status": 409, "left": 1}'
    call = Call(operation="a", method="GET", path="/", errors=[(Odd, OddProblem)])

    async def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(409, content=text)

    target: Callable[..., Any] = answer
    with pytest.raises(Odd):
        ask(target, call)  # type: ignore[arg-type]


def test_under_a_mesh_there_is_one_try() -> None:
    target = Target(503, "1")
    assert ask(target, GET, retry=RETRY, is_meshed=True) == [("status", 503)]
    assert ask(Target(504), GET, is_meshed=True) == [("timeout", 504)]
