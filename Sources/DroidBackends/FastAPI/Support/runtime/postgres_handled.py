"""The ids of events that were handled, kept in PostgreSQL for all replicas."""

import time
from collections.abc import Sequence
from typing import Any

import asyncpg

from .handled import Handled
from .postgres import errors

_TABLE = """
create table if not exists _handled_events (
    subscriber text,
    id text,
    at timestamptz not null default now(),
    primary key (subscriber, id)
)"""
_HAS = "select true from _handled_events where subscriber = $1 and id = $2"
_ADD = """
insert into _handled_events (subscriber, id) select $1, unnest($2::text[])
on conflict do nothing"""
_FORGET_OLD = "delete from _handled_events where at < now() - interval '7 days'"
_CLEAN_SECONDS = 60 * 60


class PostgresHandled(Handled):
    """Remembers them for 7 days."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._cleaned = 0.0

    async def prepare(self, connection: Any) -> None:
        """Make the table if it is not there."""
        await connection.execute(_TABLE)

    async def has(self, group: str, id: str) -> bool:
        with errors():
            return await self._pool.fetchval(_HAS, group, id) is not None

    async def add(self, group: str, ids: Sequence[str]) -> None:
        with errors():
            await self._pool.execute(_ADD, group, list(ids))
            if time.monotonic() - self._cleaned > _CLEAN_SECONDS:
                self._cleaned = time.monotonic()
                await self._pool.execute(_FORGET_OLD)
