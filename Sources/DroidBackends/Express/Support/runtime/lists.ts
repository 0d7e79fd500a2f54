/** The query of a list: its page, its order and its filters. */

import type { Call } from "./call.js";
import type { Codec } from "./codec.js";
import { isArray, readJSON, writeJSON, type JSONValue } from "./json.js";
import { int } from "./numbers.js";
import { InvalidRequest, type Fault } from "./problems.js";
import { isOrdered, type Resource } from "./resource.js";
import type { Filter, ListQuery } from "./store.js";

const LARGEST_PAGE = 500;

const limitCodec = int({ min: 1, max: LARGEST_PAGE });

/** What a request asks of a list, or an `InvalidRequest` that says why that is not to be had. */
export function readList<Type, Key>(
  { query }: Call,
  resource: Resource<Type, Key>,
  pageSize: number,
): ListQuery {
  const faults: Fault[] = [];
  const texts = new Map<string, string[]>();
  for (const [name, text] of query) {
    texts.set(name, [...(texts.get(name) ?? []), text]);
  }
  const take = (name: string): readonly string[] | undefined => {
    const found = texts.get(name);
    texts.delete(name);
    return found;
  };
  const one = <Value>(name: string, codec: Codec<Value>): Value | undefined => {
    const found = take(name);
    return (
      found && codec.decode(codec.lift(found), (detail) => faults.push({ detail, parameter: name }))
    );
  };

  const limit = one("limit", limitCodec) ?? pageSize;
  const order = readOrder(take("order"), resource, faults);
  const after = readCursor(take("cursor"), resource, order, faults);
  const filters: Filter[] = [];
  for (const column of resource.filters) {
    const { field, codec } = column;
    const values = take(field)?.map((text) =>
      encoded(codec, codec.lift([text]), (detail) => faults.push({ detail, parameter: field })),
    );
    const bound = (name: string): JSONValue | undefined => {
      const found = isOrdered(column) ? take(name) : undefined;
      return (
        found &&
        encoded(codec, codec.lift(found), (detail) => faults.push({ detail, parameter: name }))
      );
    };
    const min = bound(`${field}.min`);
    const max = bound(`${field}.max`);
    if (values !== undefined || min !== undefined || max !== undefined) {
      filters.push({
        column,
        ...(values && { values: values.filter((value) => value !== undefined) }),
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
      });
    }
  }
  for (const parameter of texts.keys()) {
    faults.push({ detail: "is nothing that this list can be asked for", parameter });
  }
  if (faults.length > 0) {
    throw new InvalidRequest(faults);
  }
  return { limit, order, after, filters };
}

/** The cursor of the page that follows a record. */
export function writeCursor<Type, Key>(
  resource: Resource<Type, Key>,
  { order }: ListQuery,
  last: Type,
): string {
  const json = resource.record.encode(last);
  const parts = [
    resource.name,
    orderName(order),
    json[order.column.field] ?? null,
    json[resource.key.field] ?? null,
  ];
  return Buffer.from(writeJSON(parts)).toString("base64url");
}

function readOrder<Type, Key>(
  texts: readonly string[] | undefined,
  { orders, key }: Resource<Type, Key>,
  faults: Fault[],
): ListQuery["order"] {
  const usual = { column: key, isDescending: false };
  if (texts === undefined) {
    return usual;
  }
  const [text = ""] = texts;
  const isDescending = text.startsWith("-");
  const name = isDescending ? text.slice(1) : text;
  const column = orders.find((column) => column.field === name);
  if (column === undefined || texts.length > 1) {
    faults.push({ detail: "must be a field, or a field with a - before it", parameter: "order" });
    return usual;
  }
  return { column, isDescending };
}

function readCursor<Type, Key>(
  texts: readonly string[] | undefined,
  resource: Resource<Type, Key>,
  order: ListQuery["order"],
  faults: Fault[],
): ListQuery["after"] {
  if (texts === undefined) {
    return undefined;
  }
  const parts = texts.length === 1 ? cursorParts(texts[0] ?? "") : [];
  const [name, orderText, value = null, key = null] = parts;
  let isRight = name === resource.name && orderText === orderName(order);
  const wrong = (): void => {
    isRight = false;
  };
  if (isRight) {
    order.column.codec.decode(value, wrong);
    resource.key.codec.decode(key, wrong);
  }
  if (isRight) {
    return { value, key };
  }
  faults.push({
    detail: "must be the next of a page of this list in this order",
    parameter: "cursor",
  });
  return undefined;
}

function cursorParts(text: string): readonly JSONValue[] {
  try {
    const bytes = Buffer.from(text, "base64url");
    const json = bytes.toString("base64url") === text ? readJSON(bytes.toString()) : null;
    return isArray(json) ? json : [];
  } catch {
    return [];
  }
}

function orderName({ column, isDescending }: ListQuery["order"]): string {
  return (isDescending ? "-" : "") + column.field;
}

/** A value in its normal form, as it travels. */
function encoded(
  codec: Codec<unknown>,
  json: JSONValue,
  refuse: (detail: string) => void,
): JSONValue | undefined {
  const value = codec.decode(json, refuse);
  return value === undefined ? undefined : codec.encode(value);
}
