"""Where resources are kept, seen from the code that uses them; and a store in memory."""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right, insort
from typing import Any, Generic, TypeVar

from .wire import Model

Key = TypeVar("Key")
Entity = TypeVar("Entity", bound=Model)


class Store(ABC, Generic[Key, Entity]):
    """The entities of one type, each under its key."""

    @abstractmethod
    async def page(self, *, after: Key | None, limit: int) -> list[Entity]:
        """At most `limit` entities in the order of their keys, beginning after a key."""

    @abstractmethod
    async def get(self, key: Key) -> Entity | None:
        """The entity with this key, if there is one."""

    @abstractmethod
    async def create(self, entity: Entity) -> bool:
        """Keep a new entity; false if its key is taken."""

    @abstractmethod
    async def replace(self, entity: Entity) -> bool:
        """Put an entity in the place of the one with its key; false if there is none."""

    @abstractmethod
    async def delete(self, key: Key) -> bool:
        """Forget the entity with this key; false if there is none."""


class MemoryStore(Store[Key, Entity]):
    """Keeps entities as long as the process lives: for tests and for the first hour."""

    def __init__(self, entity: type[Entity], key: str) -> None:
        self._entity = entity
        self._key = key
        self._keys: list[Any] = []
        self._documents: dict[Any, str] = {}

    async def page(self, *, after: Key | None, limit: int) -> list[Entity]:
        begin = 0 if after is None else bisect_right(self._keys, after)
        keys = self._keys[begin : begin + limit]
        return [self._entity.model_validate_json(self._documents[key]) for key in keys]

    async def get(self, key: Key) -> Entity | None:
        document = self._documents.get(key)
        return None if document is None else self._entity.model_validate_json(document)

    async def create(self, entity: Entity) -> bool:
        key = getattr(entity, self._key)
        if key in self._documents:
            return False
        insort(self._keys, key)
        self._documents[key] = entity.model_dump_json(exclude_none=True)
        return True

    async def replace(self, entity: Entity) -> bool:
        key = getattr(entity, self._key)
        if key not in self._documents:
            return False
        self._documents[key] = entity.model_dump_json(exclude_none=True)
        return True

    async def delete(self, key: Key) -> bool:
        if self._documents.pop(key, None) is None:
            return False
        del self._keys[bisect_left(self._keys, key)]
        return True
