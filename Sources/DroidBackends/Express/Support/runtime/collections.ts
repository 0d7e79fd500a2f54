/** The operations of a resource: list, get, create, replace and delete. */

import type { Call } from "./call.js";
import { readList, writeCursor } from "./lists.js";
import { writeJSON } from "./json.js";
import {
  fromBody,
  fromPath,
  readInputs,
  type Answer,
  type Input,
  type Operation,
  type Route,
} from "./operation.js";
import { Problem } from "./problems.js";
import { keyName, type Resource } from "./resource.js";
import type { Refusal, Store, Stored } from "./store.js";

export interface CollectionOptions<Type, Key> extends Route {
  readonly resource: Resource<Type, Key>;
  readonly store: Store<Type, Key>;
}

/** What follows a write, before its answer, and is told of the record, or of a key that is gone. */
interface Followed<Given> {
  readonly after?: (given: Given) => Promise<void> | undefined;
}

/** One page of a collection. */
export function listOperation<Type, Key>(
  options: CollectionOptions<Type, Key> & { readonly pageSize: number },
): Operation {
  const { resource, store, pageSize, ...route } = options;
  return {
    ...route,
    async answer(call) {
      const query = readList(call, resource, pageSize);
      const found = await store.list({ ...query, limit: query.limit + 1 });
      const items = found.slice(0, query.limit);
      const last = found.length > query.limit ? items.at(-1) : undefined;
      const page = {
        items: items.map((item) => resource.record.encode(item)),
        ...(last === undefined ? {} : { next: writeCursor(resource, query, last) }),
      };
      return { status: 200, body: writeJSON(page) };
    },
  };
}

export function getOperation<Type, Key>(options: CollectionOptions<Type, Key>): Operation {
  const { resource, store, ...route } = options;
  const inputs = { key: keyFrom(route.path, resource) };
  return {
    ...route,
    async answer(call) {
      const { key } = await readInputs(inputs, call);
      const stored = await store.get(key);
      if (stored === undefined) {
        throw missing(resource);
      }
      const wanted = etags(call.header("if-none-match"));
      if (wanted === "any" || wanted?.map(weak).includes(weak(etag(stored)))) {
        return { status: 304, headers: { ETag: etag(stored) } };
      }
      return answer(200, resource, stored);
    },
  };
}

export function createOperation<Type, Key>(
  options: CollectionOptions<Type, Key> & Followed<Type>,
): Operation {
  const { resource, store, after, ...route } = options;
  const inputs = { value: fromBody(resource.record) };
  return {
    ...route,
    async answer(call) {
      const { value } = await readInputs(inputs, call);
      const stored = await store.create(value);
      if (stored === undefined) {
        throw new Problem(409, {
          detail: `There is a ${resource.name} with this ${resource.key.field} already.`,
        });
      }
      await after?.(stored.value);
      const { status, headers, ...rest } = answer(201, resource, stored);
      return {
        status,
        headers: { ...headers, Location: location(route.path, resource, stored.value) },
        ...rest,
      };
    },
  };
}

export function replaceOperation<Type, Key>(
  options: CollectionOptions<Type, Key> & Followed<Type>,
): Operation {
  const { resource, store, after, ...route } = options;
  const inputs = { key: keyFrom(route.path, resource), value: fromBody(resource.record) };
  return {
    ...route,
    async answer(call) {
      const { key, value } = await readInputs(inputs, call);
      if (
        keyName(resource, resource.keyOf(value)) !==
        keyName(resource, resource.keyCodec.encode(key))
      ) {
        const detail = `The ${resource.key.field} of the ${resource.name} is not that of the path.`;
        throw new Problem(409, { detail });
      }
      const outcome = await store.replace(value, versions(call));
      if (typeof outcome === "string") {
        throw refused(outcome, resource);
      }
      await after?.(outcome.value);
      return answer(200, resource, outcome);
    },
  };
}

export function deleteOperation<Type, Key>(
  options: CollectionOptions<Type, Key> & Followed<Key>,
): Operation {
  const { resource, store, after, ...route } = options;
  const inputs = { key: keyFrom(route.path, resource) };
  return {
    ...route,
    async answer(call) {
      const { key } = await readInputs(inputs, call);
      const outcome = await store.delete(key, versions(call));
      if (outcome !== "deleted") {
        throw refused(outcome, resource);
      }
      await after?.(key);
      return { status: 204 };
    },
  };
}

/** The key, which is the last part of the path. */
function keyFrom<Type, Key>(path: string, { keyCodec }: Resource<Type, Key>): Input<Key> {
  return fromPath(/\{([^}]*)\}$/.exec(path)?.[1] ?? "", keyCodec);
}

function answer<Type, Key>(
  status: number,
  { record }: Resource<Type, Key>,
  stored: Stored<Type>,
): Answer {
  return { status, headers: { ETag: etag(stored) }, body: writeJSON(record.encode(stored.value)) };
}

function location<Type, Key>(path: string, resource: Resource<Type, Key>, value: Type): string {
  // A colon may stand in a path as it is.
  const key = encodeURIComponent(String(resource.keyOf(value))).replaceAll("%3A", ":");
  return `${path === "/" ? "" : path}/${key}`;
}

function refused<Type, Key>(refusal: Refusal, resource: Resource<Type, Key>): Problem {
  if (refusal === "missing") {
    return missing(resource);
  }
  return new Problem(412, { detail: `The ${resource.name} has changed in the meantime.` });
}

function missing<Type, Key>({ name, key }: Resource<Type, Key>): Problem {
  return new Problem(404, { detail: `There is no ${name} with this ${key.field}.` });
}

function etag<Type>({ version }: Stored<Type>): string {
  return `"${version}"`;
}

/** The versions that `If-Match` allows; undefined if it allows any. */
function versions(call: Call): readonly string[] | undefined {
  const wanted = etags(call.header("if-match"));
  if (wanted === undefined || wanted === "any") {
    return undefined;
  }
  // A weak one matches nothing here.
  return wanted.filter((tag) => tag.startsWith('"')).map((tag) => tag.slice(1, -1));
}

function etags(header: string | undefined): readonly string[] | "any" | undefined {
  if (header === undefined) {
    return undefined;
  }
  return header.trim() === "*" ? "any" : (header.match(/(?:W\/)?"[^"]*"/g) ?? []);
}

function weak(tag: string): string {
  return tag.replace(/^W\//, "");
}
