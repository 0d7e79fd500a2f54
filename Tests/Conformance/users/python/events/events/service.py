"""What a user of systems/events.droid writes."""

import asyncio
from collections import Counter

from events_service.models import Handled, Order
from events_service.service import EventsService


class Events(EventsService):
    """Publishes what it is told to, and keeps what it handles."""

    async def start(self) -> None:
        self.done: list[Handled] = []
        self.sizes: list[int] = []
        self.tries: Counter[str] = Counter()
        self.active = 0
        self.most = 0

    async def place(self, order: Order) -> None:
        await self.events.told(order)

    async def handled(self, customer: str) -> list[Handled]:
        return [each for each in self.done if each.order.customer == customer]

    async def batches(self) -> list[int]:
        return self.sizes

    async def together(self) -> int:
        return self.most

    async def on_placed(self, event: Order, id: str) -> None:
        self.active += 1
        self.most = max(self.most, self.active)
        try:
            await self.handle(event, id)
        finally:
            self.active -= 1

    async def handle(self, event: Order, id: str) -> None:
        self.tries[id] += 1
        word, _, times = event.customer.partition(" ")
        if word == "slow":
            await asyncio.sleep(0.4)
        if word == "fail" and self.tries[id] <= int(times):
            raise RuntimeError("a secret reason")
        self.done.append(Handled(event=id, order=event, attempt=self.tries[id]))

    async def on_dropped(self, event: Order, id: str) -> None:
        if event.customer.startswith("drop"):
            raise RuntimeError("never")

    async def on_batched(self, events: list[tuple[Order, str]]) -> None:
        self.sizes.append(len(events))
