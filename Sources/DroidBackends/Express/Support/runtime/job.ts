/** A job: it starts as a service does, does its work once, and ends with what came of it. */

import { setTimeout as sleep } from "node:timers/promises";

import { createContext, requests } from "./context.js";
import { createLogger } from "./logs.js";
import { begin, orSay, type ProcessOptions, type ProcessSettings } from "./process.js";
import { stopSignal } from "./server.js";

const logger = createLogger("job");

/** What was started. */
export interface Working {
  /** The signal asks it to end. */
  work(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** Do the work, and end with 0 if that is done, with 1 if it failed. */
export async function runJob<Settings extends ProcessSettings>(
  options: ProcessOptions<Settings, Working>,
): Promise<void> {
  await orSay(() => once(options));
}

async function once<Settings extends ProcessSettings>(
  options: ProcessOptions<Settings, Working>,
): Promise<void> {
  const begun = performance.now();
  const stopped = stopSignal();
  const { settings, health, running, end } = await begin(options);
  health.isStarted = true;
  const context = createContext(undefined, undefined);
  const work = requests.run(context, () => outcomeOf(running.work(context.signal)));
  let outcome = await Promise.race([work, stopped.then(() => undefined)]);
  if (outcome === undefined) {
    logger.info("stopping");
    health.stop();
    context.abort();
    const late = sleep(settings.shutdownSeconds * 1000).then(() => ({
      error: new Error("it goes on although it was asked to end"),
    }));
    const { error } = await Promise.race([work, late]);
    outcome = { error: error ?? new Error("it was stopped before it was done") };
  }
  const isDone = outcome.error === undefined;
  if (!isDone) {
    logger.error("the job has failed", { exception: outcome.error });
  }
  await end();
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(6));
  logger.info(isDone ? "done" : "failed", { duration_seconds: seconds });
  process.exit(isDone ? 0 : 1);
}

async function outcomeOf(work: Promise<void>): Promise<{ readonly error: unknown }> {
  try {
    await work;
    return { error: undefined };
  } catch (error) {
    return { error: error ?? new Error("it failed without a reason") };
  }
}
