/** The life of the process: start, answer, and end in the opposite order. */

import type { RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { StartError } from "./environment.js";
import { createAdminServer, Health } from "./health.js";
import { configureLogs, createLogger, type Level } from "./logs.js";
import { startTracing, type TraceSettings } from "./otlp.js";
import { close, createApplicationServer, listen, stopSignal } from "./server.js";

const logger = createLogger("process");

/** The settings that every process has. */
export interface ProcessSettings {
  readonly host: string;
  readonly adminPort: number;
  readonly logLevel: Level;
  readonly drainSeconds: number;
  readonly shutdownSeconds: number;
  /** Undefined where spans go nowhere. */
  readonly traces: TraceSettings | undefined;
}

/** What was started, and how it is stopped. */
export interface Running {
  readonly listeners: readonly { readonly application: RequestListener; readonly port: number }[];
  /** Settle what is under way besides requests, in so many seconds. */
  finish?(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface ProcessOptions<Settings, Started = Running> {
  readSettings(variables: NodeJS.ProcessEnv): Settings;
  /** The fields that no log shows. */
  readonly masked: readonly string[];
  start(settings: Settings, health: Health): Promise<Started>;
}

/** Run until the process is told to stop. */
export async function run<Settings extends ProcessSettings>(
  options: ProcessOptions<Settings>,
): Promise<void> {
  await orSay(() => live(options));
}

/** What keeps a process from starting is said in a sentence. */
export async function orSay(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StartError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** What every process begins with, and how that ends. */
export async function begin<
  Settings extends ProcessSettings,
  Started extends { stop(): Promise<void> },
>({ readSettings, masked, start }: ProcessOptions<Settings, Started>) {
  const settings = readSettings(process.env);
  configureLogs(settings.logLevel, masked);
  const finishTracing = startTracing(settings.traces, (reason) =>
    logger.warning("spans are lost", { exception: reason }),
  );
  const health = new Health();
  const admin = createAdminServer(health);
  await listen(admin, settings.host, settings.adminPort);
  const running = await start(settings, health);
  const end = async (): Promise<void> => {
    await running.stop();
    await close(admin, 0);
    await finishTracing();
  };
  return { settings, health, running, end };
}

async function live<Settings extends ProcessSettings>(
  options: ProcessOptions<Settings>,
): Promise<void> {
  const stopped = stopSignal();
  const { settings, health, running, end } = await begin(options);
  const servers = running.listeners.map(({ application, port }) => ({
    server: createApplicationServer(application),
    port,
  }));
  for (const { server, port } of servers) {
    await listen(server, settings.host, port);
  }
  health.isStarted = true;
  logger.info("started", { ports: servers.map(({ port }) => port) });

  await stopped;
  health.stop();
  logger.info("stopping");
  // Callers learn from `/readyz`, and go elsewhere.
  await sleep(settings.drainSeconds * 1000);
  const seconds = settings.shutdownSeconds;
  const closing = servers.map(({ server }) => close(server, seconds));
  await Promise.all([...closing, running.finish?.(seconds)]);
  await end();
  logger.info("stopped");
  process.exit(0);
}
