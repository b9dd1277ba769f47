import { describe, expect, it } from 'vitest';
import { Mailbox, type Held } from '../../../src/domain/mailbox.ts';
import { peerId } from './sessions.ts';

const held = (from: string, bytes = 10): Held => ({
  message: { kind: 'offer', from: peerId(from), to: peerId('eve'), payload: undefined },
  bytes,
  arrivedAt: 0,
  address: undefined,
  older: undefined,
  younger: undefined,
});

describe('a mailbox', () => {
  it('M13: counts messages, bytes and senders', () => {
    const mailbox = new Mailbox();
    mailbox.add(held('ann', 1));
    mailbox.add(held('bob', 2));
    expect([mailbox.held.length, mailbox.bytes, [...mailbox.senders()]]).toEqual([2, 3, ['ann', 'bob']]);
  });

  it('M14: says when a sender has nothing else here', () => {
    const mailbox = new Mailbox();
    for (const from of ['ann', 'bob', 'ann']) mailbox.add(held(from));
    const last = [mailbox.dropOldest(), mailbox.holdsFor(peerId('ann')), mailbox.dropOldest(), mailbox.dropOldest()];
    expect([last, mailbox.bytes, [...mailbox.senders()]]).toEqual([[false, true, true, true], 0, []]);
  });

  it('has nothing to drop when it is empty', () => {
    expect(new Mailbox().dropOldest()).toBe(false);
  });
});
