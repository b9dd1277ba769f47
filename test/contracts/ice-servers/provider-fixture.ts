import type { ProviderAnswer, ProviderApi } from '../../../src/adapters/ice-servers/provider/apis.ts';
import { PROVIDER_POLICY, ProviderIceServers, type ProviderPolicy } from '../../../src/adapters/ice-servers/provider/provider.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { IssuedIceServers } from '../../../src/application/ports/ice-servers.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { START, STUN, TTL, TURN, type IceServersSubject } from '../../../src/contracts/ice-servers/contract.ts';

export const USER = { realm: realmKey('green'), owner: 'ann' };

/** An answer with one username. */
export function answerFor(username: string, urls: readonly string[] = TURN): ProviderAnswer {
  return { servers: [{ urls: STUN }, { urls, username, credential: 'password' }] };
}

/** A provider whose answers a test gives or withholds, on a manual clock. */
export class ProviderFixture implements IceServersSubject {
  readonly clock = new ManualClock();
  readonly events: LogEvent[] = [];
  readonly iceServers: ProviderIceServers;
  /** The answer to the next requests; undefined for requests that are never answered. */
  answer: (() => Promise<ProviderAnswer>) | undefined;
  /** Number of requests so far. */
  requests = 0;

  constructor(policy: Partial<ProviderPolicy> = {}, stun: readonly string[] = []) {
    this.answer = () => Promise.resolve(answerFor(`user-${this.requests}`));
    const api: ProviderApi = {
      name: 'fake',
      ask: () => {
        this.requests += 1;
        return this.answer?.() ?? new Promise(() => undefined);
      },
    };
    const parts = {
      ...{ api, clock: this.clock, unixTime: () => START + this.clock.now() / 1000 },
      request: () => Promise.reject(new Error('the fake API sends no request')),
      log: { record: (event: LogEvent) => void this.events.push(event) },
    };
    this.iceServers = new ProviderIceServers({ stun, ttl: TTL }, parts, { ...PROVIDER_POLICY, ...policy });
  }

  setTime(seconds: number): void {
    this.clock.advance((seconds - START) * 1000 - this.clock.now());
  }

  /** Advances the clock by a part of the lifetime. */
  age(part: number): void {
    this.clock.advance(TTL * 1000 * part);
  }

  /** The answers to one client, after all pending promises. */
  async issue(): Promise<IssuedIceServers[]> {
    const issued: IssuedIceServers[] = [];
    this.iceServers.issue(USER, (one) => issued.push(one));
    await settled();
    return issued;
  }

  /** The username that one client receives; undefined without TURN. */
  async username(): Promise<string | undefined> {
    const [issued] = await this.issue();
    return issued?.servers.find(({ username }) => username !== undefined)?.username;
  }

  get eventNames(): string[] {
    return this.events.map(({ event }) => event);
  }
}

export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
