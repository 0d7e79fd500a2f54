"""PostgreSQL: its connections, and the tables that are prepared in it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol

import asyncpg
from prometheus_client import Gauge

from .problems import Unavailable

CONNECT_SECONDS = 10.0
QUERY_SECONDS = 5.0
CONNECTIONS = Gauge(
    "db_client_connection_count", "Connections to a store, by what they do.", ["store", "state"]
)
CONNECTIONS_MAX = Gauge("db_client_connection_max", "The most connections to a store.", ["store"])
SCHEMA_LOCK = 0x64726F6964  # any number that all replicas agree on


@asynccontextmanager
async def connect(url: str, size: int, store: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool of connections, closed at the end."""
    async with asyncpg.create_pool(
        url, min_size=1, max_size=size, timeout=CONNECT_SECONDS, command_timeout=QUERY_SECONDS
    ) as pool:
        CONNECTIONS_MAX.labels(store).set(size)
        CONNECTIONS.labels(store, "idle").set_function(pool.get_idle_size)
        CONNECTIONS.labels(store, "used").set_function(
            lambda: pool.get_size() - pool.get_idle_size()
        )
        yield pool


class Table(Protocol):
    """What has a table."""

    async def prepare(self, connection: Any) -> None:
        """Make the table what it should be."""


async def prepare(pool: asyncpg.Pool, *tables: Table) -> None:
    """Prepare all tables, or none. Replicas that start together take turns."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        for table in tables:
            await table.prepare(connection)


@contextmanager
def errors() -> Iterator[None]:
    """A database that does not answer is no defect of ours: say so with 503, not 500."""
    try:
        yield
    except (
        OSError,
        asyncpg.InterfaceError,
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.AdminShutdownError,
        asyncpg.TooManyConnectionsError,
    ) as error:
        raise Unavailable("The database does not answer.") from error
