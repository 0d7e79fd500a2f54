"""What a user of systems/clients.droid writes."""

from clients_service.errors import SoldOut
from clients_service.models import Item, Made, Who
from clients_service.runtime.problems import ProblemError
from clients_service.service import ClientsService


class Clients(ClientsService):
    """Asks by the client that is named, and answers what it is told."""

    async def plain_item(self, id: int) -> Item:
        return await self.clients.plain.item(id)

    async def plain_caught(self, id: int) -> Made:
        try:
            return Made(text=(await self.clients.plain.item(id)).name)
        except SoldOut as error:
            return Made(text=f"sold out: {error.problem.sku}, {error.problem.left} left")
        except ProblemError as error:
            return Made(text=f"problem {error.problem.status}")

    async def plain_maybe(self, id: int) -> Item | None:
        return await self.clients.plain.maybe(id)

    async def plain_items(self, name: str | None, ids: list[int] | None, tenant: str | None) -> list[Item]:
        return await self.clients.plain.items(name, ids, tenant)

    async def plain_add(self, item: Item) -> Item:
        return await self.clients.plain.add(item)

    async def plain_text(self, text: str) -> str:
        return await self.clients.plain.text(text)

    async def plain_kept(self) -> int:
        return await self.clients.plain.kept()

    async def plain_drop(self, id: int) -> None:
        await self.clients.plain.drop(id)

    async def short_item(self, id: int) -> Item:
        return await self.clients.plain.item(id)

    async def retrying_item(self, id: int) -> Item:
        return await self.clients.retrying.item(id)

    async def retrying_add(self, item: Item) -> Item:
        return await self.clients.retrying.add(item)

    async def retrying_keyed(self, item: Item) -> Item:
        return await self.clients.retrying.keyed(item)

    async def retrying_again(self, item: Item) -> Item:
        return await self.clients.retrying.again(item)

    async def retrying_change(self, id: int, item: Item) -> Item:
        return await self.clients.retrying.change(id, item)

    async def breaking_item(self, id: int) -> Item:
        return await self.clients.breaking.item(id)

    async def packed_item(self, id: int) -> Item:
        return await self.clients.packed.item(id)

    async def rated_item(self, id: int) -> Item:
        return await self.clients.rated.item(id)

    async def hedging_item(self, id: int) -> Item:
        return await self.clients.hedging.item(id)

    async def keeping_item(self, id: int) -> Item:
        return await self.clients.keeping.item(id)

    async def emptied_maybe(self, id: int) -> Item | None:
        return await self.clients.emptied.maybe(id)

    async def emptied_items(self) -> list[Item]:
        return await self.clients.emptied.items()

    async def emptied_names(self) -> dict[str, int]:
        return await self.clients.emptied.names()

    async def remembering_item(self, id: int) -> Item:
        return await self.clients.remembering.item(id)

    async def standing_item(self, id: int) -> Item:
        return await self.clients.standing_in.item(id)

    async def nowhere_item(self, id: int) -> Item:
        return await self.clients.nowhere.item(id)

    async def guarded_who(self) -> Who:
        return await self.clients.guarded.who()

    async def partner_rate(self) -> float:
        return await self.clients.partner.rate()

    async def door_item(self, id: int) -> Item:
        return await self.clients.plain.item(id)

    async def door_who(self) -> Who:
        return await self.clients.guarded.who()

    async def door_rate(self) -> float:
        return await self.clients.partner.rate()
