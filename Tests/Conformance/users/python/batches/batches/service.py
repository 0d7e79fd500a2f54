from typing import Any

from batches_service.models import Answer, Number
from batches_service.service import BatchesService


class Batches(BatchesService):
    largest = 0

    async def load(self, version: str, uri: str) -> Any:
        return {"double": 2}[uri]

    async def double(self, model: Any, bodies: list[Number]) -> list[Answer]:
        self.largest = max(self.largest, len(bodies))
        if any(body.value == 13 for body in bodies):
            raise ValueError("no luck")
        return [Answer(value=body.value * model, of=len(bodies)) for body in bodies if body.value != 14]

    async def times(self, model: Any, number: Number, by: int) -> Answer:
        return Answer(value=number.value * by, of=1)

    async def most(self, model: Any) -> int:
        return self.largest
