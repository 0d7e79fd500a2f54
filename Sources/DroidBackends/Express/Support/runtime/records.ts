/** Codecs of what is made of others. */

import { asText, branded, refused, size, valueFrom, type Bounds, type Codec } from "./codec.js";
import { isArray, isObject, type JSONObject, type JSONValue } from "./json.js";
import { isText } from "./texts.js";

/** Anything but `null`. */
export const json: Codec<JSONValue> = {
  decode(json, refuse, path) {
    if (json === null) {
      return refused(refuse, "must be there: null is read as absent", path);
    }
    return isPlain(json)
      ? json
      : refused(refuse, "must hold no NUL, and no number that is too large", path);
  },
  encode: (value) => value,
  lift: asText,
  column: "jsonb",
};

/** Can every store and every language hold it? */
function isPlain(value: JSONValue): boolean {
  if (typeof value === "string") {
    return isText(value);
  }
  if (typeof value === "number") {
    return Number.isFinite(value);
  }
  if (isArray(value)) {
    return value.every(isPlain);
  }
  return (
    !isObject(value) ||
    Object.entries(value).every(([name, member]) => isText(name) && isPlain(member))
  );
}

export function list<Value>(
  element: Codec<Value>,
  { min = 0, max = Infinity }: Bounds<number> = {},
): Codec<readonly Value[]> {
  return {
    decode(json, refuse, path) {
      if (!isArray(json)) {
        return refused(refuse, "must be a list", path);
      }
      if (json.length < min || json.length > max) {
        return refused(refuse, size("elements", min, max), path);
      }
      const values: Value[] = [];
      json.forEach((part, step) => {
        const value = element.decode(part, refuse, { parent: path, step });
        if (value !== undefined) {
          values.push(value);
        }
      });
      return values.length === json.length ? values : undefined;
    },
    encode: (values) => values.map((value) => element.encode(value)),
    lift: (texts) => texts.map((text) => element.lift([text])),
    column: "jsonb",
  };
}

export function map<Value>(
  element: Codec<Value>,
  { min = 0, max = Infinity }: Bounds<number> = {},
): Codec<Readonly<Record<string, Value>>> {
  return {
    decode(json, refuse, path) {
      if (!isObject(json)) {
        return refused(refuse, "must be an object", path);
      }
      const members = Object.entries(json);
      if (members.length < min || members.length > max) {
        return refused(refuse, size("members", min, max), path);
      }
      const values: [string, Value][] = [];
      for (const [step, part] of members) {
        const value = isText(step)
          ? element.decode(part, refuse, { parent: path, step })
          : refused(refuse, "must have a name of Unicode characters, without NUL", {
              parent: path,
              step,
            });
        if (value !== undefined) {
          values.push([step, value]);
        }
      }
      return values.length === members.length ? Object.fromEntries(values) : undefined;
    },
    encode: (values) =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, element.encode(value)]),
      ),
    lift: asText,
    column: "jsonb",
  };
}

/** The codecs of the fields of a record. */
export type Fields<Type> = {
  readonly [Name in keyof Type]-?: Codec<Exclude<Type[Name], undefined>>;
};

/** A field of a record: what it is called here, on the wire, and how it travels. */
export interface Field {
  readonly name: string;
  readonly wireName: string;
  readonly codec: Codec<unknown>;
}

export interface RecordCodec<Type> extends Codec<Type> {
  readonly fields: readonly Field[];
  encode(value: Type): JSONObject;
}

export function record<Type extends object>(codecs: Fields<Type>): RecordCodec<Type> {
  const fields = Object.entries<Codec<unknown>>(codecs).map(([name, codec]) => ({
    name,
    wireName: codec.wireName ?? name,
    codec,
  }));
  const known = new Set(fields.map((field) => field.wireName));
  return {
    fields,
    decode(json, refuse, path) {
      if (!isObject(json)) {
        return refused(refuse, "must be an object", path);
      }
      let isWhole = true;
      const values: Record<string, unknown> = {};
      for (const { name, wireName, codec } of fields) {
        const place = { parent: path, step: wireName };
        const part = Object.hasOwn(json, wireName) ? json[wireName] : undefined;
        if (part === undefined || (part === null && codec.isOptional === true)) {
          if (codec.fallback !== undefined) {
            values[name] = codec.fallback;
          } else if (codec.isOptional !== true) {
            refuse("must be there", place);
            isWhole = false;
          }
          continue;
        }
        const value = codec.decode(part, refuse, place);
        isWhole &&= value !== undefined;
        values[name] = value;
      }
      for (const step of Object.keys(json)) {
        if (!known.has(step)) {
          refuse("is not known here", { parent: path, step });
          isWhole = false;
        }
      }
      return isWhole ? branded<Type>(values) : undefined;
    },
    encode(value) {
      const members: Record<string, JSONValue> = {};
      for (const { name, wireName, codec } of fields) {
        const member: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
        if (member !== undefined) {
          members[wireName] = codec.encode(member);
        }
      }
      return members;
    },
    lift: asText,
    column: "jsonb",
  };
}

/** A record as it travels; a `TypeError` if the contract does not allow it. */
export function membersOf<Type>(codec: RecordCodec<Type>, value: Type): JSONObject {
  const json = codec.encode(value);
  valueFrom(codec, json);
  return json;
}

/** A codec that is declared later: for records that reach themselves. */
export function later<Value>(codec: () => Codec<Value>): Codec<Value> {
  return {
    decode: (json, refuse, path) => codec().decode(json, refuse, path),
    encode: (value) => codec().encode(value),
    lift: asText,
    column: "jsonb",
  };
}
