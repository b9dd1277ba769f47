import mqtt from 'mqtt';

/** Makes the same calls as Peerix' driver for MQTT: each namespace is a topic, and a message is the bytes of a payload. */
export class MqttDriver {
  onmessage = () => undefined;
  #client;
  #topics = new Set();

  /** @param url of the WebSocket endpoint. @param protocolVersion 4 is 3.1.1, and 5 is 5.0. */
  constructor(url, protocolVersion = 5) {
    this.#client = mqtt.connect(url, { protocolVersion });
    this.#client.on('message', (topic, payload) => this.#topics.has(topic) && this.onmessage(Uint8Array.from(payload)));
  }

  /** Resolves when the broker has confirmed the subscription. */
  async subscribe(namespace) {
    this.#topics.add(namespace);
    await this.#client.subscribeAsync(namespace, { qos: 0, nl: true });
  }

  async publish(namespace, bytes) {
    await this.#client.publishAsync(namespace, bytes, { qos: 0 });
  }

  close() {
    this.#client.end(true);
  }
}
