/** Events in Kafka, which is not spoken here yet: what needs it says so when it is used. */

import type { Broker, Consumer } from "./events.js";
import { createLogger } from "./logs.js";

const logger = createLogger("events");

/** Nothing travels by these brokers. */
export function openKafka(_brokers: string): Broker {
  logger.error("Kafka is not spoken yet: events are neither published nor handled");
  return {
    system: "kafka",
    async publish() {
      throw new Error("Kafka is not spoken yet");
    },
    join: () => new Promise<Consumer>(() => undefined),
    ping: async () => undefined,
    close: async () => undefined,
  };
}
