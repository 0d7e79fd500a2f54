/** What a user of systems/resources.droid writes. */

import { setTimeout as sleep } from "node:timers/promises";

import { TooMuch } from "../gen/errors.js";
import type { Number_, Order } from "../gen/models.js";
import { Problem } from "../gen/runtime/problems.js";
import type {
  PayInput,
  PaySlowlyInput,
  ResourcesParts,
  ResourcesService,
  ShipInput,
} from "../gen/service.js";

/** Counts what it does, so that one sees what was done twice. */
export class Resources implements ResourcesService {
  private count = 0n;

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
}
