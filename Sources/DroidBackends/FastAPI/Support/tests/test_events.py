"""Events: each is handled at least once, tried again, and put away at last."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from a_service.runtime.events import (
    Consumer,
    Message,
    Publisher,
    Subscriber,
    Subscription,
    Topic,
    one,
    subscribed,
)
from a_service.runtime.handled import MemoryHandled
from a_service.runtime.memory_events import MemoryBroker
from a_service.runtime.problems import Unavailable
from a_service.runtime.wire import Int, Model

TOPIC = Topic(name="numbers", retention=60)


class Number(Model):
    """An event."""

    value: Int


def message(data: str, id: str = "1", key: str | None = None) -> Message:
    """A message as a broker has it."""
    time = "2026-01-31T12:00:00Z"
    return Message(data=data.encode(), id=id, time=time, key=key)


async def handle(
    handler: Callable[[Number, str], Awaitable[None]], *messages: Message, **said: Any
) -> list[Message]:
    """Let a subscriber handle messages; those that were put away."""
    broker = MemoryBroker()
    subscription = Subscription(
        port="numbers", event=Number, handle=one(handler), group="a", backoff=(0, 0), **said
    )
    subscriber = Subscriber(broker, TOPIC, subscription, MemoryHandled())
    dead = await broker.consumer(TOPIC.dead, "dead", from_earliest=True)
    async with subscribed([subscriber], 5):
        await asyncio.sleep(0)
        for each in messages:
            await broker.publish(TOPIC, each)
        for _ in range(20):
            await asyncio.sleep(0.01)
    waiting = await dead.lag()
    return [each.message for each in await dead.fetch(waiting)] if waiting else []


def test_each_is_handled_once() -> None:
    seen: list[tuple[int, str]] = []

    async def handler(event: Number, id: str) -> None:
        seen.append((event.value, id))

    first = message('{"value":1}', key="k")
    second = message('{"value":2}', "2", "k")
    assert asyncio.run(handle(handler, first, first, second)) == []
    assert seen == [(1, "1"), (2, "2")]


def test_what_fails_is_tried_again() -> None:
    tries: list[str] = []

    async def handler(event: Number, id: str) -> None:
        tries.append(id)
        if len(tries) < 3:
            raise ValueError("no luck")

    assert asyncio.run(handle(handler, message('{"value":1}'))) == []
    assert tries == ["1", "1", "1"]


def test_what_fails_for_good_is_put_away() -> None:
    async def handler(event: Number, id: str) -> None:
        raise ValueError("no luck")

    [dead] = asyncio.run(handle(handler, message('{"value":1}'), attempts=2))
    assert (dead.id, dead.attempts, dead.error) == ("1", "2", "its handler failed")
    assert dead.headers()["attempts"] == "2"
    dropped = handle(handler, message('{"value":1}'), attempts=1, has_dead_letters=False)
    assert asyncio.run(dropped) == []


def test_what_is_published() -> None:
    broker = MemoryBroker()

    async def exercise() -> Message:
        consumer = await broker.consumer(TOPIC, "a", from_earliest=True)
        id = await Publisher[Number]((broker, TOPIC), key="value")(Number(value=7))
        [delivery] = await consumer.fetch(1)
        assert delivery.message.id == id
        return delivery.message

    told = asyncio.run(exercise())
    assert (told.data, told.key, told.traceparent[:3]) == (b'{"value":7}', "7", "00-")


def test_a_broker_that_fails() -> None:
    class Broken(MemoryBroker):
        """Takes nothing, and gives nothing out."""

        async def publish(self, topic: Topic, message: Message) -> None:
            raise self.error

        async def consumer(self, topic: Topic, group: str, *, from_earliest: bool) -> Consumer:
            raise self.error

        error: Exception = ConnectionError("nobody is there")

    async def exercise() -> None:
        broker = Broken()
        for broker.error in (ConnectionError("nobody is there"), Unavailable("Nobody is there.")):
            with pytest.raises(Unavailable):
                await Publisher[Number]((broker, TOPIC))(Number(value=7))
        said = Subscription(port="numbers", event=Number, handle=nothing, group="a")
        async with subscribed([Subscriber(broker, TOPIC, said, MemoryHandled())], 5):
            await asyncio.sleep(0.01)

    async def nothing(events: list[tuple[Number, str]]) -> None:
        """There are none."""

    asyncio.run(exercise())


def test_what_the_contract_does_not_allow_is_put_away_at_once() -> None:
    async def handler(event: Number, id: str) -> None:
        raise AssertionError("it is not handled")

    bad = [message('{"value":"x"}'), message("no JSON", "2"), message('{"value":1}', "")]
    assert [each.attempts for each in asyncio.run(handle(handler, *bad))] == ["1", "1", "1"]
