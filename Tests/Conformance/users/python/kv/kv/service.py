"""What a user of systems/kv.droid writes."""

from kv_service.service import KvService


class Kv(KvService):
    """Keeps what it is told to."""

    async def value(self, key: str) -> str | None:
        found = await self.caches.sessions.get(key)
        return None if found is None else found.decode()

    async def keep(self, key: str, value: str, milliseconds: int | None) -> None:
        seconds = None if milliseconds is None else milliseconds / 1000
        await self.caches.sessions.set(key, value.encode(), seconds=seconds)

    async def claim(self, key: str, value: str) -> bool:
        return await self.caches.sessions.add(key, value.encode())

    async def forget(self, key: str) -> bool:
        return await self.caches.sessions.delete(key)

    async def rate(self, of: str) -> int:
        return await self.clients.upstream.rate(of)

    async def fresh(self) -> int:
        return await self.clients.upstream.fresh()
