"""What a user of systems/resources.droid writes."""

import asyncio
from uuid import UUID

from resources_service.errors import TooMuch
from resources_service.models import Number, Order, Status
from resources_service.runtime.problems import NotFound
from resources_service.service import ResourcesService


class Resources(ResourcesService):
    """Counts what it does, so that one sees what was done twice."""

    async def start(self) -> None:
        self.count = 0

    async def pay(self, amount: int) -> Number:
        if amount > 100:
            self.count += 1
            raise TooMuch(most=100, detail=f"This is call {self.count}.")
        self.count += 1
        return Number(id=self.count, value=f"paid {amount}")

    async def pay_slowly(self, milliseconds: int) -> Number:
        await asyncio.sleep(milliseconds / 1000)
        self.count += 1
        return Number(id=self.count, value="paid slowly")

    async def crash_once(self) -> Number:
        self.count += 1
        if self.count % 2 == 1:
            raise RuntimeError("this time it fails")
        return Number(id=self.count, value="done")

    async def ship(self, id: UUID) -> Order:
        order = await self.stores.order.get(id)
        if order is None:
            raise NotFound("There is no such order.")
        order.status = Status.SHIPPED
        await self.stores.order.replace(order)
        return order
