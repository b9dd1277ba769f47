import { expect, it } from 'vitest';
import { ClientSubscriptions } from '../../../../../src/adapters/dialects/mqtt/client-subscriptions.ts';
import { FilterRequests } from '../../../../../src/adapters/dialects/mqtt/filter-requests.ts';
import type { FilterRequest } from '../../../../../src/adapters/dialects/mqtt/packets.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const ask = (...filters: readonly string[]): readonly FilterRequest[] =>
  filters.map((filter) => ({ filter, isNoLocal: false, retainHandling: 0 }));

it('MQ14: a SUBACK has the codes of the conversation and those of the broker, in order', () => {
  const subscriptions = new ClientSubscriptions([], 3);
  const requests = new FilterRequests(subscriptions);
  const packet = { type: 'subscribe', id: 7, filters: ask('a', '$share/+/b', 'c', 'd', 'e'), hasIdentifier: false } as const;
  expect(requests.subscribe(packet, 1, 5)).toMatchObject({
    ...{ action: 'join-topics', selectors: [{ topic: 'a' }, { topic: 'c' }, { topic: 'd' }], receipt: 1, isSeparate: true },
  });
  expect(hex(requests.suback(7, 1, 5, [undefined, 'not-allowed', 'topic-unusable']))).toBe('9008000700008f878f97');
  expect(['a', 'c', 'd'].map((filter) => subscriptions.has(filter))).toEqual([true, false, false]);
});

it('MQ14: a SUBSCRIBE may be refused as a whole, and an earlier subscription holds', () => {
  const subscriptions = new ClientSubscriptions([], 3);
  const requests = new FilterRequests(subscriptions);
  subscriptions.add('a', false);
  requests.subscribe({ type: 'subscribe', id: 7, filters: ask('a', 'b'), hasIdentifier: false }, 1, 4);
  expect(hex(requests.refuse(7, 1, 4, 'not-allowed'))).toBe('900400078080');
  expect([subscriptions.has('a'), subscriptions.has('b')]).toEqual([true, false]);
});

it('MQ15: an UNSUBACK has the codes of the moment of the request', () => {
  const subscriptions = new ClientSubscriptions([], 3);
  const requests = new FilterRequests(subscriptions);
  subscriptions.add('a', false);
  expect(requests.unsubscribe(['a', 'b'], 2)).toEqual({ action: 'leave-topics', selectors: [{ topic: 'a' }], receipt: 2 });
  expect([hex(requests.unsuback(7, 2, 5)), hex(requests.unsuback(7, 2, 4))]).toEqual(['b0050007000011', 'b0020007']);
});

it('MQ25: retained publications are not sent for shared filters', () => {
  const requests = new FilterRequests(new ClientSubscriptions([], 3));
  const packet = { type: 'subscribe', id: 7, filters: ask('$share/g/a', 'a', '$share/g/b/#'), hasIdentifier: false } as const;
  expect(requests.subscribe(packet, 1, 4)).toMatchObject({
    selectors: [{ topic: 'a', group: 'mqtt g/a' }, { topic: 'a' }, { pattern: 'b/#', group: 'mqtt g/b/#' }],
    retained: [{ topic: 'a', group: undefined }],
  });
});
