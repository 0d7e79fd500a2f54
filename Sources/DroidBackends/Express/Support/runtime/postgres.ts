/** A store in PostgreSQL: each resource has a table, and each field a column. */

import { DatabaseError, Pool, type PoolClient, type QueryResult } from "pg";
import { Gauge } from "prom-client";

import { valueFrom, type ColumnType } from "./codec.js";
import { spanBelow } from "./context.js";
import type { Health } from "./health.js";
import { readJSON, readNumber, writeJSON, type JSONValue } from "./json.js";
import { Problem } from "./problems.js";
import type { Column, Resource } from "./resource.js";
import type { ListQuery, Refusal, Store, Stored } from "./store.js";
import { errorType } from "./tracing.js";

/** Where a database is. */
export interface DatabasePlace {
  /** What `/readyz` calls it. */
  readonly name: string;
  /** The setting that says where it is, and what that says. */
  readonly variable: string;
  readonly url: string | undefined;
  readonly poolSize: number;
  readonly health: Health;
}

const CONNECT_MILLISECONDS = 10_000;
const QUERY_MILLISECONDS = 5_000;

/** Every value comes as PostgreSQL writes it: codecs know the rest. */
const types = { getTypeParser: () => (text: string | Buffer) => text.toString() };

const connections = new Gauge({
  name: "db_client_connection_count",
  help: "Connections to a database.",
  labelNames: ["store", "state"],
});
const mostConnections = new Gauge({
  name: "db_client_connection_max",
  help: "The most connections to a database.",
  labelNames: ["store"],
});

/** A pool of connections to the store of this name. */
export function connect(url: string, size: number, store: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    query_timeout: QUERY_MILLISECONDS,
    options: "-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601",
    types,
  });
  // A connection that breaks while nobody uses it is replaced: queries that fail say so themselves.
  pool.on("error", () => undefined);
  const count = (): void => {
    connections.set({ store, state: "used" }, pool.totalCount - pool.idleCount);
    connections.set({ store, state: "idle" }, pool.idleCount);
  };
  pool.on("acquire", count).on("release", count).on("remove", count);
  mostConnections.set({ store }, size);
  return pool;
}

type Row = Readonly<Record<string, string | null>>;

/** Ask a database. One that does not answer is no defect of ours: that is a 503. */
export async function ask(
  client: Pool | PoolClient,
  statement: string,
  values: readonly unknown[] = [],
): Promise<QueryResult<Row>> {
  try {
    return await client.query<Row>(statement, [...values]);
  } catch (error) {
    if (error instanceof DatabaseError && !UNAVAILABLE.test(error.code ?? "")) {
      throw error;
    }
    throw new Problem(503, { detail: "The database does not answer.", cause: error });
  }
}

/** The classes of errors that pass: connections, resources, an operator who stops the server. */
const UNAVAILABLE = /^(08|53|57P|58)/;

export class PostgresStore<Type, Key> implements Store<Type, Key> {
  readonly #pool: Pool;
  readonly #resource: Resource<Type, Key>;
  readonly #table: string;
  readonly #names: string;
  readonly #key: string;

  constructor(pool: Pool, resource: Resource<Type, Key>) {
    this.#pool = pool;
    this.#resource = resource;
    this.#table = quoted(resource.table);
    this.#names = [...resource.columns.map((column) => quoted(column.name)), "_version"].join(", ");
    this.#key = quoted(resource.key.name);
  }

  async list({ limit, order, after, filters }: ListQuery): Promise<readonly Type[]> {
    const values: unknown[] = [];
    const holder = (column: Column, value: JSONValue): string => {
      values.push(written(column.type, value));
      return `$${values.length}::${base(column.type)}`;
    };
    const conditions: string[] = [];
    for (const { column, values: wanted, min, max } of filters) {
      if (wanted !== undefined) {
        values.push(wanted.map((value) => written(column.type, value)));
        conditions.push(`${quoted(column.name)} = any($${values.length}::${base(column.type)}[])`);
      }
      if (min !== undefined) {
        conditions.push(`${quoted(column.name)} >= ${holder(column, min)}`);
      }
      if (max !== undefined) {
        conditions.push(`${quoted(column.name)} <= ${holder(column, max)}`);
      }
    }
    const { key } = this.#resource;
    const first = quoted(order.column.name);
    const sign = order.isDescending ? "<" : ">";
    if (after !== undefined) {
      const value = holder(order.column, after.value);
      const isKey = order.column === key;
      const tie = isKey
        ? ""
        : ` or ${first} = ${value} and ${this.#key} > ${holder(key, after.key)}`;
      conditions.push(`(${first} ${sign} ${value}${tie})`);
    }
    values.push(limit);
    const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
    const direction = order.isDescending ? " desc" : "";
    const statement =
      `select ${this.#names} from ${this.#table}${where} ` +
      `order by ${first}${direction}, ${this.#key} limit $${values.length}`;
    const { rows } = await this.#ask(statement, values);
    return rows.map((row) => this.#stored(row).value);
  }

  async get(key: Key): Promise<Stored<Type> | undefined> {
    const statement = `select ${this.#names} from ${this.#table} where ${this.#key} = $1`;
    const { rows } = await this.#ask(statement, [this.#keyValue(key)]);
    return rows[0] && this.#stored(rows[0]);
  }

  async create(value: Type): Promise<Stored<Type> | undefined> {
    const values = this.#values(value);
    const holders = values.map((_, index) => `$${index + 1}`).join(", ");
    const statement =
      `insert into ${this.#table} (${this.#names}) values (${holders}, gen_random_uuid()) ` +
      `on conflict do nothing returning ${this.#names}`;
    const { rows } = await this.#ask(statement, values);
    return rows[0] && this.#stored(rows[0]);
  }

  async replace(value: Type, versions?: readonly string[]): Promise<Stored<Type> | Refusal> {
    const { columns, key, record, keyCodec } = this.#resource;
    const values = this.#values(value);
    const holders = values.map((_, index) => `$${index + 1}`).join(", ");
    const place = columns.indexOf(key) + 1;
    const match = versions === undefined ? "" : ` and _version::text = any($${values.length + 1})`;
    const statement =
      `update ${this.#table} set (${this.#names}) = row(${holders}, gen_random_uuid()) ` +
      `where ${this.#key} = $${place}${match} returning ${this.#names}`;
    const { rows } = await this.#ask(
      statement,
      versions === undefined ? values : [...values, versions],
    );
    if (rows[0] !== undefined) {
      return this.#stored(rows[0]);
    }
    return this.#refusal(valueFrom(keyCodec, record.encode(value)[key.field] ?? null));
  }

  async delete(key: Key, versions?: readonly string[]): Promise<"deleted" | Refusal> {
    const match = versions === undefined ? "" : " and _version::text = any($2)";
    const statement = `delete from ${this.#table} where ${this.#key} = $1${match}`;
    const value = this.#keyValue(key);
    const { rowCount } = await this.#ask(
      statement,
      versions === undefined ? [value] : [value, versions],
    );
    return rowCount === 0 ? this.#refusal(key) : "deleted";
  }

  async #ask(statement: string, values: readonly unknown[]): Promise<QueryResult<Row>> {
    const span = spanBelow("client");
    let error: string | undefined;
    try {
      return await ask(this.#pool, statement, values);
    } catch (caught) {
      error = errorType(caught);
      throw caught;
    } finally {
      span.end(() => {
        const operation = (statement.split(" ")[0] ?? "").toUpperCase();
        const { table } = this.#resource;
        const attributes = {
          "db.system.name": "postgresql",
          "db.operation.name": operation,
          "db.collection.name": table,
        };
        return { name: `${operation} ${table}`, attributes, error };
      });
    }
  }

  async #refusal(key: Key): Promise<Refusal> {
    return (await this.get(key)) === undefined ? "missing" : "changed";
  }

  #keyValue(key: Key): unknown {
    return written(this.#resource.key.type, this.#resource.keyCodec.encode(key));
  }

  #values(value: Type): unknown[] {
    const json = this.#resource.record.encode(value);
    return this.#resource.columns.map(({ field, type }) => {
      const member = json[field];
      return member === undefined ? null : written(type, member);
    });
  }

  #stored(row: Row): Stored<Type> {
    const members: [string, JSONValue][] = [];
    for (const { name, field, type } of this.#resource.columns) {
      const text = row[name] ?? null;
      if (text !== null) {
        members.push([field, read(type, text)]);
      }
    }
    return {
      value: valueFrom(this.#resource.record, Object.fromEntries(members)),
      version: row._version ?? "",
    };
  }
}

/** A name as it stands in a statement. Names are the generator's, never a caller's. */
export function quoted(name: string): string {
  return `"${name}"`;
}

/** A type without how its texts are compared. */
export function base(type: ColumnType): string {
  return type === 'text collate "C"' ? "text" : type;
}

/** A value that travels, as a parameter of a statement. */
export function written(type: ColumnType, value: JSONValue): unknown {
  if (type === "jsonb") {
    return writeJSON(value);
  }
  if (type === "bytea") {
    return Buffer.from(String(value), "base64");
  }
  return String(value);
}

/** What PostgreSQL wrote, as it travels. */
function read(type: ColumnType, text: string): JSONValue {
  switch (type) {
    case "boolean":
      return text === "t";
    case "bigint":
    case "double precision":
      return readNumber(text);
    case "bytea":
      return Buffer.from(text.slice(2), "hex").toString("base64");
    case "jsonb":
      return readJSON(text);
    case "timestamptz":
      return text.replace(" ", "T").replace("+00", "Z");
    default:
      return text;
  }
}
