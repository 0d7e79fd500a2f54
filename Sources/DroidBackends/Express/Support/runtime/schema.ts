/** Tables that follow their records. The schema only goes forward: nothing is ever dropped. */

import type { Pool, PoolClient } from "pg";

import { StartError } from "./environment.js";
import type { JSONValue } from "./json.js";
import { createLogger } from "./logs.js";
import { ask, base, quoted, written } from "./postgres.js";
import type { Column, Resource } from "./resource.js";

const logger = createLogger("schema");

/** Any number that all replicas agree on. */
const LOCK = 0x64726f6964;

/** Do something to the schema while no other replica does. */
export async function changeSchema(
  pool: Pool,
  change: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await ask(client, "begin");
    await ask(client, "select pg_advisory_xact_lock($1)", [LOCK]);
    await change(client);
    await ask(client, "commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** What is known of a table. */
export type TableOptions = Pick<Resource<unknown, unknown>, "table" | "key" | "columns">;

/** Bring the table of a resource to what its record asks for. */
export async function bringTable(client: PoolClient, resource: TableOptions): Promise<void> {
  const table = quoted(resource.table);
  const step = async (statement: string): Promise<void> => {
    logger.info(statement);
    await ask(client, statement);
  };
  const found = await columnsOf(client, resource);
  if (found.size === 0) {
    const columns = resource.columns.map((column) => {
      const isKey = column === resource.key;
      const rule = isKey ? " primary key" : column.isOptional ? "" : " not null";
      return `${quoted(column.name)} ${column.type}${rule}`;
    });
    await step(`create table ${table} (${[...columns, VERSION].join(", ")})`);
    return;
  }
  if (!found.has("_version")) {
    await step(`alter table ${table} add column ${VERSION}`);
  }
  for (const column of resource.columns) {
    const there = found.get(column.name);
    if (there === undefined) {
      await step(`alter table ${table} add column ${await definition(client, table, column)}`);
      if (defaultOf(column) !== undefined) {
        await step(`alter table ${table} alter column ${quoted(column.name)} drop default`);
      }
    } else if (there.type !== SPELLINGS[column.type]) {
      throw new StartError(
        `the column ${quoted(column.name)} of the table ${table} is ${there.type}, and ` +
          `${SPELLINGS[column.type]} is wanted: rename the field, or change the column by hand`,
      );
    } else if (there.isRequired && column.isOptional) {
      await step(`alter table ${table} alter column ${quoted(column.name)} drop not null`);
    }
  }
  const wanted = new Set(["_version", ...resource.columns.map((column) => column.name)]);
  for (const [name, { isRequired }] of found) {
    if (isRequired && !wanted.has(name)) {
      await step(`alter table ${table} alter column ${quoted(name)} drop not null`);
    }
  }
}

const VERSION = "_version uuid not null default gen_random_uuid()";

/** The types of columns, as PostgreSQL's catalogue spells them. */
const SPELLINGS: Readonly<Record<Column["type"], string>> = {
  bigint: "bigint",
  boolean: "boolean",
  bytea: "bytea",
  date: "date",
  "double precision": "double precision",
  jsonb: "jsonb",
  numeric: "numeric",
  'text collate "C"': "text",
  timestamptz: "timestamp with time zone",
  uuid: "uuid",
};

interface Found {
  readonly type: string;
  readonly isRequired: boolean;
}

/** The columns of a table by their names; none if there is no table. */
async function columnsOf(
  client: PoolClient,
  { table, key }: TableOptions,
): Promise<Map<string, Found>> {
  const { rows } = await ask(
    client,
    "select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required, " +
      "attnum = any(coalesce(conkey, '{}')) as key from pg_attribute " +
      "left join pg_constraint on conrelid = attrelid and contype = 'p' " +
      "where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
    [quoted(table)],
  );
  const keys = rows.filter((row) => row.key === "t").map((row) => row.name);
  if (rows.length > 0 && (keys.length !== 1 || keys[0] !== key.name)) {
    throw new StartError(
      `the key of the table ${quoted(table)} is not ${quoted(key.name)}: the schema only goes ` +
        "forward, so change the table by hand, or call the type by another name",
    );
  }
  return new Map(
    rows.map((row) => [row.name ?? "", { type: row.type ?? "", isRequired: row.required === "t" }]),
  );
}

/** A column that is added to a table, which may have rows. */
async function definition(client: PoolClient, table: string, column: Column): Promise<string> {
  const plain = `${quoted(column.name)} ${column.type}`;
  const value = defaultOf(column);
  if (value !== undefined) {
    const type = base(column.type);
    const { rows } = await ask(client, `select quote_literal($1::${type}::text) as literal`, [
      written(column.type, value),
    ]);
    const rule = column.isOptional ? "" : " not null";
    return `${plain}${rule} default ${rows[0]?.literal}::${type}`;
  }
  if (column.isOptional) {
    return plain;
  }
  const { rows } = await ask(client, `select exists (select from ${table}) as full`);
  if (rows[0]?.full === "t") {
    throw new StartError(
      `the table ${table} has rows, which have no value for the new column ` +
        `${quoted(column.name)}: make the field optional, or give it a default`,
    );
  }
  return `${plain} not null`;
}

function defaultOf({ codec }: Column): JSONValue | undefined {
  return codec.fallback === undefined ? undefined : codec.encode(codec.fallback);
}
