"""A store in PostgreSQL.

Each resource has a table of its own: the key in a column of its type, which orders and finds, and
the entity as one JSON document. The contract of a resource asks for nothing but its key, so columns
for its fields would buy nothing and would need a migration whenever a field is added; a document
does not. It is `json` and not `jsonb`, because `jsonb` refuses a text that holds NUL;
`document::jsonb` is there for whoever wants to query it.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self

import asyncpg
from pydantic import TypeAdapter

from .problems import Unavailable
from .store import Entity, Key, Store
from .wire import Model

CONNECT_SECONDS = 10.0
QUERY_SECONDS = 5.0
SCHEMA_LOCK = 0x64726F6964  # any number that all replicas agree on


@asynccontextmanager
async def connect(url: str, size: int) -> AsyncIterator[asyncpg.Pool]:
    """A pool of connections, closed at the end."""
    async with asyncpg.create_pool(
        url, min_size=1, max_size=size, timeout=CONNECT_SECONDS, command_timeout=QUERY_SECONDS
    ) as pool:
        yield pool


class PostgresStore(Store[Key, Entity]):
    """Keeps entities in a table."""

    def __init__(self, pool: asyncpg.Pool, entity: type[Entity], key: str, table: str) -> None:
        self._pool = pool
        self._entity = entity
        self._key = key
        self._adapter = TypeAdapter[Any](entity.model_fields[key].rebuild_annotation())
        # The name of the table is the generator's, never a caller's.
        self._first = f"select document from {table} order by key limit $1"  # nosec B608
        self._next = f"select document from {table} where key > $2 order by key limit $1"  # nosec B608
        self._get = f"select document from {table} where key = $1"  # nosec B608
        self._insert = f"insert into {table} values ($1, $2) on conflict do nothing"  # nosec B608
        self._update = f"update {table} set document = $2 where key = $1"  # nosec B608
        self._delete = f"delete from {table} where key = $1"  # nosec B608

    @classmethod
    async def open(
        cls, pool: asyncpg.Pool, entity: type[Entity], key: str, *, table: str, column: str
    ) -> Self:
        """The store in this table. Replicas that start together take turns to create it."""
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", SCHEMA_LOCK)
            await connection.execute(
                f"create table if not exists {table} "
                f"(key {column} primary key, document json not null)"
            )
        return cls(pool, entity, key, table)

    async def page(self, *, after: Key | None, limit: int) -> list[Entity]:
        with _errors():
            if after is None:
                rows = await self._pool.fetch(self._first, limit)
            else:
                rows = await self._pool.fetch(self._next, limit, self._value(after))
        return [self._entity.model_validate_json(row["document"]) for row in rows]

    async def get(self, key: Key) -> Entity | None:
        with _errors():
            document = await self._pool.fetchval(self._get, self._value(key))
        return None if document is None else self._entity.model_validate_json(document)

    async def create(self, entity: Entity) -> bool:
        return await self._write(self._insert, self._key_of(entity), _document(entity))

    async def replace(self, entity: Entity) -> bool:
        return await self._write(self._update, self._key_of(entity), _document(entity))

    async def delete(self, key: Key) -> bool:
        return await self._write(self._delete, self._value(key))

    async def _write(self, statement: str, *values: Any) -> bool:
        """Whether a statement met a row."""
        with _errors():
            status = await self._pool.execute(statement, *values)
        return not status.endswith(" 0")

    def _key_of(self, entity: Entity) -> Any:
        return self._value(getattr(entity, self._key))

    def _value(self, key: Any) -> Any:
        """A key as its column takes it: as it travels."""
        return self._adapter.dump_python(key, mode="json")


def _document(entity: Model) -> str:
    return entity.model_dump_json(exclude_none=True)


@contextmanager
def _errors() -> Iterator[None]:
    """A database that does not answer is no defect of ours: say so with 503, not 500."""
    try:
        yield
    except (
        OSError,
        TimeoutError,
        asyncpg.InterfaceError,
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.AdminShutdownError,
        asyncpg.TooManyConnectionsError,
    ) as error:
        raise Unavailable("The database does not answer.") from error
