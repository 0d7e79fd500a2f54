"""Events: each is handled at least once, by each group that asked for it."""

import asyncio
import logging
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from prometheus_client import Counter, Gauge

from . import traces
from .context import current, new_context
from .handled import Handled
from .problems import Unavailable
from .wire import Model, as_text, read_json

logger = logging.getLogger(__name__)

HANDLED = Counter("droid_events_handled", "Events, by what became of them.", ["port", "outcome"])
DEAD = Counter("droid_events_dead", "Events that were put away.", ["port"])
LAG = Gauge("droid_events_lag", "Events that wait to be handled.", ["port"])
OLDEST = Gauge("droid_events_oldest_seconds", "Age of the oldest event under way.", ["port"])

PUBLISH_SECONDS = 5.0
TOUCH_SECONDS = 20.0
LAG_SECONDS = 10.0

Event = TypeVar("Event", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What carries the events of a port, and for how long (seconds)."""

    name: str
    retention: float
    partitions: int = 3

    @property
    def dead(self) -> "Topic":
        """Where those go that nobody could handle."""
        return Topic(name=f"{self.name}.dead", retention=self.retention, partitions=1)


@dataclass(frozen=True, kw_only=True)
class Message:
    """An event as it travels."""

    data: bytes
    id: str
    time: str
    key: str | None = None
    traceparent: str = ""
    # Of a dead letter.
    attempts: str | None = None
    error: str | None = None

    def headers(self) -> dict[str, str]:
        """What travels beside the data."""
        fields = {
            "id": self.id,
            "time": self.time,
            "key": self.key,
            "traceparent": self.traceparent,
            "attempts": self.attempts,
            "error": self.error,
        }
        return {name: value for name, value in fields.items() if value}


class Delivery(ABC):
    """A message that is ours to handle until it is acknowledged."""

    message: Message

    @abstractmethod
    async def acknowledge(self) -> None:
        """It need not be delivered again."""

    @abstractmethod
    async def touch(self) -> None:
        """We are still at it."""


class Consumer(ABC):
    """What a group is given of a topic."""

    @abstractmethod
    async def fetch(self, most: int) -> Sequence[Delivery]:
        """Some messages; none if there are none for a moment."""

    @abstractmethod
    async def lag(self) -> int:
        """How many wait."""


class Broker(ABC):
    """What carries events."""

    # What OpenTelemetry calls it.
    system: str

    @abstractmethod
    async def publish(self, topic: Topic, message: Message) -> None:
        """Return when the message is safe."""

    @abstractmethod
    async def consumer(self, topic: Topic, group: str, *, from_earliest: bool) -> Consumer:
        """Join a group."""


class Publisher(Generic[Event]):
    """Publishes the events of a port."""

    def __init__(self, *ways: tuple[Broker, Topic], key: str | None = None) -> None:
        self._ways = ways
        self._key = key

    async def __call__(self, event: Event) -> str:
        """Publish an event, and tell its id; return when it is safe."""
        context = current.get() or new_context()
        message = Message(
            data=event.model_dump_json(exclude_none=True).encode(),
            id=str(uuid.uuid4()),
            time=as_text(datetime.now(UTC)),
            key=as_text(getattr(event, self._key)) if self._key else None,
            traceparent=context.traceparent,
        )
        for broker, topic in self._ways:
            told = {
                "messaging.system": broker.system,
                "messaging.operation.name": "send",
                "messaging.operation.type": "send",
                "messaging.destination.name": topic.name,
                "messaging.message.id": message.id,
            }
            try:
                with traces.span("PRODUCER", f"send {topic.name}", told) as span:
                    if span:
                        message = replace(message, traceparent=span.traceparent)
                    async with asyncio.timeout(PUBLISH_SECONDS):
                        await broker.publish(topic, message)
            except Unavailable:
                raise
            except Exception as error:
                logger.warning("an event was not published", extra={"reason": repr(error)})
                raise Unavailable("The broker does not answer.") from error
        return message.id


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """How the events of a port are handled. Times are seconds."""

    port: str
    event: type[Model]
    handle: Callable[[list[tuple[Any, str]]], Awaitable[None]]
    group: str
    attempts: int = 5
    backoff: tuple[float, float] = (1.0, 60.0)
    has_dead_letters: bool = True
    parallel: int = 1
    batch: int = 1
    from_earliest: bool = True


class Subscriber:
    """Handles the events of a topic."""

    def __init__(
        self, broker: Broker, topic: Topic, subscription: Subscription, handled: Handled
    ) -> None:
        self._broker = broker
        self._topic = topic
        self._said = subscription
        self._handled = handled
        self._slots = asyncio.Semaphore(subscription.parallel)
        self._is_over = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}
        self._times: dict[int, datetime] = {}
        LAG.labels(subscription.port).set(0)
        OLDEST.labels(subscription.port).set_function(self._oldest)

    async def run(self) -> None:
        """Take events until it is cancelled; what is under way is left to `finish`."""
        most = self._said.batch * max(4 * self._said.parallel, 16)
        consumer: Consumer | None = None
        measured = 0.0
        loop = asyncio.get_running_loop()
        while not self._is_over:
            try:
                if consumer is None:
                    consumer = await self._broker.consumer(
                        self._topic, self._said.group, from_earliest=self._said.from_earliest
                    )
                room = most - len(self._tasks) * self._said.batch
                if room <= 0:
                    await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                    continue
                deliveries = await consumer.fetch(min(room, self._said.batch * self._said.parallel))
                for index in range(0, len(deliveries), self._said.batch):
                    self._begin(deliveries[index : index + self._said.batch])
                if loop.time() - measured > LAG_SECONDS:
                    measured = loop.time()
                    LAG.labels(self._said.port).set(await consumer.lag())
            except Exception as error:
                if self._is_over:
                    return
                logger.warning(
                    "%s waits for its broker", self._said.port, extra={"reason": repr(error)}
                )
                consumer = None
                await asyncio.sleep(1)

    def stop(self) -> None:
        """Take no more events."""
        self._is_over = True

    async def finish(self) -> None:
        """Wait for what is under way."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self, deliveries: Sequence[Delivery]) -> None:
        keys = {each.message.key for each in deliveries if each.message.key is not None}
        before = [self._last[key] for key in keys if key in self._last]
        task = asyncio.create_task(self._after(before, deliveries))
        self._tasks.add(task)
        self._last.update(dict.fromkeys(keys, task))

        def end(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            for key in keys:
                if self._last.get(key) is task:
                    del self._last[key]

        task.add_done_callback(end)

    async def _after(
        self, before: list[asyncio.Task[None]], deliveries: Sequence[Delivery]
    ) -> None:
        """Handle events when those of their keys have been."""
        touching = asyncio.create_task(_keep(deliveries))
        for each in deliveries:
            with suppress(ValueError):
                self._times[id(each)] = datetime.fromisoformat(each.message.time)
        try:
            if before:
                await asyncio.wait(before)
            async with self._slots:
                await self._work(deliveries)
        except Exception:
            # It is not acknowledged: it comes again.
            logger.exception("an event could not be settled")
        finally:
            touching.cancel()
            for each in deliveries:
                self._times.pop(id(each), None)

    async def _work(self, deliveries: Sequence[Delivery]) -> None:
        fresh: list[tuple[Delivery, Any]] = []
        for each in deliveries:
            message = each.message
            try:
                if not message.id:
                    raise ValueError("it has no id")
                event = self._said.event.model_validate(read_json(message.data))
            except ValueError:
                await self._put_away(each, 1, "it is not what the contract allows")
                continue
            if await self._handled.has(self._said.group, message.id):
                HANDLED.labels(self._said.port, "repeated").inc()
                await each.acknowledge()
            else:
                fresh.append((each, event))
        if fresh:
            await self._handle(fresh)

    async def _handle(self, fresh: list[tuple[Delivery, Any]]) -> None:
        said = self._said
        lower, upper = said.backoff
        for attempt in range(1, said.attempts + 1):
            try:
                with self._traced(fresh[0][0].message):
                    await said.handle([(event, each.message.id) for each, event in fresh])
                break
            except Exception:
                logger.warning("%s failed", said.port, exc_info=True, extra={"attempt": attempt})
            if attempt < said.attempts:
                await asyncio.sleep(min(upper, lower * 2 ** (attempt - 1)))
        else:
            for each, _ in fresh:
                await self._put_away(each, said.attempts, "its handler failed")
            return
        await self._handled.add(said.group, [each.message.id for each, _ in fresh])
        for each, _ in fresh:
            HANDLED.labels(said.port, "handled").inc()
            await each.acknowledge()

    @contextmanager
    def _traced(self, message: Message) -> Iterator[None]:
        """One try, which goes on with what the publisher began; of several, the first one."""
        context = new_context(message.traceparent)
        current.set(context)
        told = {
            "messaging.system": self._broker.system,
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": self._topic.name,
            "messaging.consumer.group.name": self._said.group,
            "messaging.message.id": message.id,
        }
        with traces.work("CONSUMER", f"process {self._topic.name}", told, context):
            yield

    async def _put_away(self, delivery: Delivery, attempts: int, reason: str) -> None:
        """Let a message go that nobody can handle."""
        message = delivery.message
        if self._said.has_dead_letters:
            dead = Message(
                data=message.data,
                id=message.id,
                time=message.time,
                key=message.key,
                traceparent=message.traceparent,
                attempts=str(attempts),
                error=reason,
            )
            await self._broker.publish(self._topic.dead, dead)
            DEAD.labels(self._said.port).inc()
        logger.error(
            "an event was put away",
            extra={"port": self._said.port, "event_id": message.id, "reason": reason},
        )
        HANDLED.labels(self._said.port, "failed").inc()
        await delivery.acknowledge()

    def _oldest(self) -> float:
        if not self._times:
            return 0
        return max(0.0, (datetime.now(UTC) - min(self._times.values())).total_seconds())


def one(
    handle: Callable[[Event, str], Awaitable[None]],
) -> Callable[[list[tuple[Event, str]]], Awaitable[None]]:
    """A handler of several events that hands them over one by one."""

    async def each(events: list[tuple[Event, str]]) -> None:
        for event, id in events:
            await handle(event, id)

    return each


@asynccontextmanager
async def subscribed(subscribers: Sequence[Subscriber], grace: float) -> AsyncIterator[None]:
    """Handle events meanwhile; at the end, finish what is under way."""
    tasks = [asyncio.create_task(each.run()) for each in subscribers]
    try:
        yield
    finally:
        for each in subscribers:
            each.stop()
        for task in tasks:
            task.cancel()
        finishing = [asyncio.create_task(each.finish()) for each in subscribers]
        await asyncio.wait(finishing, timeout=grace)


async def _keep(deliveries: Sequence[Delivery]) -> None:
    """Say now and then that these are still ours."""
    while True:
        await asyncio.sleep(TOUCH_SECONDS)
        for each in deliveries:
            with suppress(Exception):
                await each.touch()
