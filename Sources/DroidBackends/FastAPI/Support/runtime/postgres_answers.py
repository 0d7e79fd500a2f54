"""Answers to requests with a key, kept in PostgreSQL for all replicas."""

import json
import time
from datetime import timedelta
from typing import Any

import asyncpg

from .idempotency import KEEP_SECONDS, LEASE_SECONDS, Answers, Kept, check
from .postgres import errors

_TABLE = """
create table if not exists _idempotency (
    scope text primary key,
    request bytea not null,
    begun timestamptz not null default now(),
    status integer,
    headers jsonb,
    body bytea
)"""
_BEGIN = """
insert into _idempotency as kept (scope, request) values ($1, $2)
on conflict (scope) do update
set request = excluded.request, begun = now(), status = null, headers = null, body = null
where kept.begun < now() - $3::interval
    or kept.status is null and kept.begun < now() - $4::interval
returning true"""
_READ = "select request, status, headers, body from _idempotency where scope = $1"
_KEEP = "update _idempotency set status = $2, headers = $3, body = $4 where scope = $1"
_FORGET = "delete from _idempotency where scope = $1"
_FORGET_OLD = "delete from _idempotency where begun < now() - $1::interval"

_KEEP_TIME = timedelta(seconds=KEEP_SECONDS)
_LEASE_TIME = timedelta(seconds=LEASE_SECONDS)
_CLEAN_SECONDS = 60 * 60


class PostgresAnswers(Answers):
    """Keeps answers in a table."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._cleaned = 0.0

    async def prepare(self, connection: Any) -> None:
        """Make the table if it is not there."""
        await connection.execute(_TABLE)

    async def begin(self, scope: str, request: bytes) -> Kept | None:
        with errors():
            if time.monotonic() - self._cleaned > _CLEAN_SECONDS:
                self._cleaned = time.monotonic()
                await self._pool.execute(_FORGET_OLD, _KEEP_TIME)
            if await self._pool.fetchval(_BEGIN, scope, request, _KEEP_TIME, _LEASE_TIME):
                return None
            row = await self._pool.fetchrow(_READ, scope)
        if row is None:
            return await self.begin(scope, request)  # the first has failed just now
        answer = None
        if row["status"] is not None:
            answer = Kept(row["status"], json.loads(row["headers"]), row["body"])
        return check(request, row["request"], answer)

    async def keep(self, scope: str, answer: Kept) -> None:
        with errors():
            await self._pool.execute(
                _KEEP, scope, answer.status, json.dumps(answer.headers), answer.body
            )

    async def forget(self, scope: str) -> None:
        with errors():
            await self._pool.execute(_FORGET, scope)
