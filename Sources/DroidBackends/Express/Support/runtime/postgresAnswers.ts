/** Answers to requests with a key, kept in PostgreSQL: all replicas know what one has answered. */

import type { Pool, PoolClient } from "pg";

import { KEEP_SECONDS, LEASE_SECONDS, type Answers, type Known } from "./idempotency.js";
import { isObject, readJSON, writeJSON } from "./json.js";
import type { Answer } from "./operation.js";
import { ask } from "./postgres.js";

const TABLE = `create table if not exists _idempotency (
  scope text primary key,
  request bytea not null,
  begun timestamptz not null default now(),
  status integer,
  headers jsonb,
  body bytea
)`;

const BEGIN = `insert into _idempotency as kept (scope, request) values ($1, $2)
on conflict (scope) do update
set request = excluded.request, begun = now(), status = null, headers = null, body = null
where kept.begun < now() - make_interval(secs => ${KEEP_SECONDS})
  or kept.status is null and kept.begun < now() - make_interval(secs => ${LEASE_SECONDS})
returning scope`;

const FORGET_OLD = `delete from _idempotency
where begun < now() - make_interval(secs => ${KEEP_SECONDS})`;

const READ = `select encode(request, 'hex') as request, status, headers,
  convert_from(body, 'UTF8') as body
from _idempotency where scope = $1`;

const CLEAN_MILLISECONDS = 60 * 60 * 1000;

/** Make the table of answers if it is not there. */
export async function bringAnswers(client: PoolClient): Promise<void> {
  await ask(client, TABLE);
}

export class PostgresAnswers implements Answers {
  readonly #pool: Pool;
  #cleaned = -Infinity;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async begin(scope: string, fingerprint: Buffer): Promise<Known> {
    if (performance.now() - this.#cleaned > CLEAN_MILLISECONDS) {
      this.#cleaned = performance.now();
      await ask(this.#pool, FORGET_OLD);
    }
    const begun = await ask(this.#pool, BEGIN, [scope, fingerprint]);
    if (begun.rowCount === 1) {
      return "new";
    }
    const { rows } = await ask(this.#pool, READ, [scope]);
    const [row] = rows;
    if (row === undefined) {
      return this.begin(scope, fingerprint); // the first has failed just now
    }
    if (row.request !== fingerprint.toString("hex")) {
      return "other";
    }
    if (row.status === null) {
      return "busy";
    }
    const body = row.body ?? null;
    return {
      status: Number(row.status),
      headers: headersOf(row.headers ?? "{}"),
      ...(body === null ? {} : { body }),
    };
  }

  async keep(scope: string, { status, headers = {}, body }: Answer): Promise<void> {
    const statement =
      "update _idempotency set status = $2, headers = $3, body = $4 where scope = $1";
    const bytes = body === undefined ? null : Buffer.from(body);
    await ask(this.#pool, statement, [scope, status, writeJSON(headers), bytes]);
  }

  async forget(scope: string): Promise<void> {
    await ask(this.#pool, "delete from _idempotency where scope = $1", [scope]);
  }
}

function headersOf(text: string): Record<string, string> {
  const json = readJSON(text);
  const members = isObject(json) ? Object.entries(json) : [];
  return Object.fromEntries(members.map(([name, value]) => [name, String(value)]));
}
