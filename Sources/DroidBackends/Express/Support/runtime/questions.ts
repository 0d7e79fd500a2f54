/** What is asked of others, and how their answers are read. */

import type { CallerOptions } from "./caller.js";
import { optional, valueFrom, type Codec } from "./codec.js";
import { currentRequest } from "./context.js";
import { isArray, isObject, readJSON, writeJSON, type JSONObject, type JSONValue } from "./json.js";
import type { Problem } from "./problems.js";
import { list, record } from "./records.js";
import { CallError } from "./resilience.js";
import { text } from "./texts.js";

/** Values by their names, each with how it travels; what is undefined is left out. */
export type Parameters = Readonly<Record<string, JSONValue | undefined>>;

/** The declared error that a problem tells of, if it is the one. */
export type ErrorReader = (problem: JSONObject) => Problem | undefined;

export interface Question {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** The path with the names of its values, if it has some: `/orders/{id}`. */
  readonly template?: string;
  readonly query?: Parameters;
  readonly headers?: Parameters;
  readonly body?: JSONValue | undefined;
  /** May it be done twice? */
  readonly repeats: "always" | "never" | "withKey";
  /** For how many seconds an answer holds. */
  readonly cache?: number;
  readonly errors?: readonly ErrorReader[];
}

/** A question that has an answer. */
export interface Asked<Result> extends Question {
  readonly result: Codec<Result>;
  /** What stands for nothing. */
  readonly empty?: Result;
}

/** The declared error that an answer is; else a failure of the call. */
export function failureOf(
  question: Question,
  { peer, isMeshed }: Pick<CallerOptions, "peer" | "isMeshed">,
  response: Response,
  content: string,
): Problem {
  const problem = documentOf(content);
  for (const read of question.errors ?? []) {
    const declared = problem && read(problem);
    if (declared !== undefined) {
      return declared;
    }
  }
  const isLate = isMeshed === true && response.status === 504;
  return new CallError(isLate ? "timeout" : "status", `${peer} answered with ${response.status}.`, {
    answered: response.status,
    retryAfter: response.headers.get("retry-after"),
  });
}

function documentOf(content: string): JSONObject | undefined {
  try {
    const json = readJSON(content);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** What an answer is kept by. */
export function placeOf({ operation, path, query = {}, headers = {}, body }: Question): string {
  const parts = [operation, path, pairsOf(query), pairsOf(headers), body ?? null];
  return writeJSON([...parts, currentRequest()?.subject ?? null]);
}

/** Names and values as they travel: what is undefined is left out, a list is repeated. */
export function pairsOf(values: Parameters): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) => {
    const all = value === undefined ? [] : isArray(value) ? value : [value];
    return all.map((each): [string, string] => [name, String(each)]);
  });
}

/** A value as a part of a path. */
export function segment<Value>(codec: Codec<Value>, value: Value): string {
  return encodeURIComponent(String(codec.encode(value)));
}

/** A value as it travels, if there is one. */
export function encoded<Value>(codec: Codec<Value>, value: Value): JSONValue;
export function encoded<Value>(
  codec: Codec<Value>,
  value: Value | undefined,
): JSONValue | undefined;
export function encoded<Value>(
  codec: Codec<Value>,
  value: Value | undefined,
): JSONValue | undefined {
  return value === undefined ? undefined : codec.encode(value);
}

/** The value of an answer, if it is what the contract promises. */
export function readAnswer<Result>(
  question: Question,
  content: string,
  result: Codec<Result>,
): Result {
  try {
    return valueFrom(result, readJSON(content));
  } catch (cause) {
    const detail = `${question.operation} was answered with what its contract does not allow.`;
    throw new CallError("answer", detail, { cause });
  }
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string | undefined;
}

export function pageOf<Item>(item: Codec<Item>): Codec<Page<Item>> {
  return record<Page<Item>>({ items: list(item), next: optional(text()) });
}

/** Reads the error of this type, with the fields that it has. */
export function declared<Fields>(
  type: string,
  codec: Codec<Fields>,
  create: (fields: Fields, detail?: string) => Problem,
): ErrorReader {
  return (problem) => {
    const { type: found, title: _title, status: _status, detail, ...fields } = problem;
    let isRight = found === type;
    const value = codec.decode(fields, () => {
      isRight = false;
    });
    if (!isRight || value === undefined) {
      return undefined;
    }
    return typeof detail === "string" ? create(value, detail) : create(value);
  };
}
