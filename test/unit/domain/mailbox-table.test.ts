import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailboxTable, type MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { heldMessageBytes, type SignalMessage } from '../../../src/domain/message.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { peerId } from './session-fixture.ts';

const letter = (from: string, to: string, size = 0): SignalMessage => ({
  kind: 'offer',
  from: peerId(from),
  to: peerId(to),
  payload: new Uint8Array(size),
});
const ENVELOPE = heldMessageBytes(letter('a', 'b'));
const LIMITS: MailboxLimits = {
  mailboxMessages: 3,
  mailboxBytes: 1_000 + 3 * ENVELOPE,
  realmMailboxBytes: 1_500 + 5 * ENVELOPE,
  mailboxesPerSender: 2,
  sendBufferBytes: 1_000_000,
  expireTimeout: 5_000,
};
const room = (limits: Partial<MailboxLimits> = {}): MailboxTable => new MailboxTable({ ...LIMITS, ...limits });

describe('the mailroom', () => {
  it('O11: gives all that waits, in order, once', () => {
    const mailroom = room();
    for (const from of ['ann', 'bob', 'ann']) mailroom.put(letter(from, 'eve'), 0);
    expect(mailroom.take(peerId('eve')).map(({ from }) => from)).toEqual(['ann', 'bob', 'ann']);
    expect([mailroom.take(peerId('eve')), mailroom.bytes, mailroom.mailboxCount]).toEqual([[], 0, 0]);
  });

  it('M13: bounds the messages of a mailbox', () => {
    const mailroom = room();
    expect([1, 2, 3, 4].map(() => mailroom.put(letter('ann', 'eve'), 0))).toEqual([true, true, true, false]);
  });

  it('M13: bounds the bytes of a mailbox, to the last one', () => {
    expect(room().put(letter('ann', 'eve', 1_000 + 2 * ENVELOPE), 0)).toBe(true);
    expect(room().put(letter('ann', 'eve', 1_001 + 2 * ENVELOPE), 0)).toBe(false);
  });

  it('M13: bounds the bytes of the realm', () => {
    const mailroom = room({ realmMailboxBytes: 2 * ENVELOPE });
    expect(['eve', 'fay', 'gil'].map((to, i) => mailroom.put(letter(`from ${i}`, to), 0))).toEqual([true, true, false]);
  });

  it('M13: bounds the mailboxes of a sender, not of others', () => {
    const mailroom = room();
    expect(['eve', 'fay', 'gil', 'eve'].map((to) => mailroom.put(letter('ann', to), 0))).toEqual([true, true, false, true]);
    expect(mailroom.put(letter('bob', 'gil'), 0)).toBe(true);
  });

  it('M14: a message expires at its own age', () => {
    const mailroom = room();
    mailroom.put(letter('ann', 'eve'), 0);
    mailroom.put(letter('bob', 'eve'), 4_600);
    expect(mailroom.expire(4_999)).toEqual([]);
    expect(mailroom.expire(5_000)).toEqual([{ from: 'ann', to: 'eve' }]);
    expect([mailroom.nextDeadline(), mailroom.take(peerId('eve')).length]).toEqual([9_600, 1]);
  });

  it('M14: tells each pair once, and leaves nothing', () => {
    const mailroom = room();
    for (const to of ['eve', 'eve', 'fay']) mailroom.put(letter('ann', to), 0);
    expect(mailroom.expire(5_000)).toEqual([
      { from: 'ann', to: 'eve' },
      { from: 'ann', to: 'fay' },
    ]);
    expect([mailroom.bytes, mailroom.mailboxCount, mailroom.nextDeadline()]).toEqual([0, 0, NEVER]);
  });

  it('M13, M14: counts like somebody who counts everything anew, whatever comes, is taken and expires', () => {
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
        const mailroom = room();
        let waiting: { from: string; to: string; bytes: number; at: number }[] = [];
        let now = 0;
        for (const { does, from, to, size, after } of steps) {
          now += after;
          if (does === 'put') {
            const message = letter(from, to, size);
            const bytes = heldMessageBytes(message);
            const same = waiting.filter((other) => other.to === to);
            const boxes = new Set(waiting.filter((other) => other.from === from).map((other) => other.to)).add(to);
            const fits =
              same.length < LIMITS.mailboxMessages &&
              sum(same) + bytes <= LIMITS.mailboxBytes &&
              sum(waiting) + bytes <= LIMITS.realmMailboxBytes &&
              boxes.size <= LIMITS.mailboxesPerSender;
            expect(mailroom.put(message, now)).toBe(fits);
            if (fits) waiting.push({ from, to, bytes, at: now });
          } else if (does === 'take') {
            const taken = waiting.filter((other) => other.to === to);
            expect(mailroom.take(peerId(to)).map((message) => message.from)).toEqual(taken.map((other) => other.from));
            waiting = waiting.filter((other) => other.to !== to);
          } else {
            const due = waiting.filter((other) => now - other.at >= LIMITS.expireTimeout);
            const pairs = new Set(due.map((other) => `${other.from} ${other.to}`));
            expect(new Set(mailroom.expire(now).map((pair) => `${pair.from} ${pair.to}`))).toEqual(pairs);
            waiting = waiting.filter((other) => now - other.at < LIMITS.expireTimeout);
          }
          expect(mailroom.bytes).toBe(sum(waiting));
          expect(mailroom.mailboxCount).toBe(new Set(waiting.map((other) => other.to)).size);
          expect(mailroom.nextDeadline()).toBe((waiting[0]?.at ?? NEVER) + LIMITS.expireTimeout);
        }
      }),
    );
  });
});

function sum(waiting: readonly { readonly bytes: number }[]): number {
  return waiting.reduce((all, { bytes }) => all + bytes, 0);
}
