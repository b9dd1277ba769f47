import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailboxTable, type MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { heldMessageBytes, type SignalMessage } from '../../../src/domain/message.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { peerId } from './session-fixture.ts';

const offer = (from: string, to: string, size = 0): SignalMessage => ({
  kind: 'offer',
  from: peerId(from),
  to: peerId(to),
  payload: new Uint8Array(size),
});
const ENVELOPE = heldMessageBytes(offer('a', 'b'));
const LIMITS: MailboxLimits = {
  mailboxMessages: 3,
  mailboxBytes: 1_000 + 3 * ENVELOPE,
  realmMailboxBytes: 1_500 + 5 * ENVELOPE,
  mailboxesPerSender: 2,
  sendBufferBytes: 1_000_000,
  expireTimeout: 5_000,
};
const mailboxTable = (limits: Partial<MailboxLimits> = {}): MailboxTable => new MailboxTable({ ...LIMITS, ...limits });

describe('MailboxTable', () => {
  it('M24: withdraws one message, wherever it is in its mailbox, and its size', () => {
    const mailboxes = mailboxTable();
    const messages = [offer('ann', 'eve'), offer('bob', 'eve'), offer('ann', 'eve')];
    for (const [now, message] of messages.entries()) mailboxes.put(message, now, { isCopied: true });
    const [first, second, third] = messages as [SignalMessage, SignalMessage, SignalMessage];
    expect([mailboxes.withdraw(second), mailboxes.withdraw(second)]).toEqual([true, false]);
    expect([mailboxes.messageCount, mailboxes.bytes, mailboxes.recipientsOf(peerId('bob'))]).toEqual([2, 2 * ENVELOPE, []]);
    expect(mailboxes.withdraw(first)).toBe(true);
    expect([mailboxes.nextDeadline(), mailboxes.recipientsOf(peerId('ann'))]).toEqual([5_002, ['eve']]);
    expect(mailboxes.withdraw(third)).toBe(true);
    expect([mailboxes.mailboxCount, mailboxes.bytes, mailboxes.nextDeadline()]).toEqual([0, 0, NEVER]);
    expect(mailboxes.withdraw(third)).toBe(false);
  });

  it('O11: returns all held messages once, in order', () => {
    const mailboxes = mailboxTable();
    for (const from of ['ann', 'bob', 'ann']) mailboxes.put(offer(from, 'eve'), 0);
    expect(mailboxes.take(peerId('eve')).map(({ from }) => from)).toEqual(['ann', 'bob', 'ann']);
    expect([mailboxes.take(peerId('eve')), mailboxes.bytes, mailboxes.mailboxCount]).toEqual([[], 0, 0]);
  });

  it('O11: reports how long each message was held', () => {
    const mailboxes = mailboxTable();
    for (const at of [10, 20, 40]) mailboxes.put(offer('ann', 'eve'), at);
    const waits: number[] = [];
    mailboxes.take(peerId('eve'), 50, waits);
    expect(waits).toEqual([40, 30, 10]);
  });

  it('M13: limits the bytes for a peer that is connected to another node', () => {
    const mailboxes = mailboxTable({ sendBufferBytes: 2 * ENVELOPE });
    const outcomes = [1, 2, 3].map(() => mailboxes.put(offer('ann', 'eve'), 0, { isConnected: true }));
    expect(outcomes).toEqual([undefined, undefined, 'buffer']);
  });

  it('M13: limits the messages of a mailbox', () => {
    const mailboxes = mailboxTable();
    expect([1, 2, 3, 4].map(() => mailboxes.put(offer('ann', 'eve'), 0))).toEqual([undefined, undefined, undefined, 'messages']);
  });

  it('M13: limits the bytes of a mailbox, exactly', () => {
    expect(mailboxTable().put(offer('ann', 'eve', 1_000 + 2 * ENVELOPE), 0)).toBeUndefined();
    expect(mailboxTable().put(offer('ann', 'eve', 1_001 + 2 * ENVELOPE), 0)).toBe('bytes');
  });

  it('M13: limits the bytes of the realm', () => {
    const mailboxes = mailboxTable({ realmMailboxBytes: 2 * ENVELOPE });
    expect(['eve', 'fay', 'gil'].map((to, i) => mailboxes.put(offer(`from ${i}`, to), 0))).toEqual([
      undefined,
      undefined,
      'realm',
    ]);
  });

  it('M13: limits the mailboxes of one sender, independently of others', () => {
    const mailboxes = mailboxTable();
    const outcomes = ['eve', 'fay', 'gil', 'eve'].map((to) => mailboxes.put(offer('ann', to), 0));
    expect(outcomes).toEqual([undefined, undefined, 'sender', undefined]);
    expect(mailboxes.put(offer('bob', 'gil'), 0)).toBeUndefined();
  });

  it('M14: expires each message at its own age', () => {
    const mailboxes = mailboxTable();
    mailboxes.put(offer('ann', 'eve'), 0);
    mailboxes.put(offer('bob', 'eve'), 4_600);
    expect(mailboxes.expire(4_999)).toEqual([]);
    expect(mailboxes.expire(5_000)).toEqual([{ from: 'ann', to: 'eve' }]);
    expect([mailboxes.nextDeadline(), mailboxes.take(peerId('eve')).length]).toEqual([9_600, 1]);
  });

  it('M14: returns each expired pair once, and keeps nothing', () => {
    const mailboxes = mailboxTable();
    for (const to of ['eve', 'eve', 'fay']) mailboxes.put(offer('ann', to), 0);
    expect(mailboxes.expire(5_000)).toEqual([
      { from: 'ann', to: 'eve' },
      { from: 'ann', to: 'fay' },
    ]);
    expect([mailboxes.bytes, mailboxes.mailboxCount, mailboxes.nextDeadline()]).toEqual([0, 0, NEVER]);
  });

  it('M14, M23: expires at most `max` messages, and a call with the same time continues without a repeated pair', () => {
    const mailboxes = mailboxTable();
    for (const to of ['eve', 'bob', 'eve']) mailboxes.put(offer('ann', to), 0);
    expect(mailboxes.expire(5_000, 1)).toEqual([{ from: 'ann', to: 'eve' }]);
    expect([mailboxes.messageCount, mailboxes.nextDeadline()]).toEqual([2, 5_000]);
    expect(mailboxes.expire(5_000, 2)).toEqual([{ from: 'ann', to: 'bob' }]);
    expect(mailboxes.messageCount).toBe(0);
    mailboxes.put(offer('ann', 'eve'), 0);
    expect(mailboxes.expire(5_000, 1)).toEqual([{ from: 'ann', to: 'eve' }]);
  });

  it('M13, M14: agrees with a full recount, for any sequence of put, take and expire', () => {
    const id = fc.constantFrom('ann', 'bob', 'eve', 'fay');
    const step = fc.record({
      does: fc.constantFrom('put', 'put', 'put', 'take', 'expire'),
      from: id,
      to: id,
      size: fc.nat(600),
      after: fc.nat(2_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const mailboxes = mailboxTable();
        let expected: { from: string; to: string; bytes: number; at: number }[] = [];
        let now = 0;
        for (const { does, from, to, size, after } of steps) {
          now += after;
          if (does === 'put') {
            const message = offer(from, to, size);
            const bytes = heldMessageBytes(message);
            const same = expected.filter((other) => other.to === to);
            const boxes = new Set(expected.filter((other) => other.from === from).map((other) => other.to)).add(to);
            const fits =
              same.length < LIMITS.mailboxMessages &&
              sum(same) + bytes <= LIMITS.mailboxBytes &&
              sum(expected) + bytes <= LIMITS.realmMailboxBytes &&
              boxes.size <= LIMITS.mailboxesPerSender;
            expect(mailboxes.put(message, now) === undefined).toBe(fits);
            if (fits) expected.push({ from, to, bytes, at: now });
          } else if (does === 'take') {
            const taken = expected.filter((other) => other.to === to);
            expect(mailboxes.take(peerId(to)).map((message) => message.from)).toEqual(taken.map((other) => other.from));
            expected = expected.filter((other) => other.to !== to);
          } else {
            const due = expected.filter((other) => now - other.at >= LIMITS.expireTimeout);
            const pairs = new Set(due.map((other) => `${other.from} ${other.to}`));
            expect(new Set(mailboxes.expire(now).map((pair) => `${pair.from} ${pair.to}`))).toEqual(pairs);
            expected = expected.filter((other) => now - other.at < LIMITS.expireTimeout);
          }
          expect(mailboxes.bytes).toBe(sum(expected));
          expect(mailboxes.mailboxCount).toBe(new Set(expected.map((other) => other.to)).size);
          expect(mailboxes.nextDeadline()).toBe((expected[0]?.at ?? NEVER) + LIMITS.expireTimeout);
        }
      }),
    );
  });
});

function sum(expected: readonly { readonly bytes: number }[]): number {
  return expected.reduce((all, { bytes }) => all + bytes, 0);
}
