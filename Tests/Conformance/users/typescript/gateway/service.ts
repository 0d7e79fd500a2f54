/** What a user of systems/gateway.droid writes. */

import type { GatewayParts, GatewayService } from "../gen/service.js";

/** Answers a little itself; the rest is passed on. */
export class Gateway implements GatewayService {
  constructor(readonly parts: GatewayParts) {}

  async siteOwn(): Promise<string> {
    return "own";
  }

  async ownOrders(): Promise<string> {
    return "own orders";
  }

  async doorOwn(): Promise<string> {
    return "own";
  }
}
