"""What a user of systems/resources.droid writes."""

import asyncio
from uuid import UUID

from resources_service.errors import TooMuch
from resources_service.models import Name, Number, Order, Status
from resources_service.runtime.problems import Conflict, NotFound
from resources_service.service import ResourcesService


class Resources(ResourcesService):
    """Counts what it does, so that one sees what was done twice."""

    async def start(self) -> None:
        self.count = 0
        self.heard: list[tuple[str, str]] = []

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

    async def told(self, name: str) -> list[str]:
        return [what for heard, what in self.heard if heard == name]

    async def name_created(self, name: Name) -> None:
        self.heard.append((name.name, f"created {name.value}"))
        if name.value == 500:
            raise RuntimeError("what follows fails")
        if name.value == 409:
            raise Conflict("This is one name too many.")

    async def name_replaced(self, name: Name) -> None:
        self.heard.append((name.name, f"replaced {name.value}"))
        if name.value == 409:
            raise Conflict("This is one name too many.")

    async def name_deleted(self, name: str) -> None:
        self.heard.append((name, "deleted"))
        if name == "kept":
            raise Conflict("This name is missed.")
