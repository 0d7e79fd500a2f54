"""Predictions that are asked for together: a model answers many faster than one by one."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request

from .versions import Rollback, Sticky, Version, Versions

Item = TypeVar("Item")
Result = TypeVar("Result")
Together = Callable[[Any, list[Item]], Coroutine[Any, Any, list[Result]]]


@dataclass
class _Batch:
    items: list[tuple[Any, asyncio.Future[Any]]] = field(default_factory=list)
    is_full: asyncio.Event = field(default_factory=asyncio.Event)


class BatchedVersions(Versions):
    """Gathers what comes within a time, up to a size, for each version and operation."""

    def __init__(
        self,
        versions: Sequence[Version],
        *,
        size: int,
        wait: float,
        sticky: Sticky | None = None,
        rollback: Rollback | None = None,
    ) -> None:
        super().__init__(versions, sticky=sticky, rollback=rollback)
        self._size = size
        self._wait = wait
        self._open: dict[tuple[str, str], _Batch] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def predict_together(
        self, request: Request, operation: str, predict: Together[Item, Result], item: Item
    ) -> Result:
        """The prediction for one, which is asked for with those for others."""
        return await self.predict(
            request, operation, lambda version: self._join(version, operation, predict, item)
        )

    async def _join(
        self, version: Version, operation: str, predict: Together[Item, Result], item: Item
    ) -> Result:
        place = version.name, operation
        if (batch := self._open.get(place)) is None:
            batch = self._open[place] = _Batch()
            task = asyncio.create_task(self._run(place, batch, version.model, predict))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        batch.items.append((item, answer))
        if len(batch.items) >= self._size:
            del self._open[place]
            batch.is_full.set()
        return await answer

    async def _run(
        self, place: tuple[str, str], batch: _Batch, model: Any, predict: Together[Any, Any]
    ) -> None:
        try:
            async with asyncio.timeout(self._wait):
                await batch.is_full.wait()
        except TimeoutError:
            del self._open[place]
        # Those who gave up meanwhile need no answer.
        waiting = [(item, answer) for item, answer in batch.items if not answer.done()]
        try:
            results = await predict(model, [item for item, _ in waiting]) if waiting else []
            for (_, answer), result in zip(waiting, results, strict=True):
                if not answer.done():
                    answer.set_result(result)
        except Exception as error:
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
