import type { FrameRequest } from '../../../application/ports/requests.ts';
import type { RequestRefusal, Selector } from '../../../domain/topic.ts';
import type { ClientSubscriptions } from './client-subscriptions.ts';
import { isShared, partsOfShared } from './filters.ts';
import { suback, unsuback } from './frames.ts';
import type { Packet, Version } from './packets.ts';
import { FILTER_REFUSALS, REASONS } from './reasons.ts';

/** MQ14, MQ15: a request on its way. */
interface PendingFilters {
  /** Codes of the filters that the conversation has answered itself; undefined for those that the broker answers. */
  readonly codes: readonly (number | undefined)[];
  /** The filters that the broker answers. */
  readonly asked: readonly { readonly filter: string; readonly isNew: boolean }[];
}

type Subscribe = Extract<Packet, { type: 'subscribe' }>;

const GRANTED = 0;
const ONE_FILTER: PendingFilters = { codes: [undefined], asked: [] };

/** MQ14, MQ15, MQ25: the SUBSCRIBE and UNSUBSCRIBE packets of one connection, and their acknowledgements. */
export class FilterRequests {
  readonly #subscriptions: ClientSubscriptions;
  readonly #pending = new Map<number, PendingFilters>();

  constructor(subscriptions: ClientSubscriptions) {
    this.#subscriptions = subscriptions;
  }

  /** @param receipt the number of the request. */
  subscribe({ id, filters, hasIdentifier }: Subscribe, receipt: number, version: Version): FrameRequest {
    const codes: (number | undefined)[] = [];
    const asked: { readonly filter: string; readonly isNew: boolean }[] = [];
    const selectors: Selector[] = [];
    const retained: Selector[] = [];
    for (const { filter, isNoLocal, retainHandling } of filters) {
      const isNew = !this.#subscriptions.has(filter);
      const isUnusable = isShared(filter) && partsOfShared(filter) === undefined;
      const code = hasIdentifier ? REASONS.identifiersUnavailable : isUnusable ? REASONS.filterInvalid : undefined;
      const selector = code === undefined ? this.#subscriptions.add(filter, isNoLocal) : undefined;
      codes.push(selector === undefined ? (code ?? REASONS.quota) : undefined);
      if (selector === undefined) continue;
      selectors.push(selector);
      asked.push({ filter, isNew });
      const hasRetained = retainHandling === 0 || (retainHandling === 1 && isNew);
      if (hasRetained && selector.group === undefined) retained.push(selector);
    }
    if (selectors.length === 0) return { action: 'reply', frame: suback(id, version, codes.map(orGranted)) };
    this.#pending.set(receipt, { codes, asked });
    return { action: 'join-topics', selectors, receipt, isSeparate: true, retained };
  }

  unsubscribe(filters: readonly string[], receipt: number): FrameRequest {
    const codes: number[] = [];
    const selectors: Selector[] = [];
    for (const filter of filters) {
      codes.push(this.#subscriptions.has(filter) ? REASONS.success : REASONS.noSubscription);
      const selector = this.#subscriptions.remove(filter);
      if (selector !== undefined) selectors.push(selector);
    }
    this.#pending.set(receipt, { codes, asked: [] });
    return { action: 'leave-topics', selectors, receipt };
  }

  unsuback(id: number, receipt: number, version: Version): Uint8Array {
    return unsuback(id, version, this.#take(receipt).codes.map(orGranted));
  }

  /** @param outcomes of the filters that the broker has answered, in order. */
  suback(id: number, receipt: number, version: Version, outcomes: readonly (RequestRefusal | undefined)[]): Uint8Array {
    const { codes, asked } = this.#take(receipt);
    let next = 0;
    const told = codes.map((code) => {
      if (code !== undefined) return code;
      const [outcome, filter] = [outcomes[next], asked[next]];
      next += 1;
      if (outcome === undefined) return GRANTED;
      if (filter?.isNew === true) this.#subscriptions.remove(filter.filter);
      return FILTER_REFUSALS[outcome];
    });
    return suback(id, version, told);
  }

  /** The whole request is refused. */
  refuse(id: number, receipt: number, version: Version, why: RequestRefusal): Uint8Array {
    const { codes } = this.#pending.get(receipt) ?? ONE_FILTER;
    return this.suback(
      id,
      receipt,
      version,
      codes.map(() => why),
    );
  }

  #take(receipt: number): PendingFilters {
    const pending = this.#pending.get(receipt) ?? ONE_FILTER;
    this.#pending.delete(receipt);
    return pending;
  }
}

function orGranted(code: number | undefined): number {
  return code ?? GRANTED;
}
