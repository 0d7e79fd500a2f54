"""What a user of systems/values.droid writes."""

import asyncio
import datetime
import logging
from decimal import Decimal
from typing import Any
from uuid import UUID

from values_service.errors import Elsewhere, Gone, Refused, Taken
from values_service.models import Color, Defaults, Line, One, Person, Read, Tree
from values_service.service import ValuesService

logger = logging.getLogger(__name__)


class Values(ValuesService):
    """Answers what it was asked."""

    async def one(self, value: One) -> One:
        return value

    async def person(self, person: Person) -> Person:
        logger.info("a person: %s", person)
        logger.info("the same", extra={"person": person})
        return person

    async def defaults(self, value: Defaults) -> Defaults:
        return value

    async def maybe_body(self, value: Line | None) -> Line | None:
        return value

    async def tree(self, tree: Tree) -> Tree:
        return tree

    async def query(
        self,
        bool_: bool | None,
        int_: int | None,
        small: int | None,
        float_: float | None,
        decimal_: Decimal | None,
        text: str | None,
        short: str | None,
        code: str | None,
        uuid_: UUID | None,
        date: datetime.date | None,
        time: datetime.datetime | None,
        duration: datetime.timedelta | None,
        url: str | None,
        email: str | None,
        binary: bytes | None,
        color: Color | None,
        list_: list[int] | None,
    ) -> One:
        return One(
            bool_=bool_, int_=int_, small=small, float_=float_, decimal_=decimal_, text=text, short=short, code=code, uuid_=uuid_,
            date=date, time=time, duration=duration, url=url, email=email, binary=binary, color=color, list_=list_,
        )  # fmt: skip

    async def read(
        self, page: int, color: Color, exact: bool, ids: list[int], tags: list[str] | None, tenant: str, level: int | None
    ) -> Read:
        return Read(page=page, color=color, exact=exact, ids=ids, tags=tags, tenant=tenant, level=level)

    async def headers(
        self, int_: int | None, bool_: bool | None, time: datetime.datetime | None, color: Color | None, text: str | None
    ) -> One:
        return One(int_=int_, bool_=bool_, time=time, color=color, text=text)

    async def path_int(self, value: int) -> One:
        return One(int_=value)

    async def path_text(self, value: str) -> One:
        return One(text=value)

    async def path_length(self, value: str) -> int:
        return len(value)

    async def path_uuid(self, value: UUID) -> One:
        return One(uuid_=value)

    async def path_time(self, value: datetime.datetime) -> One:
        return One(time=value)

    async def path_date(self, value: datetime.date) -> One:
        return One(date=value)

    async def path_decimal(self, value: Decimal) -> One:
        return One(decimal_=value)

    async def path_color(self, value: Color) -> One:
        return One(color=value)

    async def path_bool(self, value: bool) -> One:
        return One(bool_=value)

    async def special(self) -> str:
        return "special"

    async def result_bool(self) -> bool:
        return False

    async def api_result_int(self) -> int:
        return 9007199254740993

    async def result_float(self) -> float:
        return 0.1

    async def result_decimal(self) -> Decimal:
        return Decimal("12.500")

    async def result_text(self) -> str:
        return 'a "quoted" text\nwith <é> and 🙂'

    async def result_uuid(self) -> UUID:
        return UUID("0F8FAD5B-D9CB-469F-A165-70867728950E")

    async def result_date(self) -> datetime.date:
        return datetime.date(2026, 2, 28)

    async def result_time(self) -> datetime.datetime:
        return datetime.datetime(2026, 1, 2, 3, 4, 5, 600000, datetime.timezone(datetime.timedelta(hours=1)))

    async def result_duration(self) -> datetime.timedelta:
        return datetime.timedelta(milliseconds=1500)

    async def result_binary(self) -> bytes:
        return b"\xff\xfe\x00"

    async def result_json(self) -> Any:
        return {"a": [1, None, {"b": "<&>"}]}

    async def result_color(self) -> Color:
        return Color.RED

    async def result_list(self) -> list[Line]:
        return [Line(sku="a"), Line(sku="b", quantity=2)]

    async def result_map(self) -> dict[str, int]:
        return {"b": 2, "a": 1}

    async def result_empty(self) -> list[Line]:
        return []

    async def result_maybe(self, there: bool) -> Line | None:
        return Line(sku="there") if there else None

    async def nothing(self, line: Line) -> None:
        pass

    async def nothing_at_all(self) -> None:
        pass

    async def accepted(self, line: Line) -> Line:
        return line

    async def reset(self) -> None:
        pass

    async def delete_thing(self, id: int) -> None:
        pass

    async def patch_thing(self, id: int, line: Line) -> Line:
        return Line(sku=line.sku, quantity=id)

    async def head_thing(self, id: int) -> None:
        pass

    async def cached(self) -> int:
        return 1

    async def fail(self, how: str) -> One:
        match how:
            case "taken":
                raise Taken(by="ann", size=3, until=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), detail="Ann has it.")
            case "taken-plain":
                raise Taken(by="ann", size=3)
            case "gone":
                raise Gone()
            case "refused":
                raise Refused(why="because")
            case "undeclared":
                raise Elsewhere()
            case "broken":
                return One.model_construct(small=99)
            case "broken-error":
                raise Taken(by=None, size=3)  # type: ignore[arg-type]
        raise RuntimeError(f"a secret reason: {how}")

    async def missing(self) -> One:
        raise Elsewhere(detail="Look elsewhere.")

    async def slow(self, milliseconds: int) -> int:
        await asyncio.sleep(milliseconds / 1000)
        return milliseconds

    async def slow_post(self, milliseconds: int, line: Line) -> int:
        await asyncio.sleep(milliseconds / 1000)
        return milliseconds

    async def count(self, color: Color) -> None:
        self.metrics.things(color=color.value)
        self.metrics.depth(7)
        self.metrics.lag(0.5)

    async def back_result_int(self) -> int:
        return 2

    async def purge(self) -> None:
        pass
