import asyncio
import datetime
from collections.abc import AsyncIterator
from decimal import Decimal

from graph_service.errors import OutOfStock
from graph_service.models import Line, Order, Stage, Text
from graph_service.runtime.context import current
from graph_service.service import GraphService

NOON = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)


class Graph(GraphService):
    asleep = 0
    largest = 0

    async def start(self) -> None:
        self.notes: list[str] = []

    async def plain(self) -> int:
        return 1

    async def order(self, id: int) -> Order | None:
        if id != 7:
            return None
        before = Order(id=6, placed_at=NOON, lines=[])
        lines = [Line(sku="a", count=2)]
        return Order(
            id=7, placed_at=NOON, stage=Stage.SENT_AWAY, lines=lines, total=Decimal("1.50"), weights={"b c": 1.5}, before=before
        )

    async def find(self, stage: Stage, skus: list[str] | None, order: Order | None) -> list[Order]:
        lines = [Line(sku=sku) for sku in skus or []]
        return [*([order] if order else []), Order(id=1, placed_at=NOON, stage=stage, lines=lines)]

    async def number(self, value: int) -> int:
        return value

    async def small(self, value: int) -> int:
        return value

    async def nap(self, seconds: float) -> float:
        self.asleep += 1
        self.largest = max(self.largest, self.asleep)
        await asyncio.sleep(seconds)
        self.asleep -= 1
        return seconds

    async def short(self, seconds: float) -> float:
        await asyncio.sleep(seconds)
        return seconds

    async def most(self) -> int:
        return self.largest

    async def unready(self) -> int:
        raise NotImplementedError

    async def broken(self) -> int:
        raise ValueError("a secret of ours")

    async def wrong(self) -> Stage:
        return "nowhere"  # type: ignore[return-value]

    async def asked(self) -> Text:
        return await self.clients.upstream.text()

    async def guarded(self) -> int:
        return 1

    async def rare(self) -> int:
        return 1

    async def place(self, order: Order) -> Order:
        if len(order.lines) == 3:
            raise OutOfStock(sku=order.lines[2].sku, left=3)
        return order

    async def forget(self, id: int) -> None:
        pass

    async def note(self, text: str) -> list[str]:
        # Who is quick overtakes who is slow, if they are let.
        await asyncio.sleep(0.2 if text == "slow" else 0)
        self.notes.append(text)
        return list(self.notes)

    async def ticks(self, count: int) -> AsyncIterator[int]:
        for number in range(1, count + 1):
            if number > 3:
                raise ValueError("a secret of ours")
            yield number

    async def waits(self) -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(600)

    async def own(self) -> AsyncIterator[int]:
        yield 1

    async def who(self) -> str:
        context = current.get()
        return (context.subject if context else None) or "nobody"

    async def safe(self) -> int:
        return 1
