"""Events in Kafka: a topic is a topic, and what travels beside an event are headers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from .events import Broker, Consumer, Delivery, Message, Topic

WAIT_MILLISECONDS = 1000
# How long a group waits for a member that is not heard of; one that is may handle an event for long.
MEMBER_MILLISECONDS = 10_000
HANDLE_MILLISECONDS = 24 * 3_600_000


class _Delivery(Delivery):
    def __init__(self, consumer: "_Consumer", native: Any) -> None:
        headers = {name: value.decode(errors="replace") for name, value in native.headers}
        self._consumer = consumer
        self.place = TopicPartition(native.topic, native.partition)
        self.offset: int = native.offset
        self.is_settled = False
        self.message = Message(
            data=native.value or b"",
            id=headers.get("id", ""),
            time=headers.get("time", ""),
            key=native.key.decode(errors="replace") if native.key else None,
            traceparent=headers.get("traceparent", ""),
        )

    async def acknowledge(self) -> None:
        self.is_settled = True
        await self._consumer.commit(self.place)

    async def touch(self) -> None:
        """Kafka is told by the consumer that we are there."""


class _Consumer(Consumer):
    """Kafka knows only how far a group has come: an offset is committed when all before it are
    settled."""

    def __init__(self, native: Any) -> None:
        self.native = native
        self._under_way: dict[TopicPartition, deque[_Delivery]] = {}

    async def fetch(self, most: int) -> Sequence[Delivery]:
        found = await self.native.getmany(timeout_ms=WAIT_MILLISECONDS, max_records=most)
        deliveries: list[Delivery] = []
        for place, messages in found.items():
            for each in messages:
                before = self._under_way.setdefault(place, deque())
                if before and before[-1].offset >= each.offset:
                    before.clear()  # it was given to us anew, and begins where the group had come
                before.append(delivery := _Delivery(self, each))
                deliveries.append(delivery)
        return deliveries

    async def commit(self, place: TopicPartition) -> None:
        """Tell how far we have come, if that is farther than before."""
        under_way = self._under_way[place]
        settled: int | None = None
        while under_way and under_way[0].is_settled:
            settled = under_way.popleft().offset
        if settled is not None:
            await self.native.commit({place: settled + 1})

    async def lag(self) -> int:
        places = self.native.assignment()
        ends = await self.native.end_offsets(places)
        starts = await self.native.beginning_offsets(places)
        come = {place: await self.native.committed(place) for place in places}
        return sum(ends[place] - max(come[place] or 0, starts[place]) for place in places)


class KafkaBroker(Broker):
    """Publishes to topics, and reads them in groups."""

    system = "kafka"

    def __init__(self, addresses: str) -> None:
        self._addresses = addresses
        self._producer: Any = None
        self._lock = asyncio.Lock()
        self._known: set[str] = set()
        self._consumers: dict[tuple[str, str], Any] = {}

    async def publish(self, topic: Topic, message: Message) -> None:
        await self._prepare(topic)
        headers = message.headers()
        key = headers.pop("key", None)
        producer = await self._connected()
        await producer.send_and_wait(
            topic.name,
            message.data,
            key=key.encode() if key is not None else None,
            headers=[(name, value.encode()) for name, value in headers.items()],
        )

    async def consumer(self, topic: Topic, group: str, *, from_earliest: bool) -> Consumer:
        await self._prepare(topic)
        if former := self._consumers.pop((topic.name, group), None):
            await former.stop()
        native: Any = AIOKafkaConsumer(
            topic.name,
            bootstrap_servers=self._addresses,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest" if from_earliest else "latest",
            session_timeout_ms=MEMBER_MILLISECONDS,
            max_poll_interval_ms=HANDLE_MILLISECONDS,
        )
        self._consumers[topic.name, group] = native
        await native.start()
        return _Consumer(native)

    async def _connected(self) -> Any:
        """What publishes, once there is somebody to publish to."""
        async with self._lock:
            if self._producer is None:
                producer: Any = AIOKafkaProducer(bootstrap_servers=self._addresses, acks="all")
                try:
                    await producer.start()
                except BaseException:
                    await asyncio.shield(producer.stop())
                    raise
                self._producer = producer
            return self._producer

    async def _prepare(self, topic: Topic) -> None:
        """Make a topic if it is not there."""
        if topic.name in self._known:
            return
        admin: Any = AIOKafkaAdminClient(bootstrap_servers=self._addresses)
        try:
            await admin.start()
            if topic.name not in await admin.list_topics():
                wanted = NewTopic(
                    topic.name,
                    topic.partitions,
                    replication_factor=-1,
                    topic_configs={"retention.ms": str(int(topic.retention * 1000))},
                )
                made = await admin.create_topics([wanted])
                for _, code, *_ in made.topic_errors:
                    if code not in (0, TopicAlreadyExistsError.errno):
                        raise for_code(code)
        finally:
            await asyncio.shield(admin.close())
        self._known.add(topic.name)

    async def ping(self) -> object:
        """Raise if it does not answer."""
        producer = await self._connected()
        if not await producer.client.force_metadata_update():
            raise ConnectionError("Kafka does not answer")
        return True

    async def close(self) -> None:
        """Leave the groups, and send what is left."""
        for each in [*self._consumers.values(), self._producer]:
            if each is not None:
                with suppress(Exception):
                    await each.stop()


@asynccontextmanager
async def kafka_broker(addresses: str) -> AsyncIterator[KafkaBroker]:
    """The broker at these addresses; its connections are closed at the end."""
    broker = KafkaBroker(addresses)
    try:
        yield broker
    finally:
        await asyncio.shield(broker.close())
