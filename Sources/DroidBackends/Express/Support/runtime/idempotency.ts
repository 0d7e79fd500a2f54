/** Requests with an `Idempotency-Key`: done once, and answered again for a day. */

import { createHash } from "node:crypto";

import type { Call } from "./call.js";
import type { Answer, Operation } from "./operation.js";
import { InvalidRequest, Problem, problemOf } from "./problems.js";

/** For how long an answer is kept. */
export const KEEP_SECONDS = 24 * 60 * 60;
/** How long a request may be under way: a process that has ended does not answer any more. */
export const LEASE_SECONDS = 10 * 60;

/** It is new, its request is under way, another request had it, or what was answered. */
export type Known = "new" | "busy" | "other" | Answer;

export interface Answers {
  begin(scope: string, fingerprint: Buffer): Promise<Known>;
  keep(scope: string, answer: Answer): Promise<void>;
  /** The request failed: it may be tried again. */
  forget(scope: string): Promise<void>;
}

export interface IdempotencyOptions {
  readonly answers: Answers;
  /** A request without a key is refused. */
  readonly isRequired?: boolean;
}

const KEY = /^[\x20-\x7e]{1,255}$/;
const HEADER = "Idempotency-Key";

/** The same operation, done once for each key. */
export function idempotent(
  operation: Operation,
  { answers, isRequired = false }: IdempotencyOptions,
): Operation {
  return {
    ...operation,
    async answer(call) {
      const key = call.header(HEADER);
      if (key === undefined && !isRequired) {
        return operation.answer(call);
      }
      if (key === undefined || !KEY.test(key)) {
        throw wrong(
          key === undefined ? "must be there" : "must be 1 to 255 printable ASCII characters",
        );
      }
      const scope = JSON.stringify([operation.port, operation.name, call.subject ?? null, key]);
      const known = await answers.begin(scope, await fingerprint(call));
      switch (known) {
        case "new":
          return once(answers, scope, () => operation.answer(call));
        case "busy":
          throw new Problem(409, { detail: "The request with this key is still under way." });
        case "other":
          throw wrong("was the key of another request");
        default:
          return { ...known, headers: { ...known.headers, "Idempotency-Replayed": "true" } };
      }
    },
  };
}

async function once(answers: Answers, scope: string, work: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500) {
      await answers.forget(scope);
      throw error;
    }
    answer = problem.toAnswer();
  }
  await answers.keep(scope, answer);
  return answer;
}

async function fingerprint(call: Call): Promise<Buffer> {
  const body = (await call.body()) ?? "";
  return createHash("sha256").update(`${call.method} ${call.url}\n${body}`).digest();
}

function wrong(detail: string): InvalidRequest {
  return new InvalidRequest([{ detail, parameter: HEADER }]);
}

interface Entry {
  readonly fingerprint: Buffer;
  readonly begun: number;
  answer?: Answer;
}

/** Keeps answers as long as the process lives. */
export class MemoryAnswers implements Answers {
  readonly #entries = new Map<string, Entry>();

  async begin(scope: string, fingerprint: Buffer): Promise<Known> {
    this.#clean();
    const entry = this.#entries.get(scope);
    if (entry === undefined) {
      this.#entries.set(scope, { fingerprint, begun: performance.now() });
      return "new";
    }
    if (!entry.fingerprint.equals(fingerprint)) {
      return "other";
    }
    return entry.answer ?? "busy";
  }

  async keep(scope: string, answer: Answer): Promise<void> {
    const entry = this.#entries.get(scope);
    if (entry !== undefined) {
      entry.answer = answer;
    }
  }

  async forget(scope: string): Promise<void> {
    this.#entries.delete(scope);
  }

  /** The oldest stand first. */
  #clean(): void {
    const now = performance.now();
    for (const [scope, { begun }] of this.#entries) {
      if (now - begun < KEEP_SECONDS * 1000) {
        return;
      }
      this.#entries.delete(scope);
    }
  }
}
