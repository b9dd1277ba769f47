import { describe, expect, it } from 'vitest';
import { Mailbox, type HeldMessage } from '../../../src/domain/mailbox.ts';
import { peerId } from './session-fixture.ts';

const held = (from: string, bytes = 10): HeldMessage => ({
  message: { kind: 'offer', from: peerId(from), to: peerId('eve'), payload: undefined },
  bytes,
  arrivedAt: 0,
  address: undefined,
  older: undefined,
  newer: undefined,
});

describe('Mailbox', () => {
  it('M13: counts messages, bytes and senders', () => {
    const mailbox = new Mailbox();
    mailbox.add(held('ann', 1));
    mailbox.add(held('bob', 2));
    expect([mailbox.messages.length, mailbox.bytes, [...mailbox.senders()]]).toEqual([2, 3, ['ann', 'bob']]);
  });

  it('M14: reports when a sender has no other message in the mailbox', () => {
    const mailbox = new Mailbox();
    for (const from of ['ann', 'bob', 'ann']) mailbox.add(held(from));
    const last = [mailbox.removeOldest(), mailbox.hasMessagesFrom(peerId('ann')), mailbox.removeOldest(), mailbox.removeOldest()];
    expect([last, mailbox.bytes, [...mailbox.senders()]]).toEqual([[false, true, true, true], 0, []]);
  });

  it('returns false if it is empty', () => {
    expect(new Mailbox().removeOldest()).toBe(false);
  });
});
