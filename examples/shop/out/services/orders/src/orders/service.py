"""The behaviour of `orders`."""

from orders_service.models import Order
from orders_service.runtime.problems import NotFound
from orders_service.runtime.wire import UUID
from orders_service.service import OrdersService


class Orders(OrdersService):
    """Tells who ships of each order, and cancels those that have not been paid."""

    async def order_created(self, order: Order) -> None:
        await self.events.placed(order)

    async def cancel(self, id: UUID) -> Order:
        found = await self.stores.order.fetch(id)
        if found is None:
            raise NotFound("There is no Order with this id.")
        order, etag = found
        cancelled = order.model_copy(update={"note": "cancelled"})
        await self.stores.order.replace(cancelled, [etag])
        return cancelled
