import { wsconnect } from '@nats-io/nats-core';

/** Makes the same calls as Peerix' driver for NATS: each namespace is a subject, and a message is the bytes of a payload. */
export class NatsDriver {
  onmessage = () => undefined;
  #connecting;
  #prefix;

  /** @param url of the WebSocket endpoint. @param prefix of the subjects. */
  constructor(url, prefix = '') {
    this.#prefix = prefix;
    this.#connecting = wsconnect({ servers: [url], noEcho: true });
  }

  /** Resolves when the broker has handled the subscription. */
  async subscribe(namespace) {
    const connection = await this.#connecting;
    connection.subscribe(`${this.#prefix}${namespace}`, {
      callback: (error, message) => error ?? this.onmessage(Uint8Array.from(message.data)),
    });
    await connection.flush();
  }

  async publish(namespace, bytes) {
    (await this.#connecting).publish(`${this.#prefix}${namespace}`, bytes);
  }

  async close() {
    await (await this.#connecting).close();
  }
}
