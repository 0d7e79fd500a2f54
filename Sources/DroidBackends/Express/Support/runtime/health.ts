/** What the probes are told: has it started, may it have traffic, and what is missing if not. */

import { createServer, type Server, type ServerResponse } from "node:http";

import { register } from "prom-client";

import { createLogger } from "./logs.js";
import { within } from "./timing.js";

const logger = createLogger("health");

const CHECK_MILLISECONDS = 1_000;

export class Health {
  isStarted = false;
  readonly #stop = new AbortController();
  /** Fires when the end begins: it asks for no more traffic. */
  readonly stopping = this.#stop.signal;
  readonly #checks = new Map<string, () => Promise<unknown>>();

  /** Be ready only while `check` succeeds in time. */
  check(name: string, check: () => Promise<unknown>): void {
    this.#checks.set(name, check);
  }

  /** Let the end begin. */
  stop(): void {
    this.#stop.abort();
  }

  /** What keeps this process from being ready. */
  async missing(): Promise<readonly string[]> {
    if (!this.isStarted) {
      return ["start"];
    }
    if (this.stopping.aborted) {
      return ["shutdown"];
    }
    const found = await Promise.all(
      [...this.#checks].map(async ([name, check]) => ((await holds(name, check)) ? [] : [name])),
    );
    return found.flat();
  }
}

async function holds(name: string, check: () => Promise<unknown>): Promise<boolean> {
  try {
    await within(CHECK_MILLISECONDS, check());
    return true;
  } catch (error) {
    logger.warning("not ready", { missing: name, exception: error });
    return false;
  }
}

/** The server of the admin port. */
export function createAdminServer(health: Health): Server {
  const pages: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    "/livez": async (response) => tell(response, []),
    "/startupz": async (response) => tell(response, health.isStarted ? [] : ["start"]),
    "/readyz": async (response) => tell(response, await health.missing()),
    "/metrics": async (response) => {
      response
        .writeHead(200, { "Content-Type": register.contentType })
        .end(await register.metrics());
    },
  };
  return createServer((request, response) => {
    const page = request.method === "GET" ? pages[request.url?.split("?")[0] ?? ""] : undefined;
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    page(response).catch((error: unknown) => {
      logger.error("failed", { exception: error });
      response.writeHead(500).end();
    });
  });
}

function tell(response: ServerResponse, missing: readonly string[]): void {
  const content = missing.length === 0 ? { status: "ok" } : { status: "unavailable", missing };
  response.writeHead(missing.length === 0 ? 200 : 503, { "Content-Type": "application/json" });
  response.end(JSON.stringify(content));
}
