/** What a codec is: which JSON it takes, what that is in TypeScript, and how it is written. */

import type { JSONValue } from "./json.js";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** In lower case, with hyphens. */
export type UUID = Branded<"UUID">;
/** A number with the digits that it was written with. */
export type Decimal = Branded<"Decimal">;
/** A day: `2026-11-23`. */
export type PlainDate = Branded<"PlainDate">;
/** An instant in UTC: `2026-11-23T10:00:00Z`, with microseconds if there are some. */
export type Time = Branded<"Time">;

/** One step down in a document, and those before it. */
export interface Path {
  readonly parent: Path | undefined;
  readonly step: string | number;
}

/** Takes note of something that is not as it should be, and where it stands. */
export type Refuse = (detail: string, path: Path | undefined) => void;

/** How a column of PostgreSQL holds values. */
export type ColumnType =
  | "bigint"
  | "boolean"
  | "bytea"
  | "date"
  | "double precision"
  | "jsonb"
  | "numeric"
  | 'text collate "C"'
  | "timestamptz"
  | "uuid";

/** How the values of a type travel. */
export interface Codec<Value> {
  /** The value, or undefined when `refuse` was told why there is none. */
  decode(json: JSONValue, refuse: Refuse, path?: Path): Value | undefined;
  encode(value: Value): JSONValue;
  /** What the texts of a parameter are in JSON: one, or several where it is repeated. */
  lift(texts: readonly string[]): JSONValue;
  readonly column: ColumnType;
  /** The name on the wire, where it is not the name of the field. */
  readonly wireName?: string;
  readonly isOptional?: boolean;
  /** What stands in for an absent value. */
  readonly fallback?: Value;
}

/** The least and the most that there may be, both included. */
export interface Bounds<Limit> {
  readonly min?: Limit;
  readonly max?: Limit;
}

// What is said about a field

/** May be left out; `null` is read as absent. */
export function optional<Value>(codec: Codec<Value>): Codec<Value> {
  return { ...codec, isOptional: true };
}

/** Has this value when it is left out. */
export function withDefault<Value>(codec: Codec<Value>, fallback: Value): Codec<Value> {
  return { ...codec, fallback };
}

/** Is called something else on the wire. */
export function named<Value>(wireName: string, codec: Codec<Value>): Codec<Value> {
  return { ...codec, wireName };
}

// Values in code

/** The value of a JSON that is right, as in `valueFrom(uuid, "…")`; else a `TypeError`. */
export function valueFrom<Value>(codec: Codec<Value>, json: JSONValue): Value {
  const problems: string[] = [];
  const value = codec.decode(json, (detail, path) => problems.push(`${pointer(path)} ${detail}`));
  if (value === undefined || problems.length > 0) {
    throw new TypeError(problems.join("; "));
  }
  return value;
}

/** The steps from the root of a document to a place in it. */
export function stepsOf(path: Path | undefined): readonly Path["step"][] {
  const steps: Path["step"][] = [];
  for (let place = path; place !== undefined; place = place.parent) {
    steps.unshift(place.step);
  }
  return steps;
}

/** A place in a document, as a JSON pointer. */
export function pointer(path: Path | undefined): string {
  return pointerTo(stepsOf(path));
}

export function pointerTo(steps: readonly Path["step"][]): string {
  const written = steps.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1"));
  return ["#", ...written].join("/");
}

// Parts of codecs

export function refused(refuse: Refuse, detail: string, path: Path | undefined): undefined {
  refuse(detail, path);
}

/** The one place that says of a value what the type checker cannot see: it was checked. */
export function branded<Value>(value: unknown): Value {
  return value as Value;
}

/** A codec of a text that has a form; `read` gives it in its normal form. */
export function form(what: string, read: (text: string) => string | undefined) {
  return <Value>(
    check: (value: string, refuse: Refuse, path: Path | undefined) => string | undefined = (
      value,
    ) => value,
  ): Codec<Value> => ({
    decode(json, refuse, path) {
      const value = typeof json === "string" ? read(json) : undefined;
      if (value === undefined) {
        return refused(refuse, `must be ${what}`, path);
      }
      const checked = check(value, refuse, path);
      return checked === undefined ? undefined : branded<Value>(checked);
    },
    encode: (value) => String(value),
    lift: asText,
    column: 'text collate "C"',
  });
}

/** The text of a parameter that is a text in JSON too; more than one are none. */
export function asText(texts: readonly string[]): JSONValue {
  return texts.length === 1 ? (texts[0] ?? null) : texts;
}

export function range(min: unknown, max: unknown): string {
  const isOpenBelow = min === undefined || min === -Infinity;
  const isOpenAbove = max === undefined || max === Infinity;
  return isOpenBelow
    ? `must be at most ${max}`
    : isOpenAbove
      ? `must be at least ${min}`
      : `must be ${min} to ${max}`;
}

export function size(what: string, min: number, max: number): string {
  return max === Infinity
    ? `must have at least ${min} ${what}`
    : `must have ${min} to ${max} ${what}`;
}
