"""Events in NATS: a topic is a subject, kept in a stream of JetStream."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import nats
from nats.errors import TimeoutError as NothingYet
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamConfig
from nats.js.errors import BadRequestError

from .events import Broker, Consumer, Delivery, Message, Topic

WAIT_SECONDS = 1.0
ACKNOWLEDGE_SECONDS = 60.0


class _Delivery(Delivery):
    def __init__(self, native: Any) -> None:
        headers = native.headers or {}
        self._native = native
        self.message = Message(
            data=native.data,
            id=headers.get("Nats-Msg-Id", ""),
            time=headers.get("time", ""),
            key=headers.get("key"),
            traceparent=headers.get("traceparent", ""),
        )

    async def acknowledge(self) -> None:
        await self._native.ack_sync()

    async def touch(self) -> None:
        await self._native.in_progress()


class _Consumer(Consumer):
    def __init__(self, subscription: Any) -> None:
        self._subscription = subscription

    async def fetch(self, most: int) -> Sequence[Delivery]:
        try:
            found = await self._subscription.fetch(most, timeout=WAIT_SECONDS)
        except NothingYet:
            return []
        return [_Delivery(each) for each in found]

    async def lag(self) -> int:
        info = await self._subscription.consumer_info()
        return int(info.num_pending + info.num_ack_pending)


class NatsBroker(Broker):
    """Publishes to subjects, and reads them by durable consumers."""

    system = "nats"

    def __init__(self, client: Any) -> None:
        self._client = client
        self._streams = client.jetstream(timeout=5)
        self._known: set[str] = set()

    async def publish(self, topic: Topic, message: Message) -> None:
        await self._prepare(topic)
        headers = message.headers()
        headers["Nats-Msg-Id"] = headers.pop("id", "")
        await self._streams.publish(topic.name, message.data, headers=headers)

    async def consumer(self, topic: Topic, group: str, *, from_earliest: bool) -> Consumer:
        self._known.discard(topic.name)
        await self._prepare(topic)
        policy = DeliverPolicy.ALL if from_earliest else DeliverPolicy.NEW
        config = ConsumerConfig(
            ack_policy=AckPolicy.EXPLICIT, ack_wait=ACKNOWLEDGE_SECONDS, deliver_policy=policy
        )
        durable = group.replace(".", "_")
        return _Consumer(
            await self._streams.pull_subscribe(topic.name, durable=durable, config=config)
        )

    async def _prepare(self, topic: Topic) -> None:
        """Make the stream of a topic if it is not there."""
        if topic.name in self._known:
            return
        name = "".join(each if each.isalnum() else "_" for each in topic.name).upper()
        config = StreamConfig(name=name, subjects=[topic.name], max_age=topic.retention)
        try:
            await self._streams.add_stream(config)
        except BadRequestError:
            await self._streams.stream_info(name)  # it is there, and kept for another time
        self._known.add(topic.name)

    async def ping(self) -> object:
        """Raise if it does not answer."""
        if not self._client.is_connected:
            raise ConnectionError("NATS is not connected")
        await self._client.flush(timeout=1)
        return True


@asynccontextmanager
async def nats_broker(url: str) -> AsyncIterator[NatsBroker]:
    """The broker at this URL; its connection is closed at the end."""

    async def quiet(error: Exception) -> None:
        """What fails is told by who waits for it."""

    client: Any = await nats.connect(
        url, connect_timeout=5, max_reconnect_attempts=-1, reconnect_time_wait=1, error_cb=quiet
    )
    try:
        yield NatsBroker(client)
    finally:
        await asyncio.shield(client.close())
