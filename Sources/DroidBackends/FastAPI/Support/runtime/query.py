"""What a list is asked for."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class ListQuery(BaseModel):
    """What a list may be asked for: a page, an order, and what its fields must be.

    The filter of a field is `FIELD_in`; what has an order has `FIELD_min` and `FIELD_max` too.
    """

    model_config = ConfigDict(extra="forbid", protected_namespaces=())
    paging: ClassVar = frozenset({"limit", "cursor", "order"})

    limit: int = 50
    cursor: str | None = None
    order: str

    def filters(self) -> list[tuple[str, str, Any]]:
        """Each field that is asked about, how (`in`, `min`, `max`), and for what."""
        return [
            (*name.rsplit("_", 1), getattr(self, name))
            for name in sorted(self.model_fields_set - self.paging)
        ]

    def parameters(self) -> dict[str, Any]:
        """The query as it travels."""
        values = self.model_dump(by_alias=True, exclude_unset=True)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }
