"""Where resources are kept, seen from the code that uses them; and a store in memory."""

import base64
import json
import operator
import secrets
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from .etags import changed, named
from .problems import Invalid, InvalidInput
from .query import ListQuery
from .wire import Model, read_json

Key = TypeVar("Key")
Entity = TypeVar("Entity", bound=Model)


@dataclass(frozen=True, slots=True)
class Selection:
    """A query, read: what is kept in, in which order, after whom, and how many."""

    filters: list[tuple[str, str, Any]]
    order: str
    is_descending: bool
    # The value of the field of the order, and the key, of the one before.
    after: tuple[Any, Any] | None
    limit: int


class Store(ABC, Generic[Key, Entity]):
    """The entities of one type, each under its key. Each write gives an entity a new ETag."""

    def __init__(self, entity: type[Entity], key: str) -> None:
        self._entity = entity
        self._key = key
        self._fields = {
            field.alias or name: (name, TypeAdapter[Any](field.rebuild_annotation()))
            for name, field in entity.model_fields.items()
        }
        self._key_adapter = dict(self._fields.values())[key]

    async def page(self, query: ListQuery) -> tuple[list[Entity], str | None]:
        """The entities that a query asks for, and the cursor of those that follow.

        They are as they are kept, and not to be changed: `get` is for that.
        """
        field = self._fields[query.order.removeprefix("-")][0]
        after = self._after(query.cursor, query.order) if query.cursor is not None else None
        is_descending = query.order.startswith("-")
        found = await self._select(
            Selection(query.filters(), field, is_descending, after, query.limit + 1)
        )
        items = found[: query.limit]
        return items, self._cursor(query.order, items[-1]) if len(found) > len(items) else None

    @abstractmethod
    async def _select(self, selection: Selection) -> list[Entity]:
        """The entities of a page."""

    @abstractmethod
    async def fetch(self, key: Key) -> tuple[Entity, str] | None:
        """The entity with this key and its ETag, if there is one; not to be changed, either."""

    async def get(self, key: Key) -> Entity | None:
        """The entity with this key, if there is one."""
        found = await self.fetch(key)
        return found and found[0]

    @abstractmethod
    async def create(self, entity: Entity) -> str | None:
        """Keep a new entity, and tell its ETag; None if its key is taken."""

    @abstractmethod
    async def replace(self, entity: Entity, match: list[str] | None = None) -> str | None:
        """Put an entity in the place of the one with its key; None if there is none.

        With `match`, an `If-Match` that does not name it, it stays, and `Refused` (412) is raised.
        """

    @abstractmethod
    async def delete(self, key: Key, match: list[str] | None = None) -> bool:
        """Forget the entity with this key; false if there is none. `match` is as in `replace`."""

    def _cursor(self, order: str, last: Entity) -> str:
        """The text that names a place in an order."""
        values = [
            adapter.dump_python(getattr(last, name), mode="json")
            for name, adapter in self._places(order)
        ]
        text = json.dumps([self._entity.__name__, order, *values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _after(self, cursor: str, order: str) -> tuple[Any, Any]:
        """The values that a cursor holds, if it is one of this order."""
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            entity, kept_order, *values = read_json(text)
            if (entity, kept_order) != (self._entity.__name__, order):
                raise ValueError("it is of another list")
            places = zip(self._places(order), values, strict=True)
            found = [adapter.validate_python(value) for (_, adapter), value in places]
        except (TypeError, ValueError) as error:
            detail = "It is no cursor of this list in this order"
            raise Invalid([InvalidInput(detail=detail, parameter="cursor")]) from error
        return found[0], found[-1]

    def _places(self, order: str) -> list[tuple[str, TypeAdapter[Any]]]:
        """The fields that an order goes by: the key decides between equals."""
        first = self._fields[order.removeprefix("-")]
        return [first] if first[0] == self._key else [first, (self._key, self._key_adapter)]


class MemoryStore(Store[Key, Entity]):
    """Keeps entities as long as the process lives: for tests and for the first hour."""

    def __init__(self, entity: type[Entity], key: str) -> None:
        super().__init__(entity, key)
        self._keys: list[Any] = []
        self._kept: dict[Any, tuple[Entity, str]] = {}

    async def _select(self, selection: Selection) -> list[Entity]:
        by_key = selection.order == self._key
        keys = self._by_key(selection) if by_key else self._by_field(selection)
        entities = (self._kept[key][0] for key in keys)
        chosen = (each for each in entities if _holds(each, selection.filters))
        return list(islice(chosen, selection.limit))

    def _by_key(self, selection: Selection) -> Iterable[Any]:
        if selection.is_descending:
            end = bisect_left(self._keys, selection.after[1]) if selection.after else None
            return self._keys[:end][::-1]
        return self._keys[bisect_right(self._keys, selection.after[1]) if selection.after else 0 :]

    def _by_field(self, selection: Selection) -> Iterable[Any]:
        def value(key: Any) -> Any:
            return getattr(self._kept[key][0], selection.order)

        # Sorting keeps the order of equals, which is that of their keys.
        keys = sorted(self._keys, key=value, reverse=selection.is_descending)
        if selection.after is None:
            return keys
        last, last_key = selection.after
        follows = operator.lt if selection.is_descending else operator.gt
        return (
            key
            for key in keys
            if follows(value(key), last) or (value(key) == last and key > last_key)
        )

    async def fetch(self, key: Key) -> tuple[Entity, str] | None:
        return self._kept.get(key)

    async def get(self, key: Key) -> Entity | None:
        # For code that may change it, and what is in it.
        found = self._kept.get(key)
        return found and found[0].model_copy(deep=True)

    async def create(self, entity: Entity) -> str | None:
        key = getattr(entity, self._key)
        if key in self._kept:
            return None
        insort(self._keys, key)
        return self._keep(key, entity)

    async def replace(self, entity: Entity, match: list[str] | None = None) -> str | None:
        key = getattr(entity, self._key)
        return self._keep(key, entity) if self._may_write(key, match) else None

    async def delete(self, key: Key, match: list[str] | None = None) -> bool:
        if not self._may_write(key, match):
            return False
        del self._kept[key]
        del self._keys[bisect_left(self._keys, key)]
        return True

    def _may_write(self, key: Any, match: list[str] | None) -> bool:
        if key not in self._kept:
            return False
        etags = None if match is None else named(match)
        if etags is not None and self._kept[key][1] not in etags:
            raise changed()
        return True

    def _keep(self, key: Any, entity: Entity) -> str:
        etag = f'"{secrets.token_hex(8)}"'
        self._kept[key] = entity.model_copy(deep=True), etag
        return etag


def _holds(entity: Model, filters: list[tuple[str, str, Any]]) -> bool:
    """Whether an entity is what a query asks for."""
    for name, how, wanted in filters:
        value = getattr(entity, name)
        if value is None:
            return False
        if how == "in" and value not in wanted:
            return False
        if how == "min" and value < wanted:
            return False
        if how == "max" and value > wanted:
            return False
    return True
