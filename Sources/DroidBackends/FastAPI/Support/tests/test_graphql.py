"""GraphQL over HTTP: what is answered, what is refused, and how it fails."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.testclient import TestClient
from pydantic import Field, TypeAdapter

from a_service.runtime import graphql_stream
from a_service.runtime.application import UNTOLD, complete
from a_service.runtime.context import Context
from a_service.runtime.graphql import Graph, GraphField, Question
from a_service.runtime.operations import Operation
from a_service.runtime.problems import Problem, ProblemError, Refused
from a_service.runtime.wire import Int, Model

SCHEMA = """
type Query {
  thing(given: ThingInput = {color: DARK_RED}): Thing
  fail(how: String!): Int
}

type Subscription { count(to: Int!): Int! }
enum Color { DARK_RED }
type Thing { bestColor: Color! within: Thing }
input ThingInput { color: Color!, numbers: [Int!] }
"""
NAMES = {"Color.DARK_RED": "dark-red", "Thing.bestColor": "best-color"}


class Given(Model):
    """An argument."""

    color: str
    numbers: list[Annotated[Int, Field(le=9)]] | None = None


class Service:
    """What the user writes."""

    async def thing(self, given: Given) -> dict[str, object]:
        return {"best-color": given.color, "within": {"best-color": "dark-red"}}

    async def fail(self, how: str) -> object:
        match how:
            case "declared":
                raise ProblemError(Problem(type="urn:problem-type:odd", title="Odd", status=409))
            case "unavailable":
                raise Refused(504)
            case "missing":
                raise NotImplementedError
            case "wrong":
                return "one"
            case "late":
                raise TimeoutError
        await asyncio.sleep(60)
        return 1

    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(to):
            await asyncio.sleep(0.02)
            yield number
        if to > 2:
            raise ValueError("a secret")
        if to == 0:
            await asyncio.sleep(60)


async def closed(request: Request, context: Context) -> None:
    if "closed" in request.headers:
        raise Refused(403)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    path: Path = tmp_path_factory.mktemp("graph") / "schema.graphql"
    path.write_text(SCHEMA)
    number = TypeAdapter[Any](Annotated[Int, Field(le=5)])
    fields = {
        "Query.thing": GraphField(
            ask="thing",
            arguments={"given": TypeAdapter[Any](Given)},
            result=TypeAdapter[Any](dict[str, Any]),
            guards=(closed,),
        ),
        "Query.fail": GraphField(
            ask="fail",
            arguments={"how": TypeAdapter[Any](str)},
            result=TypeAdapter[Any](Int),
            timeout=0.05,
        ),
        "Subscription.count": GraphField(
            ask="count", arguments={"to": number}, result=TypeAdapter[Any](Int)
        ),
    }
    return Graph(path, names=NAMES, fields=fields, depth=3)


@pytest.fixture(scope="module")
def things(graph: Graph) -> Iterator[TestClient]:
    router = APIRouter(tags=["things"], route_class=Operation)

    @router.post("/graphql", operation_id="graphql")
    async def answer(request: Request, question: Question) -> Response:
        return await graph.answer(request, Service(), question)

    app = FastAPI(openapi_url=None, telemetry=UNTOLD)
    complete(app)
    app.include_router(router)
    app.state.process = SimpleNamespace(health=SimpleNamespace(stopping=asyncio.Event()))
    with TestClient(app) as client:
        yield client


def ask(things: TestClient, query: str, status: int = 200, **variables: Any) -> dict[str, Any]:
    answer = things.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == status
    content: dict[str, Any] = answer.json()
    return content


def test_names_are_those_of_graphql(things: TestClient) -> None:
    thing = {"bestColor": "DARK_RED", "within": {"bestColor": "DARK_RED"}}
    query = "{ thing { ...F within { ... on Thing { ...F } } } } fragment F on Thing { bestColor }"
    assert ask(things, query) == {"data": {"thing": thing}}


def test_an_argument_has_its_place(things: TestClient) -> None:
    query = "query ($given: ThingInput) { thing(given: $given) { bestColor } }"
    answer = ask(things, query, given={"color": "DARK_RED", "numbers": [1, 10]})
    [error] = answer["errors"]
    assert (answer["data"], error["path"]) == ({"thing": None}, ["thing"])
    assert error["extensions"]["code"] == "bad-value"
    assert error["extensions"]["errors"][0]["pointer"] == "#/given/numbers/1"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("declared", "odd"),
        ("unavailable", "unavailable"),
        ("missing", "not-implemented"),
        ("wrong", "internal"),
        ("late", "internal"),
        ("sleep", "timeout"),
    ],
)
def test_how_a_field_fails(things: TestClient, how: str, code: str) -> None:
    answer = ask(things, "query ($how: String!) { fail(how: $how) }", how=how)
    assert answer["data"] == {"fail": None}
    assert answer["errors"][0]["extensions"]["code"] == code


def test_who_may_not_ask(things: TestClient) -> None:
    query = {"query": "{ thing { bestColor } }"}
    answer = things.post("/graphql", json=query, headers={"closed": "yes"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "forbidden"


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nothing }",
        "{ __schema { types { name } } }",
        "query ($a: Int!) { fail(how: $a) }",
        "query ($a: String!) { fail(how: $a) }",
        "query A { __typename } query B { __typename }",
        "{ thing { within { within { bestColor } } } }",
        "{ thing " + "{ within " * 5000,
    ],
)
def test_what_is_not_executed(things: TestClient, query: str) -> None:
    answer = ask(things, query, 400)
    assert answer["errors"] and "data" not in answer


@pytest.mark.parametrize(
    ("to", "events"),
    [
        (2, ["next", "next", "complete"]),
        (3, ["next"] * 4 + ["complete"]),
        (6, ["next", "complete"]),
    ],
)
def test_a_subscription(things: TestClient, to: int, events: list[str]) -> None:
    body = {"query": f"subscription {{ count(to: {to}) }}"}
    assert things.post("/graphql", json=body).status_code == 406
    answer = things.post("/graphql", json=body, headers={"accept": "text/event-stream"})
    lines = answer.text.split("\n")
    named = "event: "
    assert [each.removeprefix(named) for each in lines if each.startswith(named)] == events
    assert "a secret" not in answer.text


def test_a_subscription_ends_with_the_process(
    things: TestClient, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphql_stream, "SILENCE_SECONDS", 0.01)
    stopping = asyncio.Event()

    async def exercise() -> list[str]:
        process = SimpleNamespace(health=SimpleNamespace(stopping=stopping))
        app = SimpleNamespace(state=SimpleNamespace(process=process))
        accept = (b"accept", b"text/event-stream")
        request = Request({"type": "http", "headers": [accept], "app": app})
        question = Question(query="subscription { count(to: 0) }")
        answer: Any = await graph.answer(request, Service(), question)
        asyncio.get_running_loop().call_later(0.05, stopping.set)
        return [each async for each in answer.body_iterator]

    pieces = asyncio.run(exercise())
    assert pieces[0] == ":\n\n" and pieces[-1] == "event: complete\ndata: \n\n"
