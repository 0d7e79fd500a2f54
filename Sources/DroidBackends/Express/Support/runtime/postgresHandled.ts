/** The ids of events that were handled, kept in PostgreSQL: all replicas know what one has done. */

import type { Pool, PoolClient } from "pg";

import { MemoryHandled, type Handled } from "./handled.js";
import { createLogger } from "./logs.js";
import { ask, connect, type DatabasePlace } from "./postgres.js";
import { changeSchema } from "./schema.js";

const logger = createLogger("database");

const TABLE = `create table if not exists _handled_events (
  subscriber text,
  id text,
  at timestamptz not null default now(),
  primary key (subscriber, id)
)`;

const HAS = "select true from _handled_events where subscriber = $1 and id = $2";

const ADD = `insert into _handled_events (subscriber, id) select $1, unnest($2::text[])
on conflict do nothing`;

const FORGET_OLD = "delete from _handled_events where at < now() - interval '7 days'";

const CLEAN_MILLISECONDS = 60 * 60 * 1000;

/** Make the table of ids if it is not there. */
export async function bringHandled(client: PoolClient): Promise<void> {
  await ask(client, TABLE);
}

/** Where ids are kept: in this database, or in memory where there is none. */
export function handledIn(pool: Pool | undefined): Handled {
  return pool === undefined ? new MemoryHandled() : new PostgresHandled(pool);
}

/** A database that keeps nothing but ids, or memory where there is none. */
export async function openHandled({ name, variable, url, poolSize, health }: DatabasePlace) {
  if (url === undefined) {
    logger.warning(`${variable} is not set: what was done is kept in memory, and lost at the end`);
    return { handled: handledIn(undefined), close: async () => undefined };
  }
  const pool = connect(url, poolSize, name);
  await changeSchema(pool, bringHandled);
  health.check(name, () => ask(pool, "select 1"));
  return { handled: handledIn(pool), close: () => pool.end() };
}

class PostgresHandled implements Handled {
  readonly #pool: Pool;
  #cleaned = -Infinity;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async has(group: string, id: string): Promise<boolean> {
    return (await ask(this.#pool, HAS, [group, id])).rowCount === 1;
  }

  async add(group: string, ids: readonly string[]): Promise<void> {
    await ask(this.#pool, ADD, [group, ids]);
    if (performance.now() - this.#cleaned > CLEAN_MILLISECONDS) {
      this.#cleaned = performance.now();
      await ask(this.#pool, FORGET_OLD);
    }
  }
}
