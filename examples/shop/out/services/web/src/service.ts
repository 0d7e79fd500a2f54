/** The behaviour of `web`. */

import type { Order } from "../gen/models.js";
import type { CheckoutInput, WebParts, WebService } from "../gen/service.js";

export class Web implements WebService {
  constructor(readonly parts: WebParts) {}

  async checkout({ order }: CheckoutInput): Promise<Order> {
    return this.parts.clients.orders.orderCreate(order);
  }
}
