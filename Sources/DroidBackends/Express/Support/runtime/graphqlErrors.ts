/** What a field that has failed tells: a code for programs, a message for people. */

import { GraphQLError } from "graphql";

import { createLogger } from "./logs.js";
import { InvalidRequest, Problem } from "./problems.js";
import { Late } from "./timing.js";

const logger = createLogger("graphql");

const DECLARED = "urn:problem-type:";
const CODES: Readonly<Record<number, string>> = {
  403: "forbidden",
  429: "too-many",
  501: "not-implemented",
  502: "unavailable",
  503: "unavailable",
  // Of a call: whoever was asked did not answer in time.
  504: "unavailable",
};

/** The error of a field; a defect of ours gives no reason. */
export function told(error: unknown): GraphQLError {
  if (error instanceof Late) {
    return failure("timeout", "The operation took too long.");
  }
  if (error instanceof InvalidRequest) {
    return failure("bad-value", "An argument is not what the contract allows.", error.members);
  }
  if (error instanceof Problem && error.type.startsWith(DECLARED)) {
    return failure(error.type.slice(DECLARED.length), error.title, error.members);
  }
  const code = error instanceof Problem ? CODES[error.status] : undefined;
  if (error instanceof Problem && code !== undefined) {
    return failure(code, error.message);
  }
  logger.error("a field failed", { exception: error });
  return failure("internal", "The operation failed.");
}

function failure(code: string, message: string, members = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...members } });
}
