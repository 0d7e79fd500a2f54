"""What holds for every operation: its body, its time, its answer, and who may ask."""

import asyncio
from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.testclient import TestClient

from a_service.runtime import operations
from a_service.runtime.application import UNTOLD, complete
from a_service.runtime.context import Context
from a_service.runtime.problems import Refused
from a_service.runtime.wire import Int, Model, StringText


class Thing(Model):
    """A body."""

    number: Int


async def closed(request: Request, context: Context) -> None:
    raise Refused(401)


async def passing(request: Request, answer: operations.Answer) -> Response:
    return await answer(request)


router = APIRouter(tags=["things"], route_class=operations.Operation)


@router.post("/things", operation_id="things.create")
@operations.policy(body=100, around=passing, cache="private, max-age=30")
async def create(thing: Thing) -> Thing:
    return thing


@router.get("/things/{name}", operation_id="get")
async def get(name: str, text: Annotated[StringText | None, Query()] = None) -> str:
    return name


@router.get("/slow", operation_id="slow")
@operations.policy(timeout=0.01)
async def slow() -> None:
    await asyncio.sleep(60)


@router.get("/late", operation_id="late")
async def late() -> None:
    raise TimeoutError


@router.get("/closed", operation_id="closed")
@operations.policy(guards=(closed,))
async def never() -> None:
    """Nobody is let in."""


@router.get("/wrong", operation_id="wrong")
async def wrong(service: int = 0) -> Thing:
    thing = Thing(number=1)
    vars(thing)["number"] = "one"
    return thing


@pytest.fixture(scope="module")
def things() -> Iterator[TestClient]:
    app = FastAPI(openapi_url=None, redirect_slashes=False, telemetry=UNTOLD)
    complete(app)
    app.include_router(router)
    with TestClient(app) as client:
        yield client


def test_a_body(things: TestClient) -> None:
    answer = things.post("/things", json={"number": 1})
    assert (answer.status_code, answer.json()) == (200, {"number": 1})
    assert answer.headers["cache-control"] == "private, max-age=30"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"number": 1}', "text/plain", 415),
        (b'{"number": 1, "more": ' + b"1" * 100 + b"}", "application/json", 413),
        (b"{", "application/json", 422),
        (b'{"number": "1"}', "application/json", 422),
    ],
)
def test_a_body_that_is_refused(things: TestClient, content: bytes, kind: str, status: int) -> None:
    answer = things.post("/things", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length(things: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield from [b" " * 60] * 3

    kind = {"content-type": "application/json"}
    assert things.post("/things", content=pieces(), headers=kind).status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/things/a%2Fb", 200),
        ("/things/a%00", 422),
        ("/things/a?text=%00", 422),
        ("/slow", 504),
        ("/late", 500),
        ("/closed", 401),
        ("/wrong", 500),
        ("/nothing", 404),
    ],
)
def test_what_is_answered(things: TestClient, path: str, status: int) -> None:
    answer = things.get(path)
    assert answer.status_code == status
    if path.endswith("a%2Fb"):
        assert answer.json() == "a/b"


def test_another_method(things: TestClient) -> None:
    answer = things.put("/things", headers={"x-deadline": "5000"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
