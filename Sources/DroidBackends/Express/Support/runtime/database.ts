/** The database of some resources: PostgreSQL, or memory where there is none. */

import type { Pool, PoolClient } from "pg";

import { MemoryAnswers, type Answers } from "./idempotency.js";
import { createLogger } from "./logs.js";
import { MemoryStore } from "./memory.js";
import { ask, connect, PostgresStore, type DatabasePlace } from "./postgres.js";
import { bringAnswers, PostgresAnswers } from "./postgresAnswers.js";
import type { Resource } from "./resource.js";
import { bringTable, changeSchema, type TableOptions } from "./schema.js";
import type { Store } from "./store.js";

const logger = createLogger("database");

export interface DatabaseOptions extends DatabasePlace {
  /** What it keeps: their tables are brought to what is wanted all at once, or not at all. */
  readonly resources: readonly TableOptions[];
  /** Brings what else it keeps, with them. */
  bring?(client: PoolClient): Promise<void>;
}

export interface Database {
  /** Where answers to requests with a key are kept. */
  readonly answers: Answers;
  /** Undefined in memory. */
  readonly pool: Pool | undefined;
  /** The store of a resource. */
  store<Type, Key>(resource: Resource<Type, Key>): Store<Type, Key>;
  close(): Promise<void>;
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { name, variable, url, poolSize, resources, health } = options;
  if (url === undefined) {
    const what = resources.length > 0 ? "resources are" : "what was done is";
    logger.warning(`${variable} is not set: ${what} kept in memory, and lost at the end`);
    return {
      answers: new MemoryAnswers(),
      pool: undefined,
      store: (resource) => new MemoryStore(resource),
      close: async () => undefined,
    };
  }
  const pool = connect(url, poolSize, name);
  await changeSchema(pool, async (client) => {
    await bringAnswers(client);
    await options.bring?.(client);
    for (const table of resources) {
      await bringTable(client, table);
    }
  });
  health.check(name, () => ask(pool, "select 1"));
  return {
    answers: new PostgresAnswers(pool),
    pool,
    store: (resource) => new PostgresStore(pool, resource),
    close: () => pool.end(),
  };
}
