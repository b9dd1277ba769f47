import { describe, expect, it } from 'vitest';
import { decodeClaim, type ClaimEntry } from '../../../../../src/adapters/engines/nats/entries.ts';
import type { Journal } from '../../../../../src/adapters/engines/nats/journal.ts';
import { JournalState } from '../../../../../src/adapters/engines/nats/journal-state.ts';
import { ClaimTable } from '../../../../../src/adapters/engines/nats/claim-table.ts';
import type { AppendResult, JournalEntry } from '../../../../../src/adapters/engines/nats/entry-writer.ts';
import { connectionId, nodeId, type PeerId } from '../../../../../src/domain/ids.ts';

const ANN = 'ann' as PeerId;
const LIMITS = {
  mailboxMessages: 9,
  mailboxBytes: 9,
  realmMailboxBytes: 9,
  mailboxesPerSender: 9,
  sendBufferBytes: 1_000,
  expireTimeout: 9,
};
const owner = (node: string) => ({ node: nodeId(node), connection: connectionId(1, 0), digest: 'hers' });

/** A journal with other writers. */
function journal() {
  const state = new JournalState({ ...LIMITS, node: nodeId('here'), lease: 1_000 });
  let revision = 0;
  const store = (claim: ClaimEntry): number => {
    state.applyClaim(ANN, claim, { revision: ++revision, at: 0 });
    return revision;
  };
  const appends: (number | undefined)[] = [];
  const parts = {
    ...{
      state,
      ready: Promise.resolve(),
      flush: () => Promise.resolve(0),
      timeOverride: undefined,
      nextMessageId: () => `here=${revision}`,
      onFault: expect.fail,
    },
    waitFor: () => Promise.resolve(),
    append({ body, expectedRevision }: JournalEntry): Promise<AppendResult> {
      appends.push(expectedRevision);
      if (expectedRevision !== (state.claim(ANN)?.revision ?? 0)) return Promise.resolve({ conflict: revision });
      const claim = decodeClaim(body);
      return Promise.resolve('why' in claim ? 'failed' : { revision: store(claim) });
    },
  };
  return { table: new ClaimTable(parts as unknown as Journal), state, store, appends };
}

describe('an update of a claim', () => {
  it('is written only for the state on which it was decided', async () => {
    const { table, state, store, appends } = journal();
    store({ owner: owner('here'), changeId: 'a' });
    let asked = 0;
    const changed = await table.update(ANN, async (now) => {
      const freed = now.released(ANN, owner('here'));
      // Another node claims the id, and this entry is read, before the update is written.
      if (++asked === 1) await Promise.resolve().then(() => store({ owner: owner('there'), changeId: 'b' }));
      return freed;
    });
    expect([changed, asked, appends]).toEqual(['unchanged', 2, []]);
    expect(state.claim(ANN)?.owner).toEqual(owner('there'));
  });

  it('waits for earlier updates of the same id', async () => {
    const { table, state } = journal();
    const all = ['a', 'b', 'c'].map((node) => table.update(ANN, () => ({ owner: owner(node) })));
    expect(await Promise.all(all)).toEqual(['changed', 'changed', 'changed']);
    expect(state.claim(ANN)).toMatchObject({ owner: owner('c'), revision: 3 });
    expect(table.isUpdating(ANN)).toBe(false);
  });

  it('is decided again after a concurrent change, and dropped if there is nothing to change', async () => {
    const { table, state, store, appends } = journal();
    let asked = 0;
    const changed = table.update(ANN, (now) => {
      if (++asked > 1) return now.released(ANN, owner('here'));
      return { owner: owner('here'), collected: 0 };
    });
    store({ owner: owner('there'), changeId: 'b' });
    expect(await changed).toBe('changed');
    expect([state.claim(ANN)?.owner?.node, appends]).toEqual(['here', [1]]);
  });

  it('that fails does not block the next', async () => {
    const { table, state } = journal();
    const faults: unknown[] = [];
    Object.assign(table.journal, { onFault: (error: unknown) => faults.push(error) });
    const broken = table.update(ANN, () => Promise.reject(new Error('no payload')));
    expect([await broken, await table.update(ANN, () => ({ owner: owner('here') }))]).toEqual(['failed', 'changed']);
    expect(faults.map(String)).toEqual(['RequestError: NATS: update the claim of "ann": no payload']);
    expect(state.claim(ANN)?.owner).toEqual(owner('here'));
  });
});
