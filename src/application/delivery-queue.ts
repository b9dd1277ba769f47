import type { ConnectionId } from '../domain/ids.ts';
import type { CandidateSearch } from '../domain/subscriber-search.ts';
import type { MemoryAccount } from '../domain/memory-account.ts';
import type { TopicEvent } from '../domain/topic.ts';
import type { Conversation, Dialect } from './ports/dialect.ts';

/** An event with its pending recipients. */
export interface DeliveryBatch {
  readonly recipients: ConnectionId[];
  /** Undefined if all of `recipients` match; else the search, whose candidates at `indexes` are matched at delivery. */
  readonly search: CandidateSearch | undefined;
  /** Encoded when it is delivered, for recipients whose voice is not in `frames`. Undefined if there are none. */
  event: TopicEvent | undefined;
  readonly indexes: number[];
  /** By voice. */
  readonly frames: Map<object, Uint8Array | undefined>;
  /** Position of the first recipient that was not handled yet. */
  nextRecipient: number;
  /** Recipients that are still counted as pending. */
  pending: number;
  /** Of `frames`, or of the payload. */
  bytes: number;
  /** B1: the publisher, which holds the bytes. */
  readonly payer: MemoryAccount | undefined;
}

/** @param payer B1: undefined for events that no client has published. */
export function newBatch(search: CandidateSearch | undefined, payer: MemoryAccount | undefined): DeliveryBatch {
  const frames: DeliveryBatch['frames'] = new Map();
  return { recipients: [], search, event: undefined, indexes: [], frames, nextRecipient: 0, pending: 0, bytes: 0, payer };
}

/** Bytes that a batch keeps. */
export function bytesOf({ event, frames }: DeliveryBatch): number {
  let bytes = event?.event === 'publication' ? event.publication.payload.length : 0;
  for (const frame of frames.values()) bytes += frame?.length ?? 0;
  return bytes;
}

/** M23: of the topic that a conversation matches with a pattern. One unit takes about a microsecond. */
const CHARACTERS_PER_UNIT = 200;

/** M23: units of a delivery to a conversation that names subscriptions in its frames, because it matches all of its patterns. */
export function matchingUnits(encoder: Dialect | Conversation, event: TopicEvent | undefined): number {
  if (encoder.decode !== undefined || encoder.patternCount === undefined || event?.event !== 'publication') return 0;
  let characters = 0;
  for (const { length } of event.publication.topics) characters += length;
  return encoder.patternCount * (characters / CHARACTERS_PER_UNIT);
}

/** Batches in order, the oldest first. One connection may have thousands, so removing the oldest takes constant time. */
export class DeliveryQueue {
  #batches: (DeliveryBatch | undefined)[] = [];
  /** Index of the oldest batch. */
  #first = 0;

  /** The oldest batch. */
  get first(): DeliveryBatch | undefined {
    return this.#batches[this.#first];
  }

  push(batch: DeliveryBatch): void {
    this.#batches.push(batch);
  }

  /** Removes the oldest batch. */
  shift(): DeliveryBatch | undefined {
    const batch = this.first;
    if (batch === undefined) return undefined;
    this.#batches[this.#first] = undefined;
    this.#first += 1;
    if (this.#first === this.#batches.length) this.#batches.length = this.#first = 0;
    else if (2 * this.#first > this.#batches.length) {
      this.#batches = this.#batches.slice(this.#first);
      this.#first = 0;
    }
    return batch;
  }
}
