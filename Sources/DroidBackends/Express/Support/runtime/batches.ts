/** Predictions that are asked for together: a model answers many faster than one by one. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Call } from "./call.js";
import { currentRequest } from "./context.js";
import type { PredictionOptions } from "./predictions.js";

export interface BatchOptions<Values, Given, Result>
  extends Omit<PredictionOptions<Values, Given, Result>, "predict"> {
  /** The most that are asked for at once. */
  readonly size: number;
  /** How long the first of them waits for others, in seconds. */
  readonly wait: number;
  predict(model: unknown, given: readonly Given[]): Promise<readonly Result[]>;
}

interface Waiting<Given, Result> {
  readonly given: Given;
  /** Who has given up needs no answer. */
  readonly gone: AbortSignal | undefined;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

interface Batch<Given, Result> {
  readonly waiting: Waiting<Given, Result>[];
  readonly full: AbortController;
}

/** Answers with the prediction of one version, which is asked for with those for others. */
export function predictingTogether<Values, Given, Result>(
  options: BatchOptions<Values, Given, Result>,
): (values: Values, call: Call) => Promise<Result> {
  const { versions, operation, size, wait, prepare, predict } = options;
  const open = new Map<string, Batch<Given, Result>>();

  const begin = (model: unknown, version: string): Batch<Given, Result> => {
    const batch: Batch<Given, Result> = { waiting: [], full: new AbortController() };
    open.set(version, batch);
    const gathered = sleep(wait * 1000, undefined, { signal: batch.full.signal });
    gathered
      .catch(() => undefined)
      .then(() => {
        if (open.get(version) === batch) {
          open.delete(version);
        }
        return run(batch, (given) => predict(model, given));
      });
    return batch;
  };

  return async (values, call) => {
    const given = await prepare(values);
    const join = (model: unknown, version: string): Promise<Result> =>
      new Promise((resolve, reject) => {
        const { waiting, full } = open.get(version) ?? begin(model, version);
        waiting.push({ given, gone: currentRequest()?.signal, resolve, reject });
        if (waiting.length === size) {
          open.delete(version);
          full.abort();
        }
      });
    return versions.predict(call, operation, join);
  };
}

async function run<Given, Result>(
  batch: Batch<Given, Result>,
  predict: (given: readonly Given[]) => Promise<readonly Result[]>,
): Promise<void> {
  const waiting = batch.waiting.filter(({ gone }) => gone?.aborted !== true);
  if (waiting.length === 0) {
    return;
  }
  try {
    const results = await predict(waiting.map(({ given }) => given));
    if (results.length !== waiting.length) {
      throw new TypeError(`${waiting.length} were asked for, and ${results.length} predicted`);
    }
    for (const [index, result] of results.entries()) {
      waiting[index]?.resolve(result);
    }
  } catch (error) {
    for (const { reject } of waiting) {
      reject(error);
    }
  }
}
