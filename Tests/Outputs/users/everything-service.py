"""What a user of systems/stress.droid writes into src/everything_service/service.py."""

import datetime
from decimal import Decimal
from uuid import UUID as Uuid

from everything_service_service.errors import Gone
from everything_service_service.models import Color, Empty, Everything, Line
from everything_service_service.runtime.wire import (
    UUID,
    URL,
    Binary,
    Bool,
    Date,
    Duration,
    Email,
    Float,
    Int,
    Time,
)
from everything_service_service.runtime import wire
from everything_service_service.service import EverythingServiceService


class EverythingService(EverythingServiceService):
    """Answers something."""

    async def import_(self, class_: Color, order_id: UUID, from_: Everything) -> Everything:
        self.metrics.imports(color=class_.value, class_="x")
        return from_

    async def search(
        self,
        q: str,
        limit: Int,
        exact: Bool,
        ratio: Float | None,
        price: wire.Decimal | None,
        day: Date | None,
        at: Time | None,
        wait: Duration | None,
        ids: list[UUID],
        colors: list[Color] | None,
        mail: Email | None,
        page: URL | None,
        raw: Binary | None,
        self_: Int | None,
        tenant: str,
        trace: str | None,
    ) -> list[Everything]:
        assert isinstance(limit, int) and isinstance(exact, bool)
        assert all(isinstance(each, Uuid) for each in ids)
        assert wait is None or isinstance(wait, datetime.timedelta)
        return []

    async def maybe(self, n: Int) -> Line | None:
        return Line(sku="a", quantity=n) if n else None

    async def nothing(self, line: Line) -> None:
        self.metrics.depth(1)

    async def accepted(self, line: Line | None) -> Line:
        return line or Line(sku="b")

    async def delete_all(self) -> None:
        pass

    async def api_number(self) -> Int:
        return 3

    async def map(self) -> dict[str, list[Line]]:
        return {"a": [Line(sku="c")], "b": []}

    async def time(self) -> Time:
        return datetime.datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))

    async def status(self) -> wire.Decimal:
        return Decimal("1E+3")

    async def alive(self) -> None:
        pass

    async def change(self, id: Int, field: Empty) -> Color:
        return Color.TRUE

    async def second_number(self) -> Float:
        return 1.5

    async def purge(self) -> None:
        raise Gone(detail="nothing is left")
