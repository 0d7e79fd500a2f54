/** Events in NATS: a topic is a stream of JetStream, and a group a durable consumer of it. */

import type { Broker, Consumer, Delivery, Group, Message, Topic } from "./events.js";
import { isObject, readJSON, writeJSON, type JSONObject } from "./json.js";
import { NatsClient, type NatsMessage } from "./nats.js";

const WAIT_MILLISECONDS = 1_000;
const ANSWER_MILLISECONDS = 5_000;
/** What was not acknowledged for so long is delivered again. */
const ACKNOWLEDGE_SECONDS = 60;
const NANOSECONDS = 1_000_000_000;

/** The broker at this URL. It is connected to when it is there, and again when it comes back. */
export function openNats(url: string): Broker {
  return new NatsBroker(new NatsClient(url));
}

class NatsBroker implements Broker {
  readonly system = "nats";
  readonly #client: NatsClient;
  /** The topics whose streams are known to be there. */
  readonly #known = new Set<string>();

  constructor(client: NatsClient) {
    this.#client = client;
  }

  async publish(topic: Topic, message: Message): Promise<void> {
    await this.#prepare(topic);
    const content = { data: message.data, headers: headersOf(message) };
    try {
      okay(await this.#client.request(topic.name, content, ANSWER_MILLISECONDS));
    } catch (error) {
      // The stream may be gone.
      this.#known.delete(topic.name);
      throw error;
    }
  }

  async join(topic: Topic, group: Group): Promise<Consumer> {
    await this.#client.ready;
    this.#known.delete(topic.name);
    await this.#prepare(topic);
    const durable = group.name.replaceAll(/[.*>\s]/g, "_");
    const place = `${streamOf(topic)}.${durable}`;
    const { error } = await this.#manage(`CONSUMER.INFO.${place}`);
    if (error !== undefined) {
      const config = {
        durable_name: durable,
        ack_policy: "explicit",
        ack_wait: ACKNOWLEDGE_SECONDS * NANOSECONDS,
        deliver_policy: group.fromEarliest ? "all" : "new",
        filter_subject: topic.name,
      };
      const said = { stream_name: streamOf(topic), config };
      accept(await this.#manage(`CONSUMER.DURABLE.CREATE.${place}`, said));
    }
    return new NatsConsumer(this.#client, place);
  }

  async ping(): Promise<void> {
    await this.#client.ping();
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  /** Make the stream of a topic if it is not there. */
  async #prepare(topic: Topic): Promise<void> {
    if (this.#known.has(topic.name)) {
      return;
    }
    const name = streamOf(topic);
    const config = { name, subjects: [topic.name], max_age: topic.retention * NANOSECONDS };
    const { error } = await this.#manage(`STREAM.CREATE.${name}`, config);
    if (error !== undefined) {
      // It is there, and kept for another time.
      accept(await this.#manage(`STREAM.INFO.${name}`));
    }
    this.#known.add(topic.name);
  }

  async #manage(operation: string, said?: JSONObject): Promise<JSONObject> {
    return manage(this.#client, operation, said);
  }
}

class NatsConsumer implements Consumer {
  readonly #client: NatsClient;
  /** Stream and consumer. */
  readonly #place: string;

  constructor(client: NatsClient, place: string) {
    this.#client = client;
    this.#place = place;
  }

  async fetch(most: number): Promise<readonly Delivery[]> {
    const expires = (WAIT_MILLISECONDS * NANOSECONDS) / 1000;
    const data = writeJSON({ batch: most, expires });
    const found: Delivery[] = [];
    return new Promise((resolve, reject) => {
      const over = (error?: Error): void => {
        end();
        clearTimeout(timer);
        if (error !== undefined && found.length === 0) {
          reject(error);
        } else {
          resolve(found);
        }
      };
      const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#place}`;
      const end = this.#client.ask(subject, { data }, (message) => {
        if (message instanceof Error) {
          over(message);
        } else if (message.status === undefined) {
          found.push(this.#delivery(message));
          if (found.length === most) {
            over();
          }
        } else if (message.status === 404 || message.status === 408) {
          over(); // there is nothing, or no more, for now
        } else if (message.status >= 400) {
          over(new Error(`NATS says ${message.status} to ${this.#place}`));
        }
      });
      const timer = setTimeout(over, WAIT_MILLISECONDS + ANSWER_MILLISECONDS);
    });
  }

  #delivery({ reply = "", headers, data }: NatsMessage): Delivery {
    return {
      message: {
        id: headers.get("nats-msg-id") ?? "",
        time: headers.get("time") ?? "",
        data,
        key: headers.get("key"),
        traceparent: headers.get("traceparent"),
      },
      acknowledge: async () => {
        await this.#client.request(reply, { data: "+ACK" }, ANSWER_MILLISECONDS);
      },
      touch: async () => this.#client.publish(reply, { data: "+WPI" }),
    };
  }

  async lag(): Promise<number> {
    const info = await manage(this.#client, `CONSUMER.INFO.${this.#place}`);
    return Number(info.num_pending ?? 0) + Number(info.num_ack_pending ?? 0);
  }

  close(): void {}
}

/** `ORDERS_PLACED` */
function streamOf({ name }: Topic): string {
  return name.replaceAll(/[^\p{L}\p{N}]/gu, "_").toUpperCase();
}

async function manage(
  client: NatsClient,
  operation: string,
  said?: JSONObject,
): Promise<JSONObject> {
  const data = said === undefined ? "" : writeJSON(said);
  const answer = await client.request(`$JS.API.${operation}`, { data }, ANSWER_MILLISECONDS);
  const json = readJSON(answer.data.toString());
  return isObject(json) ? json : {};
}

function okay({ data }: NatsMessage): void {
  const json = readJSON(data.toString());
  accept(isObject(json) ? json : {});
}

function accept({ error }: JSONObject): void {
  if (isObject(error)) {
    throw new Error(`NATS refuses: ${String(error.description)}`);
  }
}

function headersOf({
  id,
  time,
  key,
  traceparent,
  attempts,
  error,
}: Message): Record<string, string> {
  const headers = {
    "Nats-Msg-Id": id,
    time,
    key,
    traceparent,
    attempts: attempts?.toString(),
    error,
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [[name, value]],
    ),
  );
}
