import { BUFFER_BYTES, KEPT_PUBLICATION_BYTES, textBytes } from './memory-sizes.ts';
import { copyWithBytes, type Publication } from './topic.ts';

/** T6: limits of the publications that are kept for subscribers that reconnect. */
export interface HistoryLimits {
  /** Number of publications; 0 keeps none. */
  readonly historyMessages: number;
  readonly historyBytes: number;
}

/** The publications that a subscriber missed. */
export interface Replay {
  /** MER5: the id of the publication before the first one; EARLIEST if nothing was evicted. */
  readonly startsAfter: string;
  readonly publications: readonly Publication[];
}

/** MER5: the position before the first publication, in requests and in responses. */
export const EARLIEST = 'earliest';

/** How a replay treats a publication. `skip`: not for this subscriber. `stop`: this one and older ones exceed a limit. */
export type ReplayStep = 'take' | 'skip' | 'stop';

/** The kept publications with one id. */
interface IdUse {
  /** Position of the first publication. Undefined after its eviction, because a later one would hide those in between. */
  firstPosition: number | undefined;
  count: number;
}

/** The latest publications, the oldest first, within two limits. A position is the sequence number of a publication. */
export class History {
  readonly #limits: HistoryLimits;
  readonly #ids = new Map<string, IdUse>();
  readonly #kept = new Map<number, Publication>();
  #oldest = 0;
  #next = 0;
  #bytes = 0;
  #lastEvictedId = EARLIEST;
  readonly #followers = new Set<(publication: Publication) => void>();

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Adds a copy, and evicts the oldest publications beyond the limits, possibly this one. */
  add(publication: Publication): void {
    const kept = copyWithBytes(publication);
    this.#kept.set(this.#next, kept);
    const use = this.#ids.get(publication.id);
    if (use === undefined) this.#ids.set(publication.id, { firstPosition: this.#next, count: 1 });
    else use.count += 1;
    this.#next += 1;
    this.#bytes += keptBytes(publication);
    while (this.#kept.size > this.#limits.historyMessages || this.#bytes > this.#limits.historyBytes) this.#evictOldest();
    for (const follow of this.#followers) follow(kept);
  }

  /** @param follow receives each later publication; it may be kept. @returns a function that ends this. */
  follow(follow: (publication: Publication) => void): () => void {
    this.#followers.add(follow);
    return () => void this.#followers.delete(follow);
  }

  /**
   * MER5: the publications after `since`, or all that are kept if the id is unknown.
   * @param since the id of a publication, or EARLIEST.
   * @param mayKnow whether the subscriber may have received a publication with an id that a publisher chose.
   * @param choose called from the newest to the oldest.
   */
  replaySince(
    since: string,
    mayKnow: (publication: Publication) => boolean,
    choose: (publication: Publication) => ReplayStep,
  ): Replay {
    const position = this.#positionOf(since, mayKnow);
    const publications: Publication[] = [];
    let first = position === undefined ? this.#oldest : position + 1;
    for (let at = this.#next - 1; at >= first; at--) {
      const publication = this.#kept.get(at) as Publication;
      const step = choose(publication);
      if (step === 'stop') first = at + 1;
      if (step === 'take') publications.push(publication);
    }
    const before = this.#kept.get(first - 1)?.id ?? this.#lastEvictedId;
    return {
      startsAfter: position !== undefined && first === position + 1 ? since : before,
      publications: publications.reverse(),
    };
  }

  #positionOf(since: string, mayKnow: (publication: Publication) => boolean): number | undefined {
    const position = since === EARLIEST ? undefined : this.#ids.get(since)?.firstPosition;
    if (position === undefined) return undefined;
    const publication = this.#kept.get(position) as Publication;
    return publication.isOwnId === true || mayKnow(publication) ? position : undefined;
  }

  #evictOldest(): void {
    const publication = this.#kept.get(this.#oldest) as Publication;
    this.#kept.delete(this.#oldest);
    this.#releaseId(publication.id);
    this.#bytes -= keptBytes(publication);
    this.#lastEvictedId = publication.id;
    this.#oldest += 1;
  }

  #releaseId(id: string): void {
    const use = this.#ids.get(id);
    if (use === undefined) return;
    use.count -= 1;
    if (use.firstPosition === this.#oldest) use.firstPosition = undefined;
    if (use.count === 0) this.#ids.delete(id);
  }
}

function keptBytes({ id, topics, payload, type, from, extra }: Publication): number {
  let bytes = KEPT_PUBLICATION_BYTES + payload.length + textBytes(id) + textBytes(type ?? '') + textBytes(from ?? '');
  for (const topic of topics) bytes += textBytes(topic);
  if (extra !== undefined) bytes += BUFFER_BYTES + extra.bytes.length;
  return bytes;
}
