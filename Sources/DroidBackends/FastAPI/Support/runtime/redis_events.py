"""Events in Redis: a topic is a stream."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from .events import Broker, Consumer, Delivery, Message, Topic

WAIT_MILLISECONDS = 1_000
# What was not acknowledged for so long is somebody else's to handle.
CLAIM_MILLISECONDS = 60_000


class _Delivery(Delivery):
    def __init__(self, consumer: "_Consumer", entry: bytes, message: Message) -> None:
        self._consumer = consumer
        self._entry = entry
        self.message = message

    async def acknowledge(self) -> None:
        consumer = self._consumer
        await consumer.redis.xack(consumer.topic, consumer.group, self._entry)

    async def touch(self) -> None:
        consumer = self._consumer
        await consumer.redis.xclaim(
            consumer.topic, consumer.group, consumer.name, 0, [self._entry], justid=True
        )


class _Consumer(Consumer):
    def __init__(self, redis: Any, topic: str, group: str) -> None:
        self.redis = redis
        self.topic = topic
        self.group = group
        self.name = f"{os.uname().nodename}-{os.getpid()}"
        self._claimed = 0.0

    async def fetch(self, most: int) -> Sequence[Delivery]:
        if time.monotonic() - self._claimed > CLAIM_MILLISECONDS / 4000:
            claimed = await self.redis.xautoclaim(
                self.topic, self.group, self.name, CLAIM_MILLISECONDS, count=most
            )
            if claimed[1]:
                return self._read(claimed[1])
            self._claimed = time.monotonic()
        found = await self.redis.xreadgroup(
            self.group, self.name, {self.topic: ">"}, count=most, block=WAIT_MILLISECONDS
        )
        streams = found.values() if isinstance(found, dict) else [each[1] for each in found]
        entries = [entry for stream in streams for entry in stream]
        return self._read(entries[0] if entries and isinstance(entries[0], list) else entries)

    def _read(self, entries: list[tuple[bytes, dict[bytes, bytes] | None]]) -> list[Delivery]:
        deliveries: list[Delivery] = []
        for entry, fields in entries:
            found = fields or {}

            def text(name: bytes, found: dict[bytes, bytes] = found) -> str:
                return found.get(name, b"").decode(errors="replace")

            message = Message(
                data=found.get(b"data", b""),
                id=text(b"id"),
                time=text(b"time"),
                key=text(b"key") or None,
                traceparent=text(b"traceparent"),
            )
            deliveries.append(_Delivery(self, entry, message))
        return deliveries

    async def lag(self) -> int:
        for group in await self.redis.xinfo_groups(self.topic):
            if group["name"] == self.group.encode():
                return int(group["lag"] or 0) + int(group["pending"])
        return 0


class RedisBroker(Broker):
    """Publishes to streams, and reads them in groups."""

    system = "redis"

    def __init__(self, redis: Any) -> None:
        self._redis = redis

    async def publish(self, topic: Topic, message: Message) -> None:
        oldest = int((time.time() - topic.retention) * 1000)
        await self._redis.xadd(
            topic.name, {**message.headers(), "data": message.data}, minid=oldest, approximate=True
        )

    async def consumer(self, topic: Topic, group: str, *, from_earliest: bool) -> Consumer:
        try:
            start = "0" if from_earliest else "$"
            await self._redis.xgroup_create(topic.name, group, start, mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        return _Consumer(self._redis, topic.name, group)

    async def ping(self) -> object:
        """Raise if it does not answer."""
        answer: object = await self._redis.ping()
        return answer


@asynccontextmanager
async def redis_broker(url: str) -> AsyncIterator[RedisBroker]:
    """The broker at this URL; its connections are closed at the end."""
    redis: Any = Redis.from_url(url, socket_connect_timeout=5, socket_timeout=10)
    try:
        yield RedisBroker(redis)
    finally:
        await asyncio.shield(redis.aclose())
