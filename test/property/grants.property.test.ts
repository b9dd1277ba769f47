import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Authorizer } from '../../src/application/ports/authorizer.ts';
import { NEVER } from '../../src/domain/time.ts';
import { ScriptedAuthorizer } from '../support/scripted-authorizer.ts';
import { TestBroker, type TestPeer } from '../support/test-broker.ts';

/* Clients with tokens of all kinds connect, send, replace their tokens and leave. A model knows the grants and the owners. */

const SWEEP = 1_000;
const IDS = ['ann', 'bob', 'bob-1'];
const REALMS = ['red', 'blue'];

const token = fc.record({
  owner: fc.constantFrom('j:us\0ann', 'j:us\0bob', 'j:them\0ann', undefined),
  ids: fc.option(fc.subarray(['ann', 'bob', 'bob*', 'bob-1']), { nil: undefined }),
  realms: fc.option(fc.subarray(['red', 'blue', 'b*']), { nil: undefined }),
  lifetime: fc.oneof(fc.integer({ min: 2_000, max: 60_000 }), fc.constant(NEVER)),
});
type GivenToken = typeof token extends fc.Arbitrary<infer T> ? T : never;

const any = fc.nat({ max: 99 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('connect' as const), id: any, realm: any, token: any }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('send' as const), from: any, to: any }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('refresh' as const), from: any, token: any }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), span: fc.integer({ min: 1, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('leave' as const), from: any }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A client that has received OPEN. */
interface Client {
  readonly peer: TestPeer;
  readonly id: string;
  readonly realm: string;
  token: number;
  expiresAt: number;
}

const covers = (patterns: readonly string[] | undefined, text: string): boolean =>
  patterns?.some((one) => (one.endsWith('*') ? text.startsWith(one.slice(0, -1)) : one === text)) ?? true;

class World {
  readonly #tokens: readonly GivenToken[];
  readonly #broker: TestBroker;
  readonly #clients: Client[] = [];
  readonly #sent: { readonly by: Client; readonly isCovered: boolean }[] = [];
  #now = 0;

  constructor(tokens: readonly GivenToken[], wrap: (authorizer: Authorizer) => Authorizer) {
    this.#tokens = tokens;
    const authorizer = new ScriptedAuthorizer();
    for (const [n, grant] of tokens.entries()) authorizer.grant(`token ${n}`, grant);
    const limits = { sweepInterval: SWEEP, aliveTimeout: 10_000_000, expireTimeout: 20_000, messagesPerSecond: 1e6 };
    this.#broker = new TestBroker({ ...limits, keys: REALMS, messageBurst: 1e6 }, { authorizer: wrap(authorizer) });
  }

  take(one: Step): void {
    const open = this.#open();
    const client = 'from' in one && open.length > 0 ? open[one.from % open.length] : undefined;
    if (one.does === 'connect') this.#connect(one);
    else if (one.does === 'wait') this.#wait(one.span);
    else if (client === undefined) return;
    else if (one.does === 'send') this.#send(client, IDS[one.to % IDS.length] ?? '');
    else if (one.does === 'refresh') this.#refresh(client, one.token % this.#tokens.length);
    else client.peer.client.close();
    this.#check();
  }

  #connect({ id: nthId, realm: nthRealm, token: nth }: Extract<Step, { does: 'connect' }>): void {
    const [id = '', realm = ''] = [IDS[nthId % IDS.length], REALMS[nthRealm % REALMS.length]];
    const n = nth % this.#tokens.length;
    const holder = this.#open().find((other) => other.id === id && other.realm === realm);
    // O15: an address of its own, because a client of the same address waits before its id is refused.
    const address = `192.0.2.${n}`;
    const peer = this.#broker.connectPeer(id, { token: `token ${n}`, key: realm, address });
    const isOpen = peer.client.received.includes('{"type":"OPEN"}');
    const isOwn = holder === undefined || this.#ownerOf(n) === this.#ownerOf(holder.token);
    expect(isOpen, `token ${n} opens ${id} of ${realm}`).toBe(this.#isCovered(n, id, realm) && isOwn);
    if (!isOpen) return;
    if (holder !== undefined) expect(holder.peer.closeCode).toBe(4001);
    this.#clients.push({ peer, id, realm, token: n, expiresAt: this.#now + (this.#tokens[n]?.lifetime ?? 0) });
  }

  #send(by: Client, dst: string): void {
    const isCovered = this.#isCovered(by.token, by.id, by.realm) && this.#now < by.expiresAt + SWEEP;
    by.peer.sendOffer(dst, { n: this.#sent.push({ by, isCovered }) - 1 });
  }

  #refresh(client: Client, n: number): void {
    const isRight = this.#ownerOf(n) === this.#ownerOf(client.token) && this.#isCovered(n, client.id, client.realm);
    const accepted = (): number => client.peer.received.filter((one) => typeOf(one) === 'TOKEN-ACCEPTED').length;
    const before = accepted();
    client.peer.send({ type: 'TOKEN', payload: { token: `token ${n}` } });
    expect(accepted() - before, `token ${n} replaces token ${client.token}`).toBe(isRight ? 1 : 0);
    if (!isRight) return;
    client.token = n;
    client.expiresAt = this.#now + (this.#tokens[n]?.lifetime ?? 0);
  }

  #wait(span: number): void {
    this.#broker.advance(span);
    this.#now += span;
    for (const { expiresAt, id } of this.#open()) expect(this.#now, `${id} is open`).toBeLessThan(expiresAt + SWEEP);
  }

  /** Every message has the id of its sender, and the token of the sender covered that id when it was sent. */
  #check(): void {
    for (const { peer, id, realm } of this.#clients) {
      for (const message of peer.received as { type: string; src: string; dst: string; payload: { n: number } }[]) {
        if (message.type !== 'OFFER') continue;
        const sent = this.#sent[message.payload.n];
        expect([message.src, message.dst, sent?.by.realm, sent?.isCovered]).toEqual([sent?.by.id, id, realm, true]);
      }
    }
    const held = this.#open().map((client) => `${client.realm} ${client.id}`);
    expect(new Set(held).size, 'each id has one holder').toBe(held.length);
  }

  #open(): Client[] {
    return this.#clients.filter(({ peer }) => peer.client.state === 'open');
  }

  #isCovered(n: number, id: string, realm: string): boolean {
    const { ids, realms } = this.#tokens[n] ?? { ids: [], realms: [] };
    return covers(realms, realm) && covers(ids, id);
  }

  #ownerOf(n: number): string {
    return this.#tokens[n]?.owner ?? `token ${n}`;
  }
}

function typeOf(message: unknown): string {
  return (message as { type: string }).type;
}

function check(wrap: (authorizer: Authorizer) => Authorizer, parameters: fc.Parameters<[GivenToken[], Step[]]>): void {
  const property = fc.property(
    fc.array(token, { minLength: 2, maxLength: 5 }),
    fc.array(step, { maxLength: 60 }),
    (tokens, steps) => {
      const world = new World(tokens, wrap);
      for (const one of steps) world.take(one);
    },
  );
  fc.assert(property, parameters);
}

describe('A3, A4, A5: no client speaks under an id that its grant does not cover', () => {
  it('holds after every step', { timeout: 240_000 }, () => check((authorizer) => authorizer, { numRuns: 300 }));

  it.each<[string, Record<string, unknown>]>([
    ['forgets the ids', { ids: undefined }],
    ['forgets the realms', { realms: undefined }],
    ['forgets the owner', { owner: undefined }],
    ['gives all the same owner', { owner: 'j:us\0ann' }],
    ['forgets the expiry', { lifetime: NEVER }],
  ])('is violated by a broker that %s', { timeout: 240_000 }, (_, forgotten) => {
    const careless = (inner: Authorizer): Authorizer => ({
      headers: inner.headers,
      authorize: (request, answer) =>
        inner.authorize(request, (outcome) =>
          answer(outcome.ok ? { ...outcome, value: { ...outcome.value, ...forgotten } } : outcome),
        ),
    });
    expect(() => check(careless, { numRuns: 2_000, endOnFailure: true })).toThrow(/Property failed/);
  });
});
