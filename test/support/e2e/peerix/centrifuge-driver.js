import { Centrifuge } from 'centrifuge';

/** Makes the same calls as Peerix' driver for Centrifuge. Each namespace has a subscription; data is a list of byte numbers. */
export class CentrifugeDriver {
  onmessage = () => undefined;
  #client;

  /** @param url of the WebSocket endpoint. */
  constructor(url) {
    this.#client = new Centrifuge(url);
    this.#client.connect();
  }

  /** Resolves when the subscription is active. */
  async subscribe(namespace) {
    const subscription = this.#client.newSubscription(namespace);
    subscription.on('publication', ({ data }) => this.onmessage(Uint8Array.from(data)));
    subscription.subscribe();
    await subscription.ready();
  }

  async publish(namespace, bytes) {
    await this.#client.publish(namespace, [...bytes]);
  }

  close() {
    this.#client.disconnect();
  }
}
