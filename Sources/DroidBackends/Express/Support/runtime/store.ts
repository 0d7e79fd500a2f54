/** Where records are kept. */

import type { JSONValue } from "./json.js";
import type { Column } from "./resource.js";

/** A record as it is kept, and the name of this state of it: another after each write. */
export interface Stored<Type> {
  readonly value: Type;
  readonly version: string;
}

/** What a list is asked for; values are as they travel. */
export interface ListQuery {
  readonly limit: number;
  readonly order: { readonly column: Column; readonly isDescending: boolean };
  /** The last of the page before: its value in the column of the order, and its key. */
  readonly after?: { readonly value: JSONValue; readonly key: JSONValue } | undefined;
  readonly filters: readonly Filter[];
}

export interface Filter {
  readonly column: Column;
  /** One of these. */
  readonly values?: readonly JSONValue[];
  readonly min?: JSONValue;
  readonly max?: JSONValue;
}

/** Why nothing was written: there is none with this key, or it is in another version. */
export type Refusal = "missing" | "changed";

export interface Store<Type, Key> {
  /** In the order that is asked for, those of the same rank in the order of their keys. */
  list(query: ListQuery): Promise<readonly Type[]>;
  get(key: Key): Promise<Stored<Type> | undefined>;
  /** Undefined if the key is taken. */
  create(value: Type): Promise<Stored<Type> | undefined>;
  /** Put a record in the place of the one with its key, if that is in one of these versions. */
  replace(value: Type, versions?: readonly string[]): Promise<Stored<Type> | Refusal>;
  /** Forget the record with this key, if it is in one of these versions. */
  delete(key: Key, versions?: readonly string[]): Promise<"deleted" | Refusal>;
}
