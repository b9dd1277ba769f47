import { describe, expect, it } from 'vitest';
import { MemoryMailboxStore } from '../../../../../src/adapters/mailboxes/memory/store.ts';
import { realmKey, type PeerId } from '../../../../../src/domain/ids.ts';
import { mailboxOwner } from '../../../../../src/contracts/mailboxes/fixture.ts';
import { heldMessageBytes, type SignalMessage } from '../../../../../src/domain/message.ts';
import { NEVER } from '../../../../../src/domain/time.ts';

const GREEN = realmKey('green');
const BLUE = realmKey('blue');
const OFFER: SignalMessage = { kind: 'offer', from: 'ann' as PeerId, to: 'bob' as PeerId, payload: new Uint8Array(10) };
const LIMITS = {
  mailboxMessages: 2,
  mailboxBytes: 1e6,
  realmMailboxBytes: 1e6,
  mailboxesPerSender: 9,
  sendBufferBytes: 1_000,
  expireTimeout: 1_000,
};

describe('the memory mailbox store', () => {
  it('M13: answers during the call', () => {
    const answers: unknown[] = [];
    const store = new MemoryMailboxStore(LIMITS);
    for (let message = 0; message < 3; message++) {
      store.put(GREEN, mailboxOwner(GREEN, OFFER.from), OFFER, 0, (outcome) => answers.push(outcome));
    }
    store.take(mailboxOwner(GREEN, OFFER.to), (messages) => answers.push(messages.length));
    store.expire(5_000, (expired) => answers.push(expired.length));
    expect(answers).toEqual(['held', 'held', 'full', 2, 0]);
  });

  it('promise 5: counts the messages of all realms', () => {
    const store = new MemoryMailboxStore(LIMITS);
    for (const realm of [GREEN, GREEN, BLUE]) store.put(realm, mailboxOwner(realm, OFFER.from), OFFER, 0, () => undefined);
    expect(store.usage()).toEqual({ mailboxes: 2, bytes: 3 * heldMessageBytes(OFFER) });
    store.take(mailboxOwner(GREEN, OFFER.to), () => undefined);
    expect(store.usage()).toEqual({ mailboxes: 1, bytes: heldMessageBytes(OFFER) });
    store.expire(1_000, () => undefined);
    expect(store.usage()).toEqual({ mailboxes: 0, bytes: 0 });
  });

  it('M14: returns the earliest deadline of all realms', () => {
    const store = new MemoryMailboxStore(LIMITS);
    expect(store.nextDeadline()).toBe(NEVER);
    store.put(GREEN, mailboxOwner(GREEN, OFFER.from), OFFER, 70, () => undefined);
    store.put(BLUE, mailboxOwner(BLUE, OFFER.from), OFFER, 80, () => undefined);
    expect(store.nextDeadline()).toBe(1_070);
    store.take(mailboxOwner(GREEN, OFFER.to), () => undefined);
    expect(store.nextDeadline()).toBe(1_080);
  });
});
