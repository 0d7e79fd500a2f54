/** A store in memory: it keeps records as long as the process lives. */

import { randomUUID } from "node:crypto";

import { valueFrom, type ColumnType } from "./codec.js";
import type { JSONObject, JSONValue } from "./json.js";
import { compareDecimals } from "./numbers.js";
import { keyName, type Resource } from "./resource.js";
import type { Filter, ListQuery, Refusal, Store, Stored } from "./store.js";

interface Entry {
  readonly json: JSONObject;
  readonly version: string;
}

export class MemoryStore<Type, Key> implements Store<Type, Key> {
  readonly #resource: Resource<Type, Key>;
  readonly #entries = new Map<string, Entry>();

  constructor(resource: Resource<Type, Key>) {
    this.#resource = resource;
  }

  async list({ limit, order, after, filters }: ListQuery): Promise<readonly Type[]> {
    const { key, record } = this.#resource;
    const compareKeys = comparison(key.type);
    const compareValues = comparison(order.column.type);
    const sign = order.isDescending ? -1 : 1;
    const rank = (a: JSONObject, value: JSONValue, keyValue: JSONValue): number =>
      sign * compareValues(a[order.column.field] ?? null, value) ||
      compareKeys(a[key.field] ?? null, keyValue);
    return [...this.#entries.values()]
      .map((entry) => entry.json)
      .filter((json) => filters.every((filter) => passes(json, filter)))
      .filter((json) => after === undefined || rank(json, after.value, after.key) > 0)
      .sort((a, b) => rank(a, b[order.column.field] ?? null, b[key.field] ?? null))
      .slice(0, limit)
      .map((json) => valueFrom(record, json));
  }

  async get(key: Key): Promise<Stored<Type> | undefined> {
    const entry = this.#entries.get(this.#name(key));
    return entry && this.#stored(entry);
  }

  async create(value: Type): Promise<Stored<Type> | undefined> {
    const [name, json] = this.#written(value);
    return this.#entries.has(name) ? undefined : this.#keep(name, json);
  }

  async replace(value: Type, versions?: readonly string[]): Promise<Stored<Type> | Refusal> {
    const [name, json] = this.#written(value);
    return this.#refusal(name, versions) ?? this.#keep(name, json);
  }

  async delete(key: Key, versions?: readonly string[]): Promise<"deleted" | Refusal> {
    const name = this.#name(key);
    const refusal = this.#refusal(name, versions);
    if (refusal === undefined) {
      this.#entries.delete(name);
    }
    return refusal ?? "deleted";
  }

  #refusal(name: string, versions: readonly string[] | undefined): Refusal | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      return "missing";
    }
    return versions === undefined || versions.includes(entry.version) ? undefined : "changed";
  }

  #keep(name: string, json: JSONObject): Stored<Type> {
    const entry = { json, version: randomUUID() };
    this.#entries.set(name, entry);
    return this.#stored(entry);
  }

  #stored({ json, version }: Entry): Stored<Type> {
    return { value: valueFrom(this.#resource.record, json), version };
  }

  #written(value: Type): [string, JSONObject] {
    const json = this.#resource.record.encode(value);
    return [keyName(this.#resource, json[this.#resource.key.field] ?? null), json];
  }

  #name(key: Key): string {
    return keyName(this.#resource, this.#resource.keyCodec.encode(key));
  }
}

function passes(json: JSONObject, { column, values, min, max }: Filter): boolean {
  const value = json[column.field];
  if (value === undefined) {
    return false;
  }
  const compare = comparison(column.type);
  return (
    (values === undefined || values.some((each) => compare(value, each) === 0)) &&
    (min === undefined || compare(value, min) >= 0) &&
    (max === undefined || compare(value, max) <= 0)
  );
}

/** The order that PostgreSQL gives the values of a column, which are as they travel. */
function comparison(type: ColumnType): (a: JSONValue, b: JSONValue) => number {
  switch (type) {
    case "bigint":
    case "double precision":
      return (a, b) => (isNumber(a) && isNumber(b) ? (a < b ? -1 : a > b ? 1 : 0) : 0);
    case "numeric":
      return (a, b) => compareDecimals(String(a), String(b));
    case "timestamptz":
      // Without the Z, whole seconds come before their fractions.
      return (a, b) => compareTexts(String(a).slice(0, -1), String(b).slice(0, -1));
    default:
      return (a, b) => compareTexts(String(a), String(b));
  }
}

function isNumber(value: JSONValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** By their code points, as their UTF-8 bytes are. */
function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
