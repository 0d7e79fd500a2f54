/** Listening, and ending in the time that the cluster grants. */

import { createServer, type RequestListener, type Server } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { StartError } from "./environment.js";

/** The largest head of a request, in bytes. */
const LARGEST_HEAD = 16 * 1024;

/** A server of an application, which is patient with callers, but not forever. */
export function createApplicationServer(application: RequestListener): Server {
  return createServer(
    {
      maxHeaderSize: LARGEST_HEAD,
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 75_000,
    },
    application,
  );
}

export async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`nobody can listen on port ${port} of ${host}: ${reason}`);
  }
}

/** Take no more requests, and give those under way so many seconds. */
export async function close(server: Server, seconds: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const patience = AbortSignal.timeout(seconds * 1000);
  while (!patience.aborted && server.listening === false) {
    // A connection that has had its answer is of no more use.
    server.closeIdleConnections();
    if (await Promise.race([closed.then(() => true), sleep(50, false)])) {
      return;
    }
  }
  server.closeAllConnections();
  await closed;
}

/** Resolves when the process is told to stop. */
export async function stopSignal(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
}
