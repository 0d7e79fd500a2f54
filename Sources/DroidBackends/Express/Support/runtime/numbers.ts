/** Codecs of truth and numbers: a number is never read from a text, and no digit is lost. */

import {
  form,
  range,
  refused,
  type Bounds,
  type Codec,
  type Decimal,
  type Path,
  type Refuse,
} from "./codec.js";
import { readNumber, type JSONValue } from "./json.js";

export const bool: Codec<boolean> = {
  decode: (json, refuse, path) =>
    typeof json === "boolean" ? json : refused(refuse, "must be true or false", path),
  encode: (value) => value,
  lift: ([text, ...more]) =>
    more.length > 0 ? null : text === "true" || (text === "false" ? false : null),
  column: "boolean",
};

/** A whole number that a `number` holds. */
export function int({
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
}: Bounds<number> = {}): Codec<number> {
  return {
    decode(json, refuse, path) {
      const value = whole(json);
      if (value === undefined) {
        return refused(refuse, "must be a whole number", path);
      }
      return within(value, min, max, refuse, path) ? Number(value) : undefined;
    },
    encode: (value) => value,
    lift: liftInteger,
    column: "bigint",
  };
}

/** A whole number of 64 bits. */
export function bigInt({
  min = -(2n ** 63n),
  max = 2n ** 63n - 1n,
}: Bounds<bigint> = {}): Codec<bigint> {
  return {
    decode(json, refuse, path) {
      const value = whole(json);
      if (value === undefined) {
        return refused(refuse, "must be a whole number", path);
      }
      return within(value, min, max, refuse, path) ? value : undefined;
    },
    encode: (value) => (BigInt.asIntN(53, value) === value ? Number(value) : value),
    lift: liftInteger,
    column: "bigint",
  };
}

export function float({ min = -Infinity, max = Infinity }: Bounds<number> = {}): Codec<number> {
  return {
    decode(json, refuse, path) {
      if (typeof json !== "number" && typeof json !== "bigint") {
        return refused(refuse, "must be a number", path);
      }
      const value = Number(json);
      if (!Number.isFinite(value)) {
        return refused(refuse, "must be a number that is not too large", path);
      }
      return within(value, min, max, refuse, path) ? value : undefined;
    },
    encode: (value) => value,
    lift: liftNumber,
    column: "double precision",
  };
}

/** As many seconds as every language can count: 100,000 days. */
const MOST_SECONDS = 8_640_000_000;

/** A number of seconds. */
export function duration({
  min = -MOST_SECONDS,
  max = MOST_SECONDS,
}: Bounds<number> = {}): Codec<number> {
  return float({ min, max });
}

const DECIMAL = /^-?[0-9]+(\.[0-9]+)?$/;

export function decimal({ min, max }: Bounds<string> = {}): Codec<Decimal> {
  return {
    ...form("a decimal number as text", (text) =>
      DECIMAL.test(text) ? text.replace(/^(-?)0+(?=[0-9])/, "$1") : undefined,
    )<Decimal>((value, refuse, path) => {
      const isLow = min !== undefined && compareDecimals(value, min) < 0;
      const isHigh = max !== undefined && compareDecimals(value, max) > 0;
      return isLow || isHigh ? refused(refuse, range(min, max), path) : value;
    }),
    column: "numeric",
  };
}

/** Which of two decimal numbers is the greater one: exact, however many digits they have. */
export function compareDecimals(a: string, b: string): number {
  const [first = "", firstFraction = ""] = a.split(".");
  const [second = "", secondFraction = ""] = b.split(".");
  const digits = Math.max(firstFraction.length, secondFraction.length);
  const left = BigInt(first + firstFraction.padEnd(digits, "0"));
  const right = BigInt(second + secondFraction.padEnd(digits, "0"));
  return left < right ? -1 : left > right ? 1 : 0;
}

function whole(json: JSONValue): bigint | undefined {
  if (typeof json === "bigint") {
    return json;
  }
  // One that is not safe may have lost its fraction; those without one come as bigint.
  return typeof json === "number" && Number.isSafeInteger(json) ? BigInt(json) : undefined;
}

function within<Limit extends number | bigint>(
  value: number | bigint,
  min: Limit,
  max: Limit,
  refuse: Refuse,
  path: Path | undefined,
): boolean {
  if (value >= min && value <= max) {
    return true;
  }
  refuse(range(min, max), path);
  return false;
}

function liftInteger(texts: readonly string[]): JSONValue {
  return lift(texts, /^-?[0-9]+(\.0+)?$/);
}

function liftNumber(texts: readonly string[]): JSONValue {
  return lift(texts, /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/);
}

function lift([text = "", ...more]: readonly string[], form: RegExp): JSONValue {
  return form.test(text) && more.length === 0 ? readNumber(text) : null;
}
