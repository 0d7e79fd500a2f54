/** An operation of the contract: what it takes, what it answers, and who does it. */

import type { Guard } from "./access.js";
import type { Call } from "./call.js";
import { branded, pointer, valueFrom, type Codec } from "./codec.js";
import { readJSON, writeJSON, type JSONValue } from "./json.js";
import { InvalidRequest, type Fault } from "./problems.js";

export type Method = "get" | "head" | "post" | "put" | "patch" | "delete";

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, written already. */
  readonly body?: string;
  /** What comes in its place, bit by bit. */
  readonly stream?: AsyncIterable<string>;
}

/** What an operation is called, and where it is found. */
export interface Route {
  readonly port: string;
  readonly name: string;
  readonly method: Method;
  /** As in the contract: `/orders/{id}`. */
  readonly path: string;
  /** How long it may take, in seconds; 30 unless said. */
  readonly timeout?: number;
  /** Who may keep an answer, and for how long; nobody unless said. */
  readonly cache?: string;
  /** Who may ask; anybody unless said. */
  readonly guard?: Guard;
  /** Pages of these origins may ask. */
  readonly origins?: readonly string[];
}

export interface Operation extends Route {
  answer(call: Call): Promise<Answer>;
}

/** The operations of a port, with what it says for all that say nothing else. */
export function withDefaults(
  defaults: Pick<Route, "guard" | "origins">,
  operations: readonly Operation[],
): readonly Operation[] {
  return operations.map((operation) => ({ ...defaults, ...operation }));
}

/** One thing that travels to an operation. */
export interface Input<Value> {
  /** Where it stands, for those who sent something else. */
  readonly place: { readonly pointer: string } | { readonly parameter: string };
  readonly isOptional: boolean;
  read(call: Call, faults: Fault[]): Promise<Value | undefined> | Value | undefined;
}

/** The inputs of an operation, by their names. */
export type Inputs<Values> = { readonly [Name in keyof Values]: Input<Values[Name]> };

export function fromPath<Value>(name: string, codec: Codec<Value>): Input<Value> {
  return parameter(name, codec, ({ path }) => [String(path[name] ?? "")]);
}

export function fromQuery<Value>(name: string, codec: Codec<Value>): Input<Value> {
  return parameter(name, codec, ({ query }) => query.getAll(name));
}

export function fromHeader<Value>(name: string, codec: Codec<Value>): Input<Value> {
  return parameter(name, codec, (call) => {
    const text = call.header(name);
    return text === undefined ? [] : [text];
  });
}

export function fromBody<Value>(codec: Codec<Value>): Input<Value> {
  return {
    place: { pointer: "#" },
    isOptional: codec.fallback !== undefined,
    async read(call, faults) {
      const text = await call.body();
      const json = text === undefined ? null : bodyJSON(text);
      if (json === undefined) {
        faults.push({ detail: "must be JSON, nested at most 100 levels deep", pointer: "#" });
        return undefined;
      }
      if (json === null) {
        return codec.fallback;
      }
      return codec.decode(json, (detail, path) => faults.push({ detail, pointer: pointer(path) }));
    },
  };
}

/** May be left out, and is undefined then. */
export function ifGiven<Value>(input: Input<Value>): Input<Value | undefined> {
  return { ...input, isOptional: true };
}

function bodyJSON(text: string): JSONValue | undefined {
  try {
    return readJSON(text);
  } catch {
    return undefined;
  }
}

function parameter<Value>(
  name: string,
  codec: Codec<Value>,
  texts: (call: Call) => readonly string[],
): Input<Value> {
  return {
    place: { parameter: name },
    isOptional: codec.fallback !== undefined,
    read(call, faults) {
      const found = texts(call);
      if (found.length === 0) {
        return codec.fallback;
      }
      return codec.decode(codec.lift(found), (detail) => faults.push({ detail, parameter: name }));
    },
  };
}

/** More faults than anyone reads are not told. */
const MOST_FAULTS = 100;

/** The inputs of a call, or an `InvalidRequest` that names all that is wrong with them. */
export async function readInputs<Values>(inputs: Inputs<Values>, call: Call): Promise<Values> {
  const faults: Fault[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, input] of Object.entries<Input<unknown>>(inputs)) {
    const before = faults.length;
    const found = input.read(call, faults);
    const value = found instanceof Promise ? await found : found;
    if (value === undefined && !input.isOptional && faults.length === before) {
      faults.push({ detail: "must be there", ...input.place });
    }
    values[name] = value;
  }
  if (faults.length > 0) {
    throw new InvalidRequest(faults.slice(0, MOST_FAULTS));
  }
  return branded<Values>(values);
}

/** A value as it travels; a `TypeError` if the contract does not allow it. */
export function encodeResult<Value>(codec: Codec<Value>, value: Value): JSONValue {
  const json = codec.encode(value);
  valueFrom(codec, json);
  return json;
}

export interface OperationOptions<Values, Result> extends Route {
  readonly inputs: Inputs<Values>;
  readonly status: number;
  readonly result: Codec<Result>;
  handle(values: Values, call: Call): Promise<Result | undefined>;
}

/** An operation of `src/` that answers something. */
export function operation<Values, Result>(options: OperationOptions<Values, Result>): Operation {
  const { inputs, status, result, handle, ...route } = options;
  return {
    ...route,
    async answer(call) {
      const value = await handle(await readInputs(inputs, call), call);
      if (value === undefined && result.isOptional === true) {
        return { status: 204 };
      }
      if (value === undefined) {
        throw new TypeError(`${route.name} has no answer, and the contract has one`);
      }
      return { status, body: writeJSON(encodeResult(result, value)) };
    },
  };
}

export interface CommandOptions<Values> extends Route {
  readonly inputs: Inputs<Values>;
  readonly status: number;
  handle(values: Values, call: Call): Promise<void>;
}

/** An operation of `src/` that answers nothing. */
export function command<Values>(options: CommandOptions<Values>): Operation {
  const { inputs, status, handle, ...route } = options;
  return {
    ...route,
    async answer(call) {
      await handle(await readInputs(inputs, call), call);
      return { status };
    },
  };
}
