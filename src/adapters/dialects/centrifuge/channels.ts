/** CF15: bytes of a channel name. */
export const MAX_CHANNEL_BYTES = 255;

/**
 * CF16: the channel by which a connection last subscribed to each topic, if it has a prefix. A name is used from the receipt of
 * its subscription on. Bounded by the subscriptions of the connection and its requests on their way.
 */
export class ChannelNames {
  readonly #names = new Map<string, string>();
  readonly #pending = new Map<number, { readonly topic: string; readonly channel: string }>();

  channelOf(topic: string): string {
    return this.#names.get(topic) ?? topic;
  }

  /** @param receipt of the request. */
  subscribing(receipt: number, topic: string, channel: string): void {
    this.#pending.set(receipt, { topic, channel });
  }

  subscribed(receipt: number): void {
    const name = this.#pending.get(receipt);
    if (name === undefined) return;
    this.#pending.delete(receipt);
    if (name.topic === name.channel) this.#names.delete(name.topic);
    else this.#names.set(name.topic, name.channel);
  }

  refused(receipt: number): void {
    this.#pending.delete(receipt);
  }

  unsubscribing(topic: string): void {
    this.#names.delete(topic);
  }
}
