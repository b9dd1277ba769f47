import { BUFFER_BYTES, KEPT_PUBLICATION_BYTES, textBytes } from './memory-sizes.ts';
import { NEVER, type Millis } from './time.ts';
import { copyWithBytes, type Publication, type TopicName } from './topic.ts';

/** T17: limits of the retained publications of one realm, for each space. */
export interface RetainedLimits {
  /** Number of topics with a retained publication; 0 keeps none. */
  readonly retainedMessages: number;
  readonly retainedBytes: number;
}

/** T17: the publication that a topic keeps for later subscribers. */
export interface Retained {
  readonly publication: Publication;
  readonly keptSince: Millis;
  /** NEVER for no expiry. */
  readonly expiresAt: Millis;
}

/** T17: the last retained publication of each topic, within two limits. */
export class RetainedPublications {
  readonly #limits: RetainedLimits;
  readonly #byTopic = new Map<string, Retained>();
  #bytes = 0;

  constructor(limits: RetainedLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byTopic.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The topics in order of their first publication. Valid while publications are kept and deleted. */
  topics(): IterableIterator<string> {
    return this.#byTopic.keys();
  }

  /** Expired publications are deleted when they are found. */
  find(topic: string, now: Millis): Retained | undefined {
    const retained = this.#byTopic.get(topic);
    if (retained === undefined || retained.expiresAt > now) return retained;
    this.#delete(topic);
    return undefined;
  }

  /** Whether `keep` would keep it. An empty payload needs no room. */
  hasRoomFor(publication: Publication, now: Millis): boolean {
    const { retainedMessages, retainedBytes } = this.#limits;
    if (publication.payload.length === 0) return true;
    const before = this.find(topicOf(publication), now);
    if (this.#isFull(before, publication)) this.#deleteExpired(now);
    return !this.#isFull(before, publication) && retainedMessages > 0 && retainedBytes > 0;
  }

  /** Replaces the publication of the topic, or deletes it if the payload is empty, or if there is no room. */
  keep(publication: Publication, now: Millis): void {
    const topic = topicOf(publication);
    const isKept = this.hasRoomFor(publication, now) && publication.payload.length > 0;
    const before = this.#byTopic.get(topic);
    if (before !== undefined) this.#bytes -= bytesOf(before.publication);
    if (!isKept) return void this.#byTopic.delete(topic);
    const copy = copyWithBytes(publication);
    this.#byTopic.set(topic, { publication: copy, keptSince: now, expiresAt: now + (copy.retain?.lifetime ?? NEVER) });
    this.#bytes += bytesOf(copy);
  }

  #isFull(before: Retained | undefined, publication: Publication): boolean {
    const { retainedMessages, retainedBytes } = this.#limits;
    const freed = before === undefined ? 0 : bytesOf(before.publication);
    const size = this.#byTopic.size + (before === undefined ? 1 : 0);
    return size > retainedMessages || this.#bytes - freed + bytesOf(publication) > retainedBytes;
  }

  #deleteExpired(now: Millis): void {
    for (const topic of this.#byTopic.keys()) this.find(topic, now);
  }

  #delete(topic: string): void {
    const retained = this.#byTopic.get(topic);
    this.#byTopic.delete(topic);
    if (retained !== undefined) this.#bytes -= bytesOf(retained.publication);
  }
}

function topicOf({ topics }: Publication): TopicName {
  return topics[0] as TopicName;
}

function bytesOf({ id, topics, payload, extra }: Publication): number {
  const texts = textBytes(id) + topics.reduce((sum, topic) => sum + textBytes(topic), 0);
  return KEPT_PUBLICATION_BYTES + payload.length + texts + (extra === undefined ? 0 : BUFFER_BYTES + extra.bytes.length);
}
