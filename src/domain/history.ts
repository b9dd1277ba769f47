import type { Publication } from './topic.ts';
import { KEPT_PUBLICATION_BYTES, textBytes } from './memory-sizes.ts';

/** T6: how much of what was published is kept for those who come back. */
export interface HistoryLimits {
  /** Publications; 0 keeps none. */
  readonly historyMessages: number;
  readonly historyBytes: number;
}

/** What a listener missed. */
export interface Replay {
  /** MER5: the publication before the first of them; EARLIEST where nothing was ever forgotten. */
  readonly startsAfter: string;
  readonly publications: readonly Publication[];
}

/** MER5: asks for, and tells of, the time before the first publication. */
export const EARLIEST = 'earliest';

/** What a replay does with a publication. `leave`: it is not for this listener. `stop`: it and all before it are too much. */
export type ReplayStep = 'take' | 'leave' | 'stop';

/** What an id stands for, among what is kept. */
interface IdUse {
  /** The place of the first publication with it. Undefined when that is forgotten: a later one may not hide what was between. */
  firstPosition: number | undefined;
  count: number;
}

/** What was published last, the oldest first, within two bounds. A publication is known by its place in the order. */
export class History {
  readonly #limits: HistoryLimits;
  readonly #ids = new Map<string, IdUse>();
  readonly #kept = new Map<number, Publication>();
  #oldest = 0;
  #next = 0;
  #bytes = 0;
  #lastEvictedId = EARLIEST;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Keeps a copy, and forgets what there is no room for any more: it may be this one. */
  add(publication: Publication): void {
    this.#kept.set(this.#next, { ...publication, payload: new Uint8Array(publication.payload) });
    const use = this.#ids.get(publication.id);
    if (use === undefined) this.#ids.set(publication.id, { firstPosition: this.#next, count: 1 });
    else use.count += 1;
    this.#next += 1;
    this.#bytes += keptBytes(publication);
    while (this.#kept.size > this.#limits.historyMessages || this.#bytes > this.#limits.historyBytes) this.#evictOldest();
  }

  /**
   * MER5. @param since a publication's id, or EARLIEST. What is not known misses all that is kept.
   * @param mayKnow whether the listener may have heard a publication whose id a publisher chose.
   * @param take is asked from the newest to the oldest.
   */
  replaySince(
    since: string,
    mayKnow: (publication: Publication) => boolean,
    take: (publication: Publication) => ReplayStep,
  ): Replay {
    const position = this.#positionOf(since, mayKnow);
    const publications: Publication[] = [];
    let first = position === undefined ? this.#oldest : position + 1;
    for (let at = this.#next - 1; at >= first; at--) {
      const publication = this.#kept.get(at) as Publication;
      const taking = take(publication);
      if (taking === 'stop') first = at + 1;
      if (taking === 'take') publications.push(publication);
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

function keptBytes({ id, topics, payload, type, from }: Publication): number {
  let bytes = KEPT_PUBLICATION_BYTES + payload.length + textBytes(id) + textBytes(type ?? '') + textBytes(from ?? '');
  for (const topic of topics) bytes += textBytes(topic);
  return bytes;
}
