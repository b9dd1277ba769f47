import { FIRST_SUBSCRIPTION_BYTES, textBytes } from '../../../domain/memory-sizes.ts';

/** SB3: a channel that a client has joined, or is joining. */
export interface Channel {
  /** Without `realtime:`. */
  readonly name: string;
  /** SB17: without a prefix of `supabase_prefixes`. */
  readonly topic: string;
  readonly joinRef: string | null;
  /** SB10: whether the publisher receives its own broadcasts, and whether they are confirmed. */
  readonly self: boolean;
  readonly ack: boolean;
  readonly isPrivate: boolean;
  /** SB13. */
  readonly presenceKey: string | undefined;
}

/** SB3, SB4, SB17: the channels of one client, in the order in which it joined them. Bounded by its topics and the prefixes. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  /** SB17: a topic has several channels if their names differ in the prefix. The one that was joined last is the last one. */
  readonly #byTopic = new Map<string, Channel[]>();
  #bytes = 0;

  /** B1. */
  get bytes(): number {
    return this.#bytes;
  }

  find(name: string): Channel | undefined {
    return this.#channels.get(name);
  }

  /** SB17: the name by which the client knows a topic. */
  nameOf(topic: string): string {
    return this.#byTopic.get(topic)?.at(-1)?.name ?? topic;
  }

  hasTopic(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  /** E3: of the same message on several channels, the first one counts. */
  isFirst(channel: Channel): boolean {
    return this.#channels.values().next().value === channel;
  }

  add(channel: Channel): void {
    this.remove(channel.name);
    this.#channels.set(channel.name, channel);
    this.#byTopic.set(channel.topic, [...(this.#byTopic.get(channel.topic) ?? []), channel]);
    this.#bytes += bytesOf(channel);
  }

  /** SB4: another join may have followed. */
  removeRefused(name: string, joinRef: string | null): void {
    if (this.#channels.get(name)?.joinRef === joinRef) this.remove(name);
  }

  remove(name: string): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    this.#channels.delete(name);
    this.#bytes -= bytesOf(channel);
    const others = (this.#byTopic.get(channel.topic) ?? []).filter((other) => other !== channel);
    if (others.length > 0) this.#byTopic.set(channel.topic, others);
    else this.#byTopic.delete(channel.topic);
  }
}

/** Two tables of the connection have an entry. */
function bytesOf({ name, topic, joinRef, presenceKey }: Channel): number {
  const texts = [name, topic, joinRef ?? '', presenceKey ?? ''];
  return texts.reduce((sum, text) => sum + textBytes(text), FIRST_SUBSCRIPTION_BYTES);
}
