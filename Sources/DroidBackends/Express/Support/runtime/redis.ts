/** Redis: connected to when it is there, and again when it comes back. */

import { createClient } from "redis";

export type Redis = ReturnType<typeof create>;

const LONGEST_PAUSE_MILLISECONDS = 1_000;

/** A client of the Redis at this URL, and what resolves when it is connected for the first time. */
export function connectRedis(url: string): {
  readonly client: Redis;
  readonly ready: Promise<unknown>;
} {
  const client = create(url);
  // What fails is told by who waits for it.
  const ready = client.on("error", () => undefined).connect();
  ready.catch(() => undefined);
  return { client, ready };
}

function create(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, LONGEST_PAUSE_MILLISECONDS) },
  });
}
