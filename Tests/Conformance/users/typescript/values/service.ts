/** What a user of systems/values.droid writes. */

import { setTimeout as sleep } from "node:timers/promises";

import { Elsewhere, Gone, Refused, Taken } from "../gen/errors.js";
import type { Color, Defaults, Line, One, Person, Read, Tree } from "../gen/models.js";
import type { JSONValue } from "../gen/runtime/json.js";
import { createLogger } from "../gen/runtime/logs.js";
import {
  date,
  type Decimal,
  decimal,
  type PlainDate,
  time,
  type Time,
  type UUID,
  uuid,
  valueFrom,
} from "../gen/runtime/values.js";
import type {
  AcceptedInput,
  CountInput,
  DefaultsInput,
  FailInput,
  HeadersInput,
  MaybeBodyInput,
  OneInput,
  PatchThingInput,
  PathBoolInput,
  PathColorInput,
  PathDateInput,
  PathDecimalInput,
  PathIntInput,
  PathLengthInput,
  PathTextInput,
  PathTimeInput,
  PathUuidInput,
  PersonInput,
  QueryInput,
  ReadInput,
  ResultMaybeInput,
  SlowInput,
  SlowPostInput,
  TreeInput,
  ValuesParts,
  ValuesService,
} from "../gen/service.js";

const logger = createLogger("values");

/** Answers what it was asked. */
export class Values implements ValuesService {
  constructor(readonly parts: ValuesParts) {}

  async one({ value }: OneInput): Promise<One> {
    return value;
  }

  async person({ person }: PersonInput): Promise<Person> {
    logger.info("a person", { person });
    logger.info("the same", { ...person });
    return person;
  }

  async defaults({ value }: DefaultsInput): Promise<Defaults> {
    return value;
  }

  async maybeBody({ value }: MaybeBodyInput): Promise<Line | undefined> {
    return value;
  }

  async tree({ tree }: TreeInput): Promise<Tree> {
    return tree;
  }

  async query(input: QueryInput): Promise<One> {
    return { ...input };
  }

  async read(input: ReadInput): Promise<Read> {
    return { ...input, page: BigInt(input.page) };
  }

  async headers(input: HeadersInput): Promise<One> {
    return { ...input };
  }

  async pathInt({ value }: PathIntInput): Promise<One> {
    return { int: value };
  }

  async pathText({ value }: PathTextInput): Promise<One> {
    return { text: value };
  }

  async pathLength({ value }: PathLengthInput): Promise<bigint> {
    return BigInt([...value].length);
  }

  async pathUuid({ value }: PathUuidInput): Promise<One> {
    return { uuid: value };
  }

  async pathTime({ value }: PathTimeInput): Promise<One> {
    return { time: value };
  }

  async pathDate({ value }: PathDateInput): Promise<One> {
    return { date: value };
  }

  async pathDecimal({ value }: PathDecimalInput): Promise<One> {
    return { decimal: value };
  }

  async pathColor({ value }: PathColorInput): Promise<One> {
    return { color: value };
  }

  async pathBool({ value }: PathBoolInput): Promise<One> {
    return { bool: value };
  }

  async special(): Promise<string> {
    return "special";
  }

  async resultBool(): Promise<boolean> {
    return false;
  }

  async apiResultInt(): Promise<bigint> {
    return 9007199254740993n;
  }

  async resultFloat(): Promise<number> {
    return 0.1;
  }

  async resultDecimal(): Promise<Decimal> {
    return valueFrom(decimal(), "12.500");
  }

  async resultText(): Promise<string> {
    return 'a "quoted" text\nwith <é> and 🙂';
  }

  async resultUuid(): Promise<UUID> {
    return valueFrom(uuid, "0F8FAD5B-D9CB-469F-A165-70867728950E");
  }

  async resultDate(): Promise<PlainDate> {
    return valueFrom(date, "2026-02-28");
  }

  async resultTime(): Promise<Time> {
    return valueFrom(time, "2026-01-02T03:04:05.6+01:00");
  }

  async resultDuration(): Promise<number> {
    return 1.5;
  }

  async resultBinary(): Promise<Uint8Array> {
    return Uint8Array.of(0xff, 0xfe, 0x00);
  }

  async resultJson(): Promise<JSONValue> {
    return { a: [1n, null, { b: "<&>" }] };
  }

  async resultColor(): Promise<Color> {
    return "RED";
  }

  async resultList(): Promise<readonly Line[]> {
    return [
      { sku: "a", quantity: 1 },
      { sku: "b", quantity: 2 },
    ];
  }

  async resultMap(): Promise<Readonly<Record<string, bigint>>> {
    return { b: 2n, a: 1n };
  }

  async resultEmpty(): Promise<readonly Line[]> {
    return [];
  }

  async resultMaybe({ there }: ResultMaybeInput): Promise<Line | undefined> {
    return there ? { sku: "there", quantity: 1 } : undefined;
  }

  async nothing(): Promise<void> {}

  async nothingAtAll(): Promise<void> {}

  async accepted({ line }: AcceptedInput): Promise<Line> {
    return line;
  }

  async reset(): Promise<void> {}

  async deleteThing(): Promise<void> {}

  async patchThing({ id, line }: PatchThingInput): Promise<Line> {
    return { sku: line.sku, quantity: Number(id) };
  }

  async headThing(): Promise<void> {}

  async cached(): Promise<bigint> {
    return 1n;
  }

  async fail({ how }: FailInput): Promise<One> {
    switch (how) {
      case "taken":
        throw new Taken(
          { by: "ann", size: 3n, until: valueFrom(time, "2026-01-02T00:00:00Z") },
          "Ann has it.",
        );
      case "taken-plain":
        throw new Taken({ by: "ann", size: 3n });
      case "gone":
        throw new Gone();
      case "refused":
        throw new Refused({ why: "because" });
      case "undeclared":
        throw new Elsewhere();
      case "broken":
        return { small: 99 };
      default:
        throw new Error(`a secret reason: ${how}`);
    }
  }

  async missing(): Promise<One> {
    throw new Elsewhere("Look elsewhere.");
  }

  async slow({ milliseconds }: SlowInput): Promise<bigint> {
    await sleep(milliseconds);
    return BigInt(milliseconds);
  }

  async slowPost({ milliseconds }: SlowPostInput): Promise<bigint> {
    await sleep(milliseconds);
    return BigInt(milliseconds);
  }

  async count({ color }: CountInput): Promise<void> {
    this.parts.metrics.things({ color });
    this.parts.metrics.depth(7);
    this.parts.metrics.lag(0.5);
  }

  async backResultInt(): Promise<bigint> {
    return 2n;
  }

  async purge(): Promise<void> {}
}
