/** Operations whose answers are predictions. */

import type { Call } from "./call.js";
import type { Versions } from "./versions.js";

export interface PredictionOptions<Values, Given, Result> {
  readonly versions: Versions;
  readonly operation: string;
  /** What the steps before it make of what came. */
  prepare(values: Values): Promise<Given> | Given;
  predict(model: unknown, given: Given): Promise<Result>;
}

/** Answers with the prediction of one version. */
export function predicting<Values, Given, Result>({
  versions,
  operation,
  prepare,
  predict,
}: PredictionOptions<Values, Given, Result>): (values: Values, call: Call) => Promise<Result> {
  return async (values, call) => {
    const given = await prepare(values);
    return versions.predict(call, operation, (model) => predict(model, given));
  };
}
