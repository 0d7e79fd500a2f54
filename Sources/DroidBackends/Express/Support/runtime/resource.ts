/** A collection of records: what its lists can be asked, and how its columns are called. */

import { branded, type Codec, type ColumnType } from "./codec.js";
import type { JSONValue } from "./json.js";
import type { RecordCodec } from "./records.js";

/** A field of a record, as stores keep it. */
export interface Column {
  /** In SQL. */
  readonly name: string;
  /** On the wire. */
  readonly field: string;
  readonly type: ColumnType;
  readonly codec: Codec<unknown>;
  readonly isOptional: boolean;
}

export interface ResourceOptions<Type, Key extends keyof Type & string> {
  readonly name: string;
  readonly table: string;
  readonly record: RecordCodec<Type>;
  readonly key: Key;
  /** The fields that a list is filtered by, and those that it may be in the order of. */
  readonly filters: readonly (keyof Type & string)[];
  readonly orders: readonly (keyof Type & string)[];
  /** The columns that are not called as their fields are. */
  readonly columns?: { readonly [Name in keyof Type]?: string };
}

export interface Resource<Type, Key> {
  readonly name: string;
  readonly table: string;
  readonly record: RecordCodec<Type>;
  readonly columns: readonly Column[];
  readonly filters: readonly Column[];
  readonly orders: readonly Column[];
  readonly key: Column;
  readonly keyCodec: Codec<Key>;
  /** The key of a record, as it travels. */
  keyOf(value: Type): JSONValue;
}

export function resource<Type, Key extends keyof Type & string>(
  options: ResourceOptions<Type, Key>,
): Resource<Type, Type[Key]> {
  const { name, table, record, filters, orders } = options;
  const names = new Map<string, unknown>(Object.entries(options.columns ?? {}));
  const columns = new Map<string, Column>();
  for (const field of record.fields) {
    columns.set(field.name, {
      name: String(names.get(field.name) ?? field.name),
      field: field.wireName,
      type: field.codec.column,
      codec: field.codec,
      isOptional: field.codec.isOptional === true,
    });
  }
  const column = (field: string): Column => {
    const found = columns.get(field);
    if (found === undefined) {
      throw new TypeError(`${name} has no field ${field}`);
    }
    return found;
  };
  const key = column(options.key);
  const keyCodec = branded<Codec<Type[Key]>>(key.codec);
  return {
    name,
    table,
    record,
    columns: [...columns.values()],
    filters: filters.map(column),
    orders: orders.map(column),
    key,
    keyCodec,
    keyOf: (value) => keyCodec.encode(value[options.key]),
  };
}

/** The name of a key, the same for all that are equal: `1.50` and `1.5` are one decimal number. */
export function keyName<Type, Key>({ key }: Resource<Type, Key>, json: JSONValue): string {
  const text = String(json);
  return key.type === "numeric" ? text.replace(/\.0+$|(\.[0-9]*[1-9])0+$/, "$1") : text;
}

/** Are its values less or more than others? */
export function isOrdered({ type }: Column): boolean {
  return ["bigint", "date", "double precision", "numeric", "timestamptz"].includes(type);
}
