import { describe, expect, it } from 'vitest';
import { MemoryMailboxStore } from '../../../../src/adapters/mailboxes/memory/store.ts';
import { defaultConfig } from '../../../../src/composition/configuration/config.ts';
import type { MailboxStore } from '../../../../src/application/ports/mailbox-store.ts';
import { inspectPeer } from '../../../../src/application/use-cases/inspect-peer.ts';
import type { PeerDetails } from '../../../../src/application/ports/operations.ts';
import { realmKey, type PeerId } from '../../../../src/domain/ids.ts';
import { TestBroker } from '../../../support/test-broker.ts';

describe('inspecting a peer', () => {
  it('ADM2: answers nothing for a peer that is not here', () => {
    let answers = 0;
    new TestBroker().broker.operations.peer({ realm: 'peerjs', id: 'ann' }, (details) => {
      answers += 1;
      expect(details).toBeUndefined();
    });
    expect(answers).toBe(1);
  });

  it('ADM2: tells what waits in the mailbox, if the store can tell', () => {
    const store = new MemoryMailboxStore(defaultConfig());
    const [realm, ann, bob] = [realmKey('peerjs'), 'ann' as PeerId, 'bob' as PeerId];
    store.put(realm, undefined, { kind: 'offer', from: bob, to: ann, payload: undefined, owner: undefined }, 0, () => undefined);
    expect(waitingIn(store)).toEqual({ messages: 1, bytes: expect.any(Number) });
    expect(waitingIn({})).toBeUndefined();
  });
});

/** The mailbox of a peer, with this store in place of the one of the broker. */
function waitingIn(mailboxes: Pick<MailboxStore, 'measure'>): PeerDetails['waiting'] {
  const session = { realm: { key: 'peerjs', liveness: { idleTimeOf: () => 0 } }, id: 'ann', traits: {}, grant: {} };
  const realm = { find: () => session };
  const parts = { realms: { find: () => realm }, connections: { find: () => ({ dialect: {} }) }, clock: { now: () => 0 } };
  let waiting: PeerDetails['waiting'];
  const inspect = inspectPeer({ ...parts, mailboxes } as never);
  inspect({ realm: 'peerjs', id: 'ann' }, (details) => (waiting = details?.waiting));
  return waiting;
}
