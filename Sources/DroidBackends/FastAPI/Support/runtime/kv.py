"""Values by keys, for a while: what several processes share, or one has for itself."""

import time
from abc import ABC, abstractmethod
from collections import OrderedDict

MOST_VALUES = 100_000


class KV(ABC):
    """Keeps bytes by keys. When it does not answer, what asks it fails as 503."""

    @abstractmethod
    async def get(self, key: str) -> bytes | None:
        """The value of a key; None if there is none, or its time is over."""

    @abstractmethod
    async def set(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        """Keep a value, for so long or for good."""

    @abstractmethod
    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        """Keep a value if the key has none: of several that try at once one is told yes."""

    @abstractmethod
    async def delete(self, key: str) -> bool:
        """Forget a value; whether there was one."""


class MemoryKV(KV):
    """Keeps values as long as the process lives; of too many the oldest goes."""

    def __init__(self) -> None:
        self._values: OrderedDict[str, tuple[bytes, float | None]] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        value, end = self._values.get(key, (None, None))
        if end is None or time.monotonic() < end:
            return value
        del self._values[key]
        return None

    async def set(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        self._values[key] = value, None if seconds is None else time.monotonic() + seconds
        self._values.move_to_end(key)
        if len(self._values) > MOST_VALUES:
            self._values.popitem(last=False)

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        if await self.get(key) is not None:
            return False
        await self.set(key, value, seconds=seconds)
        return True

    async def delete(self, key: str) -> bool:
        is_there = await self.get(key) is not None
        self._values.pop(key, None)
        return is_there
