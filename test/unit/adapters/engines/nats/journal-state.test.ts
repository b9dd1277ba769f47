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
const BATCH = 2;

/**
 * Ann disconnected elsewhere; then her mailbox was collected here.
 * @param isDeleted whether the batch was deleted before the read.
 */
function stateAfterRemoval(isDeleted: boolean, removedElsewhere: number | undefined): JournalState {
  const state = new JournalState({ ...LIMITS, node: here });
  const at = (revision: number): { revision: number; at: number } => ({ revision, at: revision });
  state.applyClaim(ann, { owner: { node: elsewhere, connection: first, digest: '' }, changeId: '1' }, at(1));
  const message = { from: bob, to: ann, sender: undefined, kind: 'offer', payload: undefined } as const;
  if (!isDeleted) state.applyBatch({ kind: 'batch', messageId: '2', author: here }, [message, message, message], at(BATCH));
  if (removedElsewhere !== undefined) {
    state.applyRemoval(ann, { node: elsewhere, connection: first, upTo: positionOf(BATCH, removedElsewhere) }, at(3));
  }
  state.applyClaim(ann, { owner: undefined, changeId: '4' }, at(4));
  state.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(BATCH, 2), changeId: '5' }, at(5));
  return state;
}

describe('a removal', () => {
  it.each([true, false])('O11: covers only messages that no node removed before (batch deleted: %s)', (isDeleted) => {
    expect(stateAfterRemoval(isDeleted, undefined).takePreviousPosition('5')).toBe(0);
    expect(stateAfterRemoval(isDeleted, 1).takePreviousPosition('5')).toBe(positionOf(BATCH, 1));
    expect(stateAfterRemoval(isDeleted, 2).takePreviousPosition('5')).toBe(positionOf(BATCH, 2));
  });

  it('O11: is invalid if another connection owns the id', () => {
    const state = stateAfterRemoval(false, undefined);
    state.applyClaim(ann, { owner: { node: elsewhere, connection: first, digest: '' }, changeId: '6' }, { revision: 6, at: 6 });
    const removal = { node: here, connection: second, upTo: positionOf(BATCH, 2), changeId: '7' };
    state.applyRemoval(ann, removal, { revision: 7, at: 7 });
    expect(state.takePreviousPosition('7')).toBeUndefined();
  });

  it('O11: is invalid if another connection owns the id, also after the lease of its node', () => {
    const state = new JournalState({ ...LIMITS, node: here });
    const at = (revision: number, time = revision): { revision: number; at: number } => ({ revision, at: time });
    const message = { from: bob, to: ann, sender: undefined, kind: 'offer', payload: undefined } as const;
    state.applyClaim(ann, { owner: { node: elsewhere, connection: first, digest: '' }, changeId: '1' }, at(1));
    state.applyBatch({ kind: 'batch', messageId: '2', author: here }, [message], at(BATCH));
    state.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(BATCH, 0) }, at(3, 2 * LIMITS.lease));
    expect(state.messages.for(ann)).toHaveLength(1);
  });

  it('O11: has an unknown result in a later reading that does not know the claims before it', () => {
    const message = { from: bob, to: ann, sender: undefined, kind: 'offer', payload: undefined } as const;
    const removal = { node: here, connection: first, upTo: positionOf(BATCH, 0), changeId: '3' };
    const at = (revision: number): { revision: number; at: number } => ({ revision, at: revision });
    const read = (isClaimKept: boolean): JournalState => {
      const state = new JournalState({ ...LIMITS, node: here });
      const owner = { node: here, connection: first, digest: '' };
      if (isClaimKept) state.applyClaim(ann, { owner, changeId: '1' }, at(1));
      state.applyBatch({ kind: 'batch', messageId: '2', author: here }, [message], at(BATCH));
      state.applyRemoval(ann, removal, at(3));
      return state;
    };
    expect([read(true), read(false)].map((state) => state.takePreviousPosition('3'))).toEqual([0, 'unknown']);
  });

  it('O11: counts once if its entry is written twice', () => {
    const state = stateAfterRemoval(false, undefined);
    const removal = { node: here, connection: second, upTo: positionOf(BATCH, 2), changeId: '5' };
    state.applyRemoval(ann, removal, { revision: 6, at: 6 });
    expect(state.takePreviousPosition('5')).toBe(0);
  });

  it('O11: is invalid if its position belongs to a previous stream: waiting messages stay', () => {
    const state = new JournalState({ ...LIMITS, node: here });
    const at = (revision: number): { revision: number; at: number } => ({ revision, at: revision });
    const message = { from: bob, to: ann, sender: undefined, kind: 'offer', payload: undefined } as const;
    state.finishInitialRead(new JournalState({ ...LIMITS, node: here }), false);
    state.applyBatch({ kind: 'batch', messageId: '2', author: here }, [message], at(1));
    state.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(1_500, 0), changeId: '2' }, at(2));
    state.applyBatch({ kind: 'batch', messageId: '3', author: here }, [message], at(3));
    expect([state.takePreviousPosition('2'), state.messages.for(ann).length]).toEqual([undefined, 2]);
    state.applyRemoval(ann, { node: here, connection: second, upTo: positionOf(3, 0), changeId: '4' }, at(4));
    expect([state.takePreviousPosition('4'), state.messages.for(ann).length]).toEqual([0, 0]);
  });

  it('returns the previous position once', () => {
    const state = stateAfterRemoval(false, 1);
    expect([state.takePreviousPosition('5'), state.takePreviousPosition('5')]).toEqual([positionOf(BATCH, 1), undefined]);
  });
});

describe('the limit of a realm', () => {
  it('O6: counts the claims of live nodes', () => {
    const state = new JournalState({ ...LIMITS, node: here });
    const owner = (node: typeof here) => ({ node, connection: first, digest: '' });
    state.applyClaim(ann, { owner: owner(here), changeId: '1' }, { revision: 1, at: 1_000 });
    state.applyClaim(bob, { owner: owner(elsewhere), changeId: '2' }, { revision: 2, at: 1_000 });
    expect(state.activeClaimCount(ann)).toBe(2);
    state.applyClaim(ann, { owner: owner(elsewhere), changeId: '3' }, { revision: 3, at: 2_000 });
    state.applyClaim(bob, { owner: undefined, changeId: '4' }, { revision: 4, at: 2_000 });
    expect(state.activeClaimCount(ann)).toBe(1);
    state.applyTick({ revision: 5, at: 2_000 + LIMITS.lease });
    expect([state.activeClaimCount(ann), state.claimCount(ann)]).toEqual([0, 1]);
  });
});

describe('the outcome of lease renewals', () => {
  const renew = (state: JournalState, ...times: readonly number[]): JournalState => {
    for (const at of times) state.applyLease(here, { revision: at, at });
    return state;
  };
  const reread = (before: JournalState, ...times: readonly number[]): JournalState => {
    const state = renew(new JournalState({ ...LIMITS, node: here }, before), ...times);
    state.finishInitialRead(before, true);
    return state;
  };
  const empty = (): JournalState => new JournalState({ ...LIMITS, node: here });

  it('is reported once, also after a later renewal', () => {
    const state = reread(empty());
    renew(state, 1, 2);
    expect([state.takeLeaseOutcome(), state.takeLeaseOutcome()]).toEqual(['unknown', 'kept']);
    renew(state, 2 + LIMITS.lease, 3 + LIMITS.lease);
    expect([state.takeLeaseOutcome(), state.takeLeaseOutcome()]).toEqual(['lapsed', 'kept']);
  });

  it('is taken over from the previous reading if unreported, and is never reported twice', () => {
    const before = renew(reread(empty()), 1);
    expect(reread(before, 1, 2).takeLeaseOutcome()).toBe('unknown');
    expect(before.takeLeaseOutcome()).toBe('unknown');
    expect(reread(before, 1).takeLeaseOutcome()).toBe('kept');
    expect(reread(before, 1, 1 + LIMITS.lease, 2 + LIMITS.lease).takeLeaseOutcome()).toBe('lapsed');
  });

  it('is unknown after a loss of all data, also if the clock was set back', () => {
    const before = renew(reread(empty()), 1_000);
    before.takeLeaseOutcome();
    expect(renew(reread(before), 10, 20).takeLeaseOutcome()).toBe('unknown');
  });

  it('ignores other nodes', () => {
    const state = reread(empty());
    state.applyLease(elsewhere, { revision: 1, at: 1 });
    expect(state.takeLeaseOutcome()).toBe('kept');
  });
});
