/** What a user of systems/jobs.droid writes. */

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { createLogger } from "../gen/runtime/logs.js";
import type { JobsParts, JobsService } from "../gen/service.js";

const logger = createLogger("jobs");

/** Does what the variable `WORK` says. */
export class Jobs implements JobsService {
  constructor(readonly parts: JobsParts) {}

  async run(signal: AbortSignal, part: number, parts: number): Promise<void> {
    logger.info("working");
    const mine = { part: BigInt(part), parts: BigInt(parts) };
    switch (process.env.WORK) {
      case "ask":
        await this.parts.clients.upstream.take({ part: mine });
        break;
      case "tell":
        await this.parts.events.told(mine);
        break;
      case "fail":
        throw new Error("no luck");
      case "wait":
        await sleep(60_000, undefined, { signal });
        break;
      case "tidy":
        await once(signal, "abort");
        logger.info("tidied");
        break;
      case "stay":
        await once(signal, "abort");
        logger.info("not now");
        await sleep(60_000);
    }
  }
}
