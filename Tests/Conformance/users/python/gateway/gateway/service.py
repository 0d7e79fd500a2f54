"""What a user of systems/gateway.droid writes."""

from gateway_service.service import GatewayService


class Gateway(GatewayService):
    """Answers a little itself; the rest is passed on."""

    async def site_own(self) -> str:
        return "own"

    async def own_orders(self) -> str:
        return "own orders"

    async def door_own(self) -> str:
        return "own"
