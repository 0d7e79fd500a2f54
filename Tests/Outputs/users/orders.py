"""What a user of examples/shop writes into src/orders/service.py."""

from orders_service.errors import OutOfStock
from orders_service.models import Order, Status
from orders_service.runtime.problems import NotFound
from orders_service.runtime.wire import UUID
from orders_service.service import OrdersService


class Orders(OrdersService):
    """Cancels what has not been shipped."""

    async def cancel(self, id: UUID) -> Order:
        order = await self.stores.order.get(id)
        if order is None:
            raise NotFound("There is no Order with this id.")
        if order.status == Status.SHIPPED:
            raise OutOfStock(sku=order.lines[0].sku)
        self.metrics.revenue(0, currency="EUR")
        return order
