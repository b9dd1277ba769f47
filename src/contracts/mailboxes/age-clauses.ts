import { expect } from '../expect.ts';
import { NEVER } from '../../domain/time.ts';
import { expire, MUCH_LATER, offer, pair, takePayloads, put, take, TIMEOUT, type Clause } from './fixture.ts';

/** Expiry of messages. */
export const AGE_CLAUSES: readonly Clause[] = [
  {
    name: 'M14: a message expires at its own age, not at that of its mailbox',
    async run(subject) {
      await put(subject, offer({ payload: '"old"' }), { now: 0 });
      await put(subject, offer({ payload: '"young"' }), { now: 600 });
      expect(await expire(subject, TIMEOUT - 1)).toEqual([]);
      expect(await expire(subject, TIMEOUT)).toEqual([pair('ann', 'bob')]);
      expect(await expire(subject, TIMEOUT + 599)).toEqual([]);
      expect(await takePayloads(subject, 'bob')).toEqual(['"young"']);
    },
  },
  {
    name: 'M14: a collected mailbox does not expire, and new messages start a new timeout',
    async run(subject) {
      await put(subject, offer(), { now: 0 });
      await take(subject, 'bob');
      await put(subject, offer({ payload: '"new"' }), { now: 900 });
      expect(await expire(subject, TIMEOUT + 500)).toEqual([]);
      expect(await expire(subject, TIMEOUT + 1_000)).toEqual([pair('ann', 'bob')]);
    },
  },
  {
    name: 'M14: each pair of sender and absent peer is returned once for each sweep',
    async run(subject) {
      for (const now of [0, 1, 2, 600]) {
        await put(subject, offer({ from: 'ann', to: 'bob' }), { now });
        await put(subject, offer({ from: 'eve', to: 'bob' }), { now });
        await put(subject, offer({ from: 'ann', to: 'carol' }), { now });
      }
      const pairs = [pair('ann', 'bob'), pair('eve', 'bob'), pair('ann', 'carol')];
      expect(sorted(await expire(subject, TIMEOUT + 300))).toEqual(sorted(pairs));
      expect(sorted(await expire(subject, TIMEOUT + 700))).toEqual(sorted(pairs));
      expect(await expire(subject, TIMEOUT + 700)).toEqual([]);
    },
  },
  {
    name: 'M14, M23: each pair is returned once also if its messages expire in several slices',
    async run(subject) {
      const recipients = Array.from({ length: 90 }, (_, n) => `absent-${n}`);
      const inOrder = [...recipients.flatMap((to) => Array.from({ length: 7 }, () => to)), ...recipients];
      for (const to of inOrder) await put(subject, offer({ to }), { now: 0 });
      expect(sorted(await expire(subject, TIMEOUT + 300))).toEqual(sorted(recipients.map((to) => pair('ann', to))));
    },
  },
  {
    name: 'M14: a sweep covers every realm, and returns the realm',
    async run(subject) {
      await put(subject, offer(), { realm: 'green' });
      await put(subject, offer({ from: '__proto__' }), { realm: 'blue' });
      await put(subject, offer(), { realm: 'red', now: 600 });
      const expired = sorted(await expire(subject, TIMEOUT + 300));
      expect(expired).toEqual(sorted([pair('ann', 'bob', 'green'), pair('__proto__', 'bob', 'blue')]));
    },
  },
  {
    name: 'M14: an expired message is not taken, and the remaining messages keep their order',
    async run(subject) {
      for (const [index, now] of [0, 100, 200, 300].entries()) await put(subject, offer({ payload: `${index}` }), { now });
      await expire(subject, TIMEOUT + 150);
      expect(await takePayloads(subject, 'bob')).toEqual(['2', '3']);
    },
  },
  {
    name: 'M14: the next deadline is that of the oldest message, and NEVER without messages',
    async run(subject) {
      const { store } = subject;
      expect(store.nextDeadline()).toBe(NEVER);
      await put(subject, offer({ to: 'bob' }), { now: 100 });
      await put(subject, offer({ to: 'carol' }), { realm: 'blue', now: 200 });
      await put(subject, offer({ to: 'bob' }), { now: 300 });
      expect(store.nextDeadline()).toBe(100 + TIMEOUT);
      await expire(subject, 150 + TIMEOUT);
      expect(store.nextDeadline()).toBe(200 + TIMEOUT);
      await take(subject, 'carol', 'blue');
      if (subject.isShared === true) await expire(subject, 150 + TIMEOUT);
      expect(store.nextDeadline()).toBe(300 + TIMEOUT);
      await take(subject, 'bob');
      if (subject.isShared === true) await expire(subject, 150 + TIMEOUT);
      expect(store.nextDeadline()).toBe(NEVER);
    },
  },
  {
    name: 'promise 5: the store is empty when all messages are taken or expired',
    async run(subject) {
      for (let index = 0; index < 60; index++) {
        const message = offer({ from: `sender ${index % 7}`, to: `peer ${index % 11}` });
        await put(subject, message, { realm: `realm ${index % 2}`, now: index });
      }
      expect((await subject.usage()).bytes).toBeGreaterThan(0);
      for (let index = 0; index < 5; index++) await take(subject, `peer ${index}`, `realm ${index % 2}`);
      await expire(subject, TIMEOUT + 30);
      await expire(subject, MUCH_LATER);
      expect(await subject.usage()).toEqual({ mailboxes: 0, bytes: 0 });
      expect(subject.store.nextDeadline()).toBe(NEVER);
    },
  },
];

function sorted(pairs: readonly { realm: string; from: string; to: string }[]): string[] {
  return pairs.map(({ realm, from, to }) => JSON.stringify([realm, from, to])).sort();
}
