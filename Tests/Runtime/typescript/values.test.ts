import assert from "node:assert/strict";
import { test } from "node:test";

import { pointer, valueFrom, type Codec } from "../gen/runtime/codec.js";
import { readJSON, writeJSON } from "../gen/runtime/json.js";
import { json, later, list, map, record } from "../gen/runtime/records.js";
import * as values from "../gen/runtime/values.js";

/** What a codec says of a value: the value in its normal form, or what is wrong and where. */
function read<Value>(codec: Codec<Value>, text: string): unknown {
  const problems: string[] = [];
  const value = codec.decode(readJSON(text), (detail, path) => {
    problems.push(`${pointer(path)} ${detail}`);
  });
  return problems.length > 0 ? problems : value;
}

test("integers beyond 2^53 stay exact", () => {
  const text = '{"a":[9007199254740993,-9223372036854775808,1.5],"b":"\\u00e9"}';
  assert.equal(writeJSON(readJSON(text)), text.replace("\\u00e9", "é"));
});

test("what is no JSON is refused", () => {
  const long = "1234567890123456";
  for (const text of ["", "{", "[1,]", `[${long},]`, `{"a" ${long}}`, `${long} 1`, `"\\ud800"`]) {
    assert.throws(() => readJSON(text), SyntaxError, text);
  }
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  assert.ok(readJSON(deep(100)));
  assert.throws(() => readJSON(deep(101)), SyntaxError);
});

test("texts come in their normal form, or not at all", () => {
  assert.equal(
    read(values.uuid, '"0A000000-0000-4000-8000-00000000000F"'),
    "0a000000-0000-4000-8000-00000000000f",
  );
  assert.equal(read(values.time, '"2026-11-23T10:00:00.5+02:00"'), "2026-11-23T08:00:00.500000Z");
  assert.equal(read(values.time, '"2026-11-23T10:00:00.0Z"'), "2026-11-23T10:00:00Z");
  assert.equal(read(values.date, '"2024-02-29"'), "2024-02-29");
  assert.deepEqual(read(values.date, '"2023-02-29"'), ["# must be a date, as in 2026-11-23"]);
  assert.deepEqual(read(values.email, '"nobody"'), ["# must be an e-mail address"]);
  assert.equal(read(values.url, '"https://a.example/b?c#d"'), "https://a.example/b?c#d");
  assert.ok(Array.isArray(read(values.url, '"/b"')));
  assert.ok(Array.isArray(read(values.binary(), '"YQ"')));
  assert.ok(Array.isArray(read(values.text({ max: 1 }), '"ab"')));
  assert.equal(read(values.text({ max: 1 }), '"😀"'), "😀");
});

test("all that is wrong with a record is said, with its place", () => {
  const item = record<{ a: number; b?: string | undefined }>({
    a: values.int({ min: 1, max: 5 }),
    b: values.optional(values.named("b/c", values.text())),
  });
  assert.deepEqual(read(item, '{"a":2,"b/c":null}'), { a: 2 });
  assert.deepEqual(read(list(item), '[{"b/c":1,"d":2}]'), [
    "#/0/a must be there",
    "#/0/b~1c must be text",
    "#/0/d is not known here",
  ]);
  assert.deepEqual(read(map(item), '{"x":{"a":6}}'), ["#/x/a must be 1 to 5"]);
  assert.throws(() => valueFrom(item, { a: 6 }), TypeError);
});

test("a record may reach itself", () => {
  interface Tree {
    readonly below: readonly Tree[];
  }
  const tree: Codec<Tree> = record<Tree>({ below: list(later(() => tree)) });
  assert.deepEqual(read(tree, '{"below":[{"below":[]}]}'), { below: [{ below: [] }] });
  assert.deepEqual(read(json, "null"), ["# must be there: null is read as absent"]);
});
