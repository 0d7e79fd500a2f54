"""Events within one process: for tests and for the first hour."""

import asyncio
from collections.abc import Sequence

from .events import Broker, Consumer, Delivery, Message, Topic


class _Delivery(Delivery):
    def __init__(self, message: Message) -> None:
        self.message = message

    async def acknowledge(self) -> None:
        """It is gone already."""

    async def touch(self) -> None:
        """It is nobody else's."""


class _Consumer(Consumer):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[Message] = asyncio.Queue()

    async def fetch(self, most: int) -> Sequence[Delivery]:
        messages = [await self.queue.get()]
        while len(messages) < most and not self.queue.empty():
            messages.append(self.queue.get_nowait())
        return [_Delivery(each) for each in messages]

    async def lag(self) -> int:
        return self.queue.qsize()


class MemoryBroker(Broker):
    """Gives each group of this process what is published in it."""

    system = "in_memory"

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], _Consumer] = {}

    async def publish(self, topic: Topic, message: Message) -> None:
        for (name, _), consumer in self._groups.items():
            if name == topic.name:
                consumer.queue.put_nowait(message)

    async def consumer(self, topic: Topic, group: str, *, from_earliest: bool) -> Consumer:
        return self._groups.setdefault((topic.name, group), _Consumer())
