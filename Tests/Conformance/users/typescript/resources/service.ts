/** What a user of systems/resources.droid writes. */

import { setTimeout as sleep } from "node:timers/promises";

import { TooMuch } from "../gen/errors.js";
import type { Name, Number_, Order } from "../gen/models.js";
import { Problem } from "../gen/runtime/problems.js";
import type {
  PayInput,
  PaySlowlyInput,
  ResourcesParts,
  ResourcesService,
  ShipInput,
  ToldInput,
} from "../gen/service.js";

/** Counts what it does, so that one sees what was done twice. */
export class Resources implements ResourcesService {
  private count = 0n;
  private readonly heard: (readonly [name: string, what: string])[] = [];

  constructor(readonly parts: ResourcesParts) {}

  async pay({ amount }: PayInput): Promise<Number_> {
    this.count += 1n;
    if (amount > 100n) {
      throw new TooMuch({ most: 100n }, `This is call ${this.count}.`);
    }
    return { id: this.count, value: `paid ${amount}` };
  }

  async paySlowly({ milliseconds }: PaySlowlyInput): Promise<Number_> {
    await sleep(Number(milliseconds));
    this.count += 1n;
    return { id: this.count, value: "paid slowly" };
  }

  async crashOnce(): Promise<Number_> {
    this.count += 1n;
    if (this.count % 2n === 1n) {
      throw new Error("this time it fails");
    }
    return { id: this.count, value: "done" };
  }

  async ship({ id }: ShipInput): Promise<Order> {
    const stored = await this.parts.stores.order.get(id);
    if (stored === undefined) {
      throw new Problem(404, { detail: "There is no such order." });
    }
    const shipped: Order = { ...stored.value, status: "shipped" };
    await this.parts.stores.order.replace(shipped);
    return shipped;
  }

  async told({ name }: ToldInput): Promise<readonly string[]> {
    return this.heard.filter(([heard]) => heard === name).map(([, what]) => what);
  }

  async nameCreated({ name, value }: Name): Promise<void> {
    this.heard.push([name, `created ${value}`]);
    if (value === 500n) {
      throw new Error("what follows fails");
    }
    if (value === 409n) {
      throw new Problem(409, { detail: "This is one name too many." });
    }
  }

  async nameReplaced({ name, value }: Name): Promise<void> {
    this.heard.push([name, `replaced ${value}`]);
    if (value === 409n) {
      throw new Problem(409, { detail: "This is one name too many." });
    }
  }

  async nameDeleted(name: string): Promise<void> {
    this.heard.push([name, "deleted"]);
    if (name === "kept") {
      throw new Problem(409, { detail: "This name is missed." });
    }
  }
}
