"""Values by keys in Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from .kv import KV
from .problems import Unavailable


class RedisKV(KV):
    """Keeps values in Redis. All else that Redis can do, `client` does."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def get(self, key: str) -> bytes | None:
        with _errors():
            value: bytes | None = await self.client.get(key)
            return value

    async def set(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        with _errors():
            await self.client.set(key, value, px=_milliseconds(seconds))

    async def add(self, key: str, value: bytes, *, seconds: float | None = None) -> bool:
        with _errors():
            return bool(await self.client.set(key, value, px=_milliseconds(seconds), nx=True))

    async def delete(self, key: str) -> bool:
        with _errors():
            return bool(await self.client.delete(key))

    async def ping(self) -> object:
        """Raise if it does not answer."""
        answer: object = await self.client.ping()
        return answer


@asynccontextmanager
async def redis_kv(url: str) -> AsyncIterator[RedisKV]:
    """The Redis at this URL; its connections are closed at the end."""
    client: Any = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        yield RedisKV(client)
    finally:
        await asyncio.shield(client.aclose())


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else max(1, int(seconds * 1000))


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (OSError, RedisError) as error:
        raise Unavailable("The cache does not answer.") from error
