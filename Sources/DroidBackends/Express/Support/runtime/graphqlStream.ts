/** GraphQL over SSE: what a subscription gives, as events of a stream. */

import { GraphQLError, type ExecutionResult } from "graphql";

import { branded } from "./codec.js";
import { writeJSON, type JSONValue } from "./json.js";

const SILENCE_MILLISECONDS = 15_000;

type Results = AsyncGenerator<ExecutionResult, void, void>;

/** A result as it travels. */
export function written({ data, errors }: ExecutionResult): string {
  const all = {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => error.toJSON()) }),
  };
  return writeJSON(branded<JSONValue>(all));
}

/** Each result as an event, until there are no more, or the signal fires. */
export async function* streamOf(
  results: Results | ExecutionResult,
  stop: AbortSignal,
): AsyncGenerator<string> {
  if (Symbol.asyncIterator in results) {
    yield* events(results, stop);
  } else {
    yield event(results);
  }
  yield "event: complete\ndata: \n\n";
}

async function* events(results: Results, stop: AbortSignal): AsyncGenerator<string> {
  const done = new AbortController();
  const stopped = new Promise<"stopped">((resolve) => {
    stop.addEventListener("abort", () => resolve("stopped"), { signal: done.signal });
  });
  try {
    let following: Promise<IteratorResult<ExecutionResult, void>> | undefined;
    while (!stop.aborted) {
      following ??= results.next();
      const found = await orSilence(Promise.race([following, stopped]));
      if (found === "silence") {
        yield ":\n\n";
      } else if (found === "stopped" || found.done === true) {
        return;
      } else {
        following = undefined;
        yield event(found.value);
      }
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) {
      throw error;
    }
    yield event({ errors: [error] });
  } finally {
    done.abort();
    // What waits for its next value ends in its own time, and nobody waits for that.
    results.return().catch(() => undefined);
  }
}

async function orSilence<Value>(work: Promise<Value>): Promise<Value | "silence"> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<"silence">((resolve) => {
    timer = setTimeout(resolve, SILENCE_MILLISECONDS, "silence");
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** One that has only failed has no data. */
function event({ data, errors }: ExecutionResult): string {
  const result = { ...(data ? { data } : {}), ...(errors === undefined ? {} : { errors }) };
  return `event: next\ndata: ${written(result)}\n\n`;
}
