"""A store in PostgreSQL: each resource has a table, each field a column."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
from pydantic_core import from_json

from . import traces
from .etags import changed, named
from .postgres import errors
from .store import Entity, Key, Selection, Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Column:
    """Where a field is kept. Its type is as PostgreSQL writes it."""

    name: str
    type: str

    @property
    def definition(self) -> str:
        """Name and type, as in `create table`. Texts are in the order of their code points."""
        return f'"{self.name}" {self.type}' + (' collate "C"' if self.type == "text" else "")


class PostgresStore(Store[Key, Entity]):
    """Keeps entities in a table."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        entity: type[Entity],
        key: str,
        *,
        table: str,
        columns: Mapping[str, Column],
    ) -> None:
        super().__init__(entity, key)
        self._pool = pool
        self._table = table
        self._columns = columns
        self._adapters = dict(self._fields.values())
        self._writers = [(name, self._writer(name)) for name in columns]
        self._readers = [(name, self._reader(name)) for name in columns]
        # Names are the generator's, never a caller's: those of columns have no quotes.
        self._names = ", ".join(f'"{column.name}"' for column in columns.values())
        holders = ", ".join(f"${number + 1}" for number in range(len(columns)))
        key_name = f'"{columns[key].name}"'
        self._fetch = f'select {self._names}, _version from "{table}" where {key_name} = $1'  # nosec B608
        self._insert = (
            f'insert into "{table}" ({self._names}) values ({holders}) '  # nosec B608
            "on conflict do nothing returning _version"
        )
        # A version is new with each write, also of what was deleted in between.
        self._update = (
            f'update "{table}" set ({self._names}, _version) = '  # nosec B608
            f"row({holders}, gen_random_uuid()) "
            f"where {key_name} = ${list(columns).index(key) + 1}"
        )
        self._delete = f'delete from "{table}" where {key_name} = $1'  # nosec B608

    async def _select(self, selection: Selection) -> list[Entity]:
        values: list[Any] = []

        def holder(name: str, value: Any) -> str:
            values.append(self._written(name, value))
            return f"${len(values)}"

        conditions = []
        for name, how, wanted in selection.filters:
            column = f'"{self._columns[name].name}"'
            match how:
                case "in":
                    values.append([self._written(name, each) for each in wanted])
                    conditions.append(f"{column} = any(${len(values)})")
                case "min":
                    conditions.append(f"{column} >= {holder(name, wanted)}")
                case "max":
                    conditions.append(f"{column} <= {holder(name, wanted)}")
        key = f'"{self._columns[self._key].name}"'
        order = f'"{self._columns[selection.order].name}"'
        sign, direction = ("<", " desc") if selection.is_descending else (">", "")
        if selection.after:
            last, last_key = selection.after
            here = f"{order} {sign} {holder(selection.order, last)}"
            if order != key:
                tie = f"{order} = ${len(values)}"
                here = f"({here} or {tie} and {key} > {holder(self._key, last_key)})"
            conditions.append(here)
        statement = f'select {self._names} from "{self._table}"'  # nosec B608
        if conditions:
            statement += " where " + " and ".join(conditions)
        statement += f" order by {order}{direction}" + (f", {key}" if order != key else "")
        values.append(selection.limit)
        with self._asking("SELECT"):
            rows = await self._pool.fetch(f"{statement} limit ${len(values)}", *values)
        return [self._read(row) for row in rows]

    async def fetch(self, key: Key) -> tuple[Entity, str] | None:
        with self._asking("SELECT"):
            row = await self._pool.fetchrow(self._fetch, self._written(self._key, key))
        return None if row is None else (self._read(row), _etag(row["_version"]))

    async def create(self, entity: Entity) -> str | None:
        with self._asking("INSERT"):
            version = await self._pool.fetchval(self._insert, *self._values(entity))
        return None if version is None else _etag(version)

    async def replace(self, entity: Entity, match: list[str] | None = None) -> str | None:
        key = getattr(entity, self._key)
        version = await self._write(self._update, self._values(entity), key, match)
        return None if version is None else _etag(version)

    async def delete(self, key: Key, match: list[str] | None = None) -> bool:
        values = [self._written(self._key, key)]
        return await self._write(self._delete, values, key, match) is not None

    async def _write(
        self, statement: str, values: list[Any], key: Any, match: list[str] | None
    ) -> object | None:
        """The version of the row that was written; None if there is none."""
        etags = None if match is None else named(match)
        if etags is not None:
            values = [*values, [etag.strip('"') for etag in etags]]
            statement += f" and _version::text = any(${len(values)})"
        with self._asking("DELETE" if statement.startswith("delete") else "UPDATE"):
            version: object | None = await self._pool.fetchval(
                f"{statement} returning _version", *values
            )
        if version is None and etags is not None and await self.fetch(key) is not None:
            raise changed()
        return version

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        told = {
            "db.system.name": "postgresql",
            "db.operation.name": what,
            "db.collection.name": self._table,
        }
        with errors(), traces.span("CLIENT", f"{what} {self._table}", told):
            yield

    def _values(self, entity: Entity) -> list[Any]:
        return [
            None if (value := getattr(entity, name)) is None else write(value)
            for name, write in self._writers
        ]

    def _written(self, name: str, value: Any) -> Any:
        return self._writer(name)(value)

    def _read(self, row: asyncpg.Record) -> Entity:
        values = {
            name: read(value)
            for (name, read), value in zip(self._readers, row, strict=False)
            if value is not None
        }
        return self._entity.model_validate(values, by_name=True)

    def _writer(self, name: str) -> Callable[[Any], Any]:
        """How a value of a field becomes one of its column."""
        adapter = self._adapters[name]
        match self._columns[name].type:
            case "jsonb":
                return lambda value: adapter.dump_json(value, exclude_none=True).decode()
            case "double precision":
                return _seconds
            case _:
                return _same

    def _reader(self, name: str) -> Callable[[Any], Any]:
        return from_json if self._columns[name].type == "jsonb" else _same

    async def prepare(self, connection: Any) -> None:
        """Bring the table to what this entity asks for. The schema only goes forward."""
        await _Schema(connection, self._table).bring(
            [self._wanted(name, column) for name, column in self._columns.items()],
            self._columns[self._key],
        )

    def _wanted(self, name: str, column: Column) -> "_Wanted":
        field = self._entity.model_fields[name]
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        is_optional = not field.is_required() and default is None
        return _Wanted(
            column, is_optional, None if default is None else self._written(name, default)
        )


@dataclass(frozen=True)
class _Wanted:
    column: Column
    is_optional: bool
    default: Any


class _Schema:
    """The steps that bring one table to what is wanted of it."""

    def __init__(self, connection: Any, table: str) -> None:
        self._connection = connection
        self._table = table

    async def bring(self, wanted: Sequence[_Wanted], key: Column) -> None:
        found = await self._found(key)
        if not found:
            columns = ", ".join(
                each.column.definition
                + (
                    " primary key"
                    if each.column == key
                    else ""
                    if each.is_optional
                    else " not null"
                )
                for each in wanted
            )
            await self._step(f'create table "{self._table}" ({columns})')
        version = Column("_version", "uuid")
        if version.name not in found:
            await self._step(
                f'alter table "{self._table}" '
                f"add column {version.definition} not null default gen_random_uuid()"
            )
        for each in wanted if found else ():
            await self._column(each, found.get(each.column.name))
        known = {version.name, *(each.column.name for each in wanted)}
        for name, (_, is_required) in found.items():
            if is_required and name not in known:
                await self._alter(name, "drop not null")

    async def _found(self, key: Column) -> dict[str, tuple[str, bool]]:
        """The columns of the table, each with its type and whether it must have a value."""
        rows = await self._connection.fetch(
            "select attname, format_type(atttypid, atttypmod) as type, attnotnull, "
            "attnum = any(coalesce(conkey, '{}')) as is_key from pg_attribute "
            "left join pg_constraint on conrelid = attrelid and contype = 'p' "
            "where attrelid = to_regclass(quote_ident($1)) and attnum > 0 and not attisdropped",
            self._table,
        )
        if rows and [row["attname"] for row in rows if row["is_key"]] != [key.name]:
            raise SystemExit(
                f'the key of the table "{self._table}" is not "{key.name}": the schema only goes '
                "forward, so change the table by hand, or call the type by another name"
            )
        return {row["attname"]: (row["type"], row["attnotnull"]) for row in rows}

    async def _column(self, wanted: _Wanted, found: tuple[str, bool] | None) -> None:
        column = wanted.column
        if found is None:
            await self._add(wanted)
            return
        kind, is_required = found
        if kind != column.type:
            raise SystemExit(
                f'the column "{column.name}" of the table "{self._table}" is {kind}, and '
                f"{column.type} is wanted: rename the field, or change the column by hand"
            )
        if is_required and wanted.is_optional:
            await self._alter(column.name, "drop not null")

    async def _add(self, wanted: _Wanted) -> None:
        column, default = wanted.column, wanted.default
        if wanted.is_optional:
            await self._step(f'alter table "{self._table}" add column {column.definition}')
            return
        if default is None:
            if await self._connection.fetchval(f'select exists (select from "{self._table}")'):  # nosec B608
                raise SystemExit(
                    f'the table "{self._table}" has rows, which have no value for the new column '
                    f'"{column.name}": make the field optional, or give it a default'
                )
            await self._step(f'alter table "{self._table}" add column {column.definition} not null')
            return
        # A default that is there when the column is added costs no rewriting of the table.
        literal = await self._connection.fetchval(
            f"select quote_literal($1::{column.type}::text)", default
        )
        await self._step(
            f'alter table "{self._table}" '
            f"add column {column.definition} not null default {literal}::{column.type}"
        )
        await self._alter(column.name, "drop default")

    async def _alter(self, name: str, change: str) -> None:
        await self._step(f'alter table "{self._table}" alter column "{name}" {change}')

    async def _step(self, statement: str) -> None:
        logger.info("schema: %s", statement)
        await self._connection.execute(statement)


def _same(value: Any) -> Any:
    return value


def _seconds(value: Any) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _etag(version: object) -> str:
    return f'"{version}"'
