"""Which events were handled: what is delivered twice is handled once."""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence

MOST_IDS = 100_000


class Handled(ABC):
    """The ids of events that were handled, by who did."""

    @abstractmethod
    async def has(self, group: str, id: str) -> bool:
        """Whether the event was handled."""

    @abstractmethod
    async def add(self, group: str, ids: Sequence[str]) -> None:
        """Remember that these were handled."""


class MemoryHandled(Handled):
    """Remembers the last of them, as long as the process lives."""

    def __init__(self) -> None:
        self._ids: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def has(self, group: str, id: str) -> bool:
        return (group, id) in self._ids

    async def add(self, group: str, ids: Sequence[str]) -> None:
        for id in ids:
            self._ids[group, id] = None
            if len(self._ids) > MOST_IDS:
                self._ids.popitem(last=False)
