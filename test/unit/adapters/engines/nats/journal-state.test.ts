import { describe, expect, it } from 'vitest';
import { JournalState } from '../../../../../src/adapters/engines/nats/journal-state.ts';
import { positionOf } from '../../../../../src/adapters/engines/nats/pending-messages.ts';
import { connectionId, nodeId, type PeerId } from '../../../../../src/domain/ids.ts';

const LIMITS = {
  ...{
    mailboxMessages: 10,
    mailboxBytes: 10_000,
    realmMailboxBytes: 10_000,
    mailboxesPerSender: 10,
    sendBufferBytes: 10_000,
    expireTimeout: 5_000,
  },
  lease: 3_000,
};
const [here, elsewhere] = [nodeId('here'), nodeId('elsewhere')];
const [ann, bob] = ['ann', 'bob'] as [PeerId, PeerId];
const [first, second] = [connectionId(1, 0), connectionId(2, 0)];
const BAG = 2;

/** Ann was elsewhere and went; then mail of hers was taken here. @param isErased the letter, before all this was read. */
function reading(isErased: boolean, takenElsewhere: number | undefined): JournalState {
  const ledger = new JournalState({ ...LIMITS, node: here });
  const written = (revision: number): { revision: number; at: number } => ({ revision, at: revision });
  ledger.applyClaim(ann, { owner: { node: elsewhere, connection: first, digest: '' }, changeId: '1' }, written(1));
  const letter = { from: bob, to: ann, sender: undefined, kind: 'offer', payload: undefined } as const;
  if (!isErased) ledger.applyBatch({ of: 'bag', messageId: '2', author: here }, [letter, letter, letter], written(BAG));
  if (takenElsewhere !== undefined) {
    ledger.applyRemoval(ann, { node: elsewhere, connection: first, upTo: positionOf(BAG, takenElsewhere) }, written(3));
  }
  ledger.applyClaim(ann, { owner: undefined, changeId: '4' }, written(4));
  ledger.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(BAG, 2) }, written(5));
  return ledger;
}

describe('what a node has taken', () => {
  it.each([true, false])('O11: is what nobody had taken before, as far as it stands there or not (erased: %s)', (isErased) => {
    expect(reading(isErased, undefined).takePreviousPosition(5)).toBe(0);
    expect(reading(isErased, 1).takePreviousPosition(5)).toBe(positionOf(BAG, 1));
    expect(reading(isErased, 2).takePreviousPosition(5)).toBe(positionOf(BAG, 2));
  });

  it('O11: is nothing where another owns the id', () => {
    const ledger = reading(false, undefined);
    ledger.applyClaim(ann, { owner: { node: elsewhere, connection: first, digest: '' }, changeId: '6' }, { revision: 6, at: 6 });
    ledger.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(BAG, 2) }, { revision: 7, at: 7 });
    expect(ledger.takePreviousPosition(7)).toBeUndefined();
  });

  it('O11: is nothing where the position is of a stream that the engine has forgotten: what waits now is not taken', () => {
    const ledger = new JournalState({ ...LIMITS, node: here });
    const written = (revision: number): { revision: number; at: number } => ({ revision, at: revision });
    const letter = { from: bob, to: ann, sender: undefined, kind: 'offer', payload: undefined } as const;
    ledger.finishInitialRead(new JournalState({ ...LIMITS, node: here }), false);
    ledger.applyBatch({ of: 'bag', messageId: '2', author: here }, [letter], written(1));
    ledger.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(1_500, 0) }, written(2));
    ledger.applyBatch({ of: 'bag', messageId: '3', author: here }, [letter], written(3));
    expect([ledger.takePreviousPosition(2), ledger.messages.for(ann).length]).toEqual([undefined, 2]);
    ledger.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(3, 0) }, written(4));
    expect([ledger.takePreviousPosition(4), ledger.messages.for(ann).length]).toEqual([0, 0]);
  });

  it('is told once', () => {
    const ledger = reading(false, 1);
    expect([ledger.takePreviousPosition(5), ledger.takePreviousPosition(5)]).toEqual([positionOf(BAG, 1), undefined]);
  });
});

describe('the room of a realm', () => {
  it('O6: is counted for the nodes that live', () => {
    const ledger = new JournalState({ ...LIMITS, node: here });
    const owner = (node: typeof here) => ({ node, connection: first, digest: '' });
    ledger.applyClaim(ann, { owner: owner(here), changeId: '1' }, { revision: 1, at: 1_000 });
    ledger.applyClaim(bob, { owner: owner(elsewhere), changeId: '2' }, { revision: 2, at: 1_000 });
    expect(ledger.activeClaimCount).toBe(2);
    ledger.applyClaim(ann, { owner: owner(elsewhere), changeId: '3' }, { revision: 3, at: 2_000 });
    ledger.applyClaim(bob, { owner: undefined, changeId: '4' }, { revision: 4, at: 2_000 });
    expect(ledger.activeClaimCount).toBe(1);
    ledger.applyTick({ revision: 5, at: 2_000 + LIMITS.lease });
    expect([ledger.activeClaimCount, ledger.claimCount]).toEqual([0, 1]);
  });
});

describe('how the lease of a node was kept', () => {
  const says = (ledger: JournalState, ...times: readonly number[]): JournalState => {
    for (const at of times) ledger.applyLease(here, { revision: at, at });
    return ledger;
  };
  const begun = (before: JournalState, ...times: readonly number[]): JournalState => {
    const ledger = says(new JournalState({ ...LIMITS, node: here }, before), ...times);
    ledger.finishInitialRead(before, true);
    return ledger;
  };
  const empty = (): JournalState => new JournalState({ ...LIMITS, node: here });

  it('is told once, though it was prolonged again before somebody asked', () => {
    const ledger = begun(empty());
    says(ledger, 1, 2);
    expect([ledger.takeLeaseOutcome(), ledger.takeLeaseOutcome()]).toEqual(['unknown', 'kept']);
    says(ledger, 2 + LIMITS.lease, 3 + LIMITS.lease);
    expect([ledger.takeLeaseOutcome(), ledger.takeLeaseOutcome()]).toEqual(['lapsed', 'kept']);
  });

  it('is told of what another reading had read and not told, and of what it had not read, and of nothing twice', () => {
    const before = says(begun(empty()), 1);
    expect(begun(before, 1, 2).takeLeaseOutcome()).toBe('unknown');
    expect(before.takeLeaseOutcome()).toBe('unknown');
    expect(begun(before, 1).takeLeaseOutcome()).toBe('kept');
    expect(begun(before, 1, 1 + LIMITS.lease, 2 + LIMITS.lease).takeLeaseOutcome()).toBe('lapsed');
  });

  it('is unknown to an engine that has forgotten all, whatever time that says it is', () => {
    const before = says(begun(empty()), 1_000);
    before.takeLeaseOutcome();
    expect(says(begun(before), 10, 20).takeLeaseOutcome()).toBe('unknown');
  });

  it('says nothing of other nodes', () => {
    const ledger = begun(empty());
    ledger.applyLease(elsewhere, { revision: 1, at: 1 });
    expect(ledger.takeLeaseOutcome()).toBe('kept');
  });
});
