"""Versions: who is sent to which, and when one is taken back."""

import asyncio
from typing import Any, Literal

import pytest
from fastapi import Request

from a_service.runtime.context import current, new_context
from a_service.runtime.problems import Refused
from a_service.runtime.versions import Rollback, Version, Versions


def request(**headers: str) -> Request:
    """A request with headers."""
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": told})


def three(**said: Any) -> Versions:
    """Two versions, and one in the shadow."""
    return Versions(
        [
            Version(name="v1", uri="one", share=8000),
            Version(name="v2", uri="two", share=2000, match=("tester", "yes")),
            Version(name="v3", uri="three", share=0, mirror=10_000),
        ],
        **said,
    )


@pytest.mark.parametrize("way", ["header", "cookie"])
def test_who_visits_stays(way: Literal["header", "cookie"]) -> None:
    versions = three(sticky=(way, "visitor"))

    def chosen(who: str) -> str:
        told = {"visitor": who} if way == "header" else {"cookie": f"visitor={who}"}
        return versions.choose(request(**told)).name

    assert {chosen("ann") for _ in range(10)} == {"v1"}
    assert {chosen("bob") for _ in range(10)} == {"v2"}


def test_a_subject_stays_and_others_come_by_share() -> None:
    versions = three(sticky=("subject", ""))
    context = new_context()
    context.subject = "bob"
    token = current.set(context)
    assert {versions.choose(request()).name for _ in range(10)} == {"v2"}
    current.reset(token)
    assert {versions.choose(request()).name for _ in range(200)} == {"v1", "v2"}
    assert versions.choose(request(tester="yes")).name == "v2"


def test_the_shadow_is_asked_too_and_not_heard() -> None:
    asked: list[str] = []
    versions = three()

    async def predict(version: Version) -> str:
        asked.append(version.name)
        if version.name == "v3":
            raise ValueError("no luck")
        return version.name

    async def exercise() -> None:
        context = new_context()
        current.set(context)
        assert await versions.predict(request(tester="yes"), "a", predict) == "v2"
        assert context.headers == [(b"x-model-version", b"v2")]
        await asyncio.sleep(0.01)

    asyncio.run(exercise())
    assert sorted(asked) == ["v2", "v3"]


def test_a_version_that_fails_is_taken_back() -> None:
    versions = three(rollback=Rollback(error_rate=0.5, window=60))

    async def fail(version: Version) -> str:
        raise ValueError("no luck")

    async def refuse(version: Version) -> str:
        raise Refused(404)

    async def ask(prediction: Any, error: type[Exception]) -> None:
        with pytest.raises(error):
            await versions.predict(request(tester="yes"), "a", prediction)

    async def exercise() -> None:
        for _ in range(20):
            await ask(refuse, Refused)
        for _ in range(20):
            await ask(fail, ValueError)
        assert versions.choose(request(tester="yes")).name == "v2"
        await ask(fail, ValueError)
        assert versions.choose(request(tester="yes")).name == "v1"

    asyncio.run(exercise())


def test_each_version_is_loaded() -> None:
    version = Version(uri="one")

    async def load(name: str, uri: str) -> str:
        return f"{name}:{uri}"

    asyncio.run(Versions([version]).load(load))
    assert version.model == ":one"
