import { expect } from 'vitest';
import { ProviderError } from '../../../src/adapters/ice-servers/provider/provider-error.ts';
import type { IssuedIceServers } from '../../../src/application/ports/ice-servers.ts';
import { START, STUN, TTL, TURN } from '../../../src/contracts/ice-servers/contract.ts';
import { answerFor, type ProviderFixture, settled, USER } from './provider-fixture.ts';

/** One promise of the adapter for providers. */
export interface ProviderClause {
  readonly name: string;
  run(fixture: ProviderFixture): Promise<void>;
}

const fails = (): Promise<never> => Promise.reject(new ProviderError('it answered 500'));

/** Promises of the adapter for providers, beside those of the port. */
export const PROVIDER_CLAUSES: readonly ProviderClause[] = [
  {
    name: 'I11: sends one request for all clients that wait',
    async run(fixture) {
      let answer: (servers: ReturnType<typeof answerFor>) => void = () => undefined;
      fixture.answer = () => new Promise((resolve) => (answer = resolve));
      const issued: IssuedIceServers[] = [];
      for (let i = 0; i < 100; i++) fixture.iceServers.issue(USER, (one) => issued.push(one));
      expect([fixture.requests, issued.length]).toEqual([1, 0]);
      answer(answerFor('user'));
      await settled();
      expect([fixture.requests, issued.length]).toEqual([1, 100]);
    },
  },
  {
    name: 'I11: answers within the call while the last answer is valid',
    async run(fixture) {
      await fixture.issue();
      let isAnswered = false;
      fixture.iceServers.issue(USER, () => (isAnswered = true));
      expect([isAnswered, fixture.requests]).toEqual([true, 1]);
    },
  },
  {
    name: 'I11: requests the next answer ahead of time, and gives the last one meanwhile',
    async run(fixture) {
      expect(await fixture.username()).toBe('user-1');
      fixture.age(0.45);
      expect([await fixture.username(), fixture.requests]).toEqual(['user-1', 1]);
      fixture.age(0.1);
      expect([await fixture.username(), fixture.requests]).toEqual(['user-1', 2]);
      expect(await fixture.username()).toBe('user-2');
    },
  },
  {
    name: 'I11: gives the last answer until four fifths of its lifetime while the provider fails, then only STUN',
    async run(fixture) {
      await fixture.issue();
      fixture.answer = fails;
      fixture.age(0.79);
      expect(await fixture.username()).toBe('user-1');
      fixture.age(0.02);
      const [issued] = await fixture.issue();
      expect(issued).toEqual({ servers: [{ urls: STUN }], ttl: 60, expiresAt: START + TTL * 0.81 + 60, lacksTurn: true });
    },
  },
  {
    name: 'I11: gives nothing if there is neither an answer nor a configured STUN URL',
    async run(fixture) {
      fixture.answer = fails;
      expect(await fixture.issue()).toEqual([{ servers: [], ttl: 60, expiresAt: START + 60, lacksTurn: true }]);
    },
  },
  {
    name: 'I11: after a failure the next request is 10 seconds later; clients do not wait for it',
    async run(fixture) {
      fixture.answer = fails;
      for (let i = 0; i < 5; i++) expect(await fixture.username()).toBeUndefined();
      expect(fixture.requests).toBe(1);
      fixture.answer = () => Promise.resolve(answerFor('again'));
      fixture.clock.advance(9_999);
      expect([await fixture.username(), fixture.requests]).toEqual([undefined, 1]);
      fixture.clock.advance(1);
      expect([await fixture.username(), fixture.requests]).toEqual(['again', 2]);
    },
  },
  {
    name: 'I11: waits for an answer for at most 3 seconds, and ignores a later one',
    async run(fixture) {
      let late: (servers: ReturnType<typeof answerFor>) => void = () => undefined;
      fixture.answer = () => new Promise((resolve) => (late = resolve));
      const issued: IssuedIceServers[] = [];
      fixture.iceServers.issue(USER, (one) => issued.push(one));
      fixture.clock.advance(2_999);
      expect(issued).toEqual([]);
      fixture.clock.advance(1);
      expect(issued).toHaveLength(1);
      late(answerFor('late'));
      await settled();
      expect(await fixture.username()).toBeUndefined();
    },
  },
  {
    name: 'I11: logs that the provider is reached and lost, once each',
    async run(fixture) {
      await fixture.issue();
      fixture.answer = fails;
      for (const part of [0.6, 0.1, 0.2]) {
        fixture.age(part);
        await fixture.issue();
      }
      expect(fixture.events).toEqual([
        { event: 'ice-provider-reached', provider: 'fake' },
        { event: 'ice-provider-lost', provider: 'fake', detail: 'it answered 500' },
      ]);
      fixture.answer = () => Promise.resolve(answerFor('again'));
      fixture.clock.advance(10_000);
      await fixture.issue();
      expect(fixture.eventNames.slice(2)).toEqual(['ice-provider-reached']);
    },
  },
  {
    name: 'I11: takes the lifetime from the answer, as a number or as text',
    async run(fixture) {
      for (const [ttl, taken] of [
        [600, 600],
        ['900', 900],
        [1_000_000, 86_400],
      ] as const) {
        fixture.answer = () => Promise.resolve({ ...answerFor('user'), ttl });
        expect(await fixture.issue()).toMatchObject([{ ttl: taken }]);
        fixture.age(86_400 / TTL);
      }
    },
  },
  {
    name: 'I11: gives nothing of an answer without a usable lifetime or without TURN',
    async run(fixture) {
      for (const answer of [
        { ...answerFor('user'), ttl: 'soon' },
        { ...answerFor('user'), ttl: 59 },
        { ...answerFor('user'), ttl: null },
        { servers: undefined },
        { servers: 'turn:a' },
        { servers: [null, 1, [], { urls: [1] }] },
        { servers: [{ urls: STUN }] },
        { servers: [{ urls: TURN, username: 'user' }] },
        { servers: [{ urls: TURN, username: '', credential: 'password' }] },
      ]) {
        fixture.answer = () => Promise.resolve(answer);
        expect(await fixture.issue(), JSON.stringify(answer)).toMatchObject([{ servers: [], lacksTurn: true }]);
        fixture.clock.advance(10_000);
      }
    },
  },
  {
    name: 'I11: leaves out URLs that browsers reject or block, and says how many',
    async run(fixture) {
      const bad = ['turn:a.test:53', 'turn:a.test?transport=sctp', 'stun:a.test?transport=udp', 'http://a.test', 'turn:a.test:0'];
      fixture.answer = () => Promise.resolve(answerFor('user', [...bad, ...TURN, ...TURN]));
      const [issued] = await fixture.issue();
      expect(issued?.servers).toEqual([{ urls: STUN }, { urls: TURN, username: 'user', credential: 'password' }]);
      expect(fixture.events).toContainEqual({ event: 'ice-urls-dropped', provider: 'fake', dropped: 4 });
    },
  },
  {
    name: 'I11: separates STUN from TURN, and users from each other',
    async run(fixture) {
      const credential = 'password';
      fixture.answer = () =>
        Promise.resolve({
          servers: [
            { url: 'stun:a.test', urls: 'stun:b.test' },
            { urls: ['stun:c.test', 'turn:a.test'], username: 'one', credential },
            { url: 'turn:b.test', username: 'two', credential },
            { urls: 'turns:a.test', username: 'one', credential },
          ],
        });
      expect((await fixture.issue())[0]?.servers).toEqual([
        { urls: ['stun:b.test', 'stun:c.test'] },
        { urls: ['turn:a.test', 'turns:a.test'], username: 'one', credential },
        { urls: ['turn:b.test'], username: 'two', credential },
      ]);
    },
  },
  {
    name: 'I11: gives at most 16 URLs',
    async run(fixture) {
      const many = Array.from({ length: 1_000 }, (_, i) => `turn:host-${i}.test`);
      fixture.answer = () => Promise.resolve(answerFor('user', many));
      expect((await fixture.issue())[0]?.servers.flatMap(({ urls }) => urls)).toHaveLength(16);
    },
  },
];
