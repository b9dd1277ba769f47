import type { Broker } from '../application/broker.ts';
import type {
  Act,
  ActOutcome,
  Operations,
  PeerDetails,
  PeerPage,
  PeerTarget,
  TraceLine,
} from '../application/ports/operations.ts';
import { BAN_TARGETS, type BanTarget, type Ban } from '../domain/bans.ts';
import { realmKey, type NodeId } from '../domain/ids.ts';
import { NEVER, type Millis } from '../domain/time.ts';

/** ADM2: which peers `peers` returns. */
export interface PeersQuery {
  readonly realm?: string;
  /** The beginning of the id. */
  readonly prefix?: string;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** At most 1,000; default 100. */
  readonly limit?: number;
}

/** ADM4: the client that `ban` bans. */
export interface BanOptions {
  /** An id, a user (`sub`), the id of a token (`jti`), or an address or network. */
  readonly what: BanTarget;
  readonly value: string;
  /** For `id`: default all realms. */
  readonly realm?: string;
  /** Default: until it is lifted, or the process ends. */
  readonly seconds?: number;
  /** For the log. */
  readonly reason?: string;
}

/** The facts about a ban. */
export interface BanInEffect {
  /** The argument of `unban`. */
  readonly id: string;
  /** Connections that were closed. */
  readonly closed: number;
  /** ADM15: nodes of the cluster that did not answer in time. */
  readonly missing: readonly NodeId[];
}

/** ADM6: one frame of a traced peer, without its payload. */
export interface TracedFrame extends Omit<TraceLine, 'at'> {
  readonly at: Date;
}

/** ADM6: receives a trace. */
export interface TraceOptions {
  readonly frame: (frame: TracedFrame) => void;
  /** ADM15: other nodes had more frames than they can keep. */
  readonly dropped?: (frames: number) => void;
  /** ADM15: the nodes that do not answer have changed; empty if all answer again. */
  readonly missing?: (nodes: readonly NodeId[]) => void;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** The methods of an embedding program that is an operator. */
export class OperatorMethods {
  readonly #broker: () => Promise<Broker>;
  readonly #now: () => number;
  readonly #fail: (error: unknown) => void;

  /** @param broker rejects before `listen`. @param now the clock of the broker. @param fail receives exceptions of a listener. */
  constructor(broker: () => Promise<Broker>, now: () => number, fail: (error: unknown) => void) {
    this.#broker = broker;
    this.#now = now;
    this.#fail = fail;
  }

  async peers({ limit = DEFAULT_LIMIT, ...query }: PeersQuery = {}): Promise<PeerPage> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw new RangeError(`limit is ${limit}; it must be a whole number from 1 to ${MAX_LIMIT}`);
    }
    const operations = await this.#operations();
    return new Promise((resolve) => operations.peers({ ...query, limit }, resolve));
  }

  async peer(target: PeerTarget): Promise<PeerDetails | undefined> {
    const operations = await this.#operations();
    return new Promise((resolve) => operations.peer(target, resolve));
  }

  async expel(target: PeerTarget, reason?: string): Promise<ActOutcome> {
    const operations = await this.#operations();
    return new Promise((resolve) => operations.expel(target, actFor(reason), resolve));
  }

  /** @throws RangeError for a target or a value that can't be banned, or if the table of bans is full. */
  async ban({ what, value, realm, seconds, reason }: BanOptions): Promise<BanInEffect> {
    if (!BAN_TARGETS.includes(what)) {
      throw new RangeError(`a ban has no target ${String(what)}; it must be one of ${BAN_TARGETS.join(', ')}`);
    }
    if (seconds !== undefined && !(seconds > 0)) throw new RangeError(`seconds is ${seconds}; it must be more than 0`);
    const endsAt = seconds === undefined ? NEVER : this.#now() + seconds * 1_000;
    const request = { what, value, realm: realm === undefined ? undefined : realmKey(realm), endsAt, reason };
    const operations = await this.#operations();
    return new Promise((resolve, reject) => {
      operations.ban(request, actFor(reason), (outcome) => {
        if (outcome.ok) resolve(inEffect(outcome.value));
        else if (outcome.refusal.reason !== 'engine-unreachable') {
          reject(new RangeError(`the ban was refused: ${outcome.refusal.reason}`));
        } else reject(new Error('the ban was refused: the engine of the cluster is unreachable'));
      });
    });
  }

  /** @returns whether there was such a ban. @throws Error if the engine of the cluster is unreachable. */
  async unban(id: string, reason?: string): Promise<boolean> {
    const operations = await this.#operations();
    return new Promise((resolve, reject) => {
      operations.unban(id, actFor(reason), (outcome) => {
        if (outcome.ok || outcome.refusal.reason === 'no-such-ban') resolve(outcome.ok);
        else reject(new Error('the ban was not lifted: the engine of the cluster is unreachable'));
      });
    });
  }

  async bans(): Promise<readonly Ban[]> {
    return (await this.#operations()).bans();
  }

  /** @returns the function that ends the trace. @throws RangeError if too many traces are open. */
  async trace({ realm, id }: PeerTarget, options: TraceOptions): Promise<() => void> {
    const operations = await this.#operations();
    const { frame, dropped, missing } = options;
    const stop = operations.trace({ realm, id }, actFor(undefined), {
      line: (line) => this.#call(() => frame({ ...line, at: this.#dateOf(line.at) })),
      dropped: (frames) => this.#call(() => dropped?.(frames)),
      missing: (nodes) => this.#call(() => missing?.(nodes)),
    });
    if (stop === undefined) throw new RangeError('16 traces are open already: end one');
    return stop;
  }

  /** An exception of the program must not end the turn of the broker. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#fail(error);
    }
  }

  #dateOf(at: Millis): Date {
    return new Date(Date.now() - (this.#now() - at));
  }

  async #operations(): Promise<Operations> {
    return (await this.#broker()).operations;
  }
}

function inEffect({ ban, closed, missing }: ActOutcome & { readonly ban: Ban }): BanInEffect {
  return { id: ban.id, closed, missing };
}

function actFor(reason: string | undefined): Act {
  return { reason, from: 'library' };
}
