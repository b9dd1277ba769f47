import type { Broker } from '../application/broker.ts';
import type { Act, ActOutcome, Operations, PeerDetails, PeerPage, PeerTarget } from '../application/ports/operations.ts';
import { BAN_TARGETS, type BanTarget, type Ban } from '../domain/bans.ts';
import { realmKey } from '../domain/ids.ts';
import { NEVER } from '../domain/time.ts';

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
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** The methods of an embedding program that is an operator. */
export class OperatorMethods {
  readonly #broker: () => Promise<Broker>;
  readonly #now: () => number;

  /** @param broker rejects before `listen`. @param now the clock of the broker. */
  constructor(broker: () => Promise<Broker>, now: () => number) {
    this.#broker = broker;
    this.#now = now;
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
    const endsAt = seconds === undefined ? NEVER : this.#now() + seconds * 1_000;
    const request = { what, value, realm: realm === undefined ? undefined : realmKey(realm), endsAt, reason };
    const operations = await this.#operations();
    return new Promise((resolve, reject) => {
      operations.ban(request, actFor(reason), (outcome) => {
        if (outcome.ok) resolve({ id: outcome.value.ban.id, closed: outcome.value.closed });
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

  async #operations(): Promise<Operations> {
    return (await this.#broker()).operations;
  }
}

function actFor(reason: string | undefined): Act {
  return { reason, from: 'library' };
}
