import type { MemoryBudget } from './memory-budget.ts';
import { BUFFER_BYTES, RETAINED_PUBLICATION_BYTES, textBytes } from './memory-sizes.ts';
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
  /** B1, B2: client address of the publisher. */
  readonly address: string;
}

/** T17: how a publication is retained. */
export interface RetainOptions {
  /** B2: client address of the publisher; undefined for a publisher at another node, which has no share here. */
  readonly address?: string | undefined;
  /** Without room, the earlier publication of the topic stays. Else it is deleted, because it is out of date. */
  readonly isRequired?: boolean;
}

/** B1: the publications of other nodes count together. */
const OTHER_NODES = '';

/** T17: the last retained publication of each topic, within two limits and the memory budget. */
export class RetainedPublications {
  readonly #limits: RetainedLimits;
  readonly #memory: MemoryBudget | undefined;
  readonly #byTopic = new Map<string, Retained>();
  #bytes = 0;
  /** No publication expires before this time. */
  #nextExpiry: Millis = NEVER;

  /** @param memory B1, B2: counts retained publications like held messages. */
  constructor(limits: RetainedLimits, memory?: MemoryBudget) {
    this.#limits = limits;
    this.#memory = memory;
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

  /**
   * Replaces the publication of the topic, or deletes it if the payload is empty. Ignores a publication that is not to be
   * retained.
   * @returns false if there is no room.
   */
  keep(publication: Publication, now: Millis, { address = OTHER_NODES, isRequired = false }: RetainOptions = {}): boolean {
    if (publication.retain === undefined) return true;
    const topic = topicOf(publication);
    const before = this.find(topic, now);
    if (publication.payload.length > 0) {
      if (this.#isFull(before, publication)) this.#deleteExpired(now);
      const hasRoom = !this.#isFull(before, publication) && this.#reserve(before, publication, address);
      if (hasRoom) return this.#replace(before, publication, address, now);
      if (isRequired) return false;
    }
    this.#delete(topic);
    return publication.payload.length === 0;
  }

  #isFull(before: Retained | undefined, publication: Publication): boolean {
    const { retainedMessages, retainedBytes } = this.#limits;
    const size = this.#byTopic.size + (before === undefined ? 1 : 0);
    return size > retainedMessages || this.#bytes - keptBytes(before) + bytesOf(publication) > retainedBytes;
  }

  /** B1, B2, M13: as for held messages, the share of an address is enforced if more than half of the room is used. */
  #reserve(before: Retained | undefined, publication: Publication, address: string): boolean {
    const isOfSameAddress = before?.address === address;
    const added = bytesOf(publication) - (isOfSameAddress ? keptBytes(before) : 0);
    const isScarce = address !== OTHER_NODES && 2 * (this.#bytes + added) > this.#limits.retainedBytes;
    if (added > 0 && this.#memory?.reserveMail(address, added, isScarce) === false) return false;
    if (added < 0) this.#memory?.releaseMail(address, -added);
    if (before !== undefined && !isOfSameAddress) this.#memory?.releaseMail(before.address, keptBytes(before));
    return true;
  }

  #replace(before: Retained | undefined, publication: Publication, address: string, now: Millis): true {
    const copy = copyWithBytes(publication);
    const expiresAt = now + (copy.retain?.lifetime ?? NEVER);
    this.#byTopic.set(topicOf(copy), { publication: copy, keptSince: now, expiresAt, address });
    this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
    this.#bytes += bytesOf(copy) - keptBytes(before);
    return true;
  }

  /** M23: not for each publication that finds no room, because a client may send thousands of them in one turn. */
  #deleteExpired(now: Millis): void {
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = NEVER;
    for (const topic of this.#byTopic.keys()) {
      const expiresAt = this.find(topic, now)?.expiresAt ?? NEVER;
      this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
    }
  }

  #delete(topic: string): void {
    const retained = this.#byTopic.get(topic);
    if (retained === undefined) return;
    this.#byTopic.delete(topic);
    this.#bytes -= keptBytes(retained);
    this.#memory?.releaseMail(retained.address, keptBytes(retained));
  }
}

function topicOf({ topics }: Publication): TopicName {
  return topics[0] as TopicName;
}

function keptBytes(retained: Retained | undefined): number {
  return retained === undefined ? 0 : bytesOf(retained.publication);
}

function bytesOf({ id, topics, payload, from, extra }: Publication): number {
  const texts = topics.reduce((sum, topic) => sum + textBytes(topic), textBytes(id) + textBytes(from ?? ''));
  const extraBytes = extra === undefined ? 0 : BUFFER_BYTES + extra.bytes.length;
  return RETAINED_PUBLICATION_BYTES + payload.length + texts + extraBytes;
}
