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

/** A journal in which others write, too. */
function journal() {
  const ledger = new JournalState({ ...LIMITS, node: nodeId('here'), lease: 1_000 });
  let revision = 0;
  const stands = (seat: ClaimEntry): number => {
    ledger.applyClaim(ANN, seat, { revision: ++revision, at: 0 });
    return revision;
  };
  const appends: (number | undefined)[] = [];
  const parts = {
    ...{
      state: ledger,
      ready: Promise.resolve(),
      flush: () => Promise.resolve(0),
      timeOverride: undefined,
      nextMessageId: () => `here=${revision}`,
      onFault: expect.fail,
    },
    waitFor: () => Promise.resolve(),
    append({ body, expectedRevision }: JournalEntry): Promise<AppendResult> {
      appends.push(expectedRevision);
      if (expectedRevision !== (ledger.claim(ANN)?.revision ?? 0)) return Promise.resolve({ instead: revision });
      const seat = decodeClaim(body);
      return Promise.resolve('why' in seat ? 'failed' : { at: stands(seat) });
    },
  };
  return { seats: new ClaimTable(parts as unknown as Journal), ledger, stands, appends };
}

describe('a change of a seat', () => {
  it('is made for the state that it was decided for, whatever is read between', async () => {
    const { seats, ledger, stands, appends } = journal();
    stands({ owner: owner('here'), changeId: 'a' });
    let asked = 0;
    const changed = await seats.update(ANN, async (now) => {
      const freed = now.released(ANN, owner('here'));
      // Somebody else is let in, and that is read, before the change leaves.
      if (++asked === 1) await Promise.resolve().then(() => stands({ owner: owner('there'), changeId: 'b' }));
      return freed;
    });
    expect([changed, asked, appends]).toEqual(['left', 2, []]);
    expect(ledger.claim(ANN)?.owner).toEqual(owner('there'));
  });

  it('changes of one id wait for each other', async () => {
    const { seats, ledger } = journal();
    const all = ['a', 'b', 'c'].map((node) => seats.update(ANN, () => ({ owner: owner(node) })));
    expect(await Promise.all(all)).toEqual(['changed', 'changed', 'changed']);
    expect(ledger.claim(ANN)).toMatchObject({ owner: owner('c'), revision: 3 });
    expect(seats.isUpdating(ANN)).toBe(false);
  });

  it('is made again where another one came first, and left where nothing is to change any more', async () => {
    const { seats, ledger, stands, appends } = journal();
    let asked = 0;
    const changed = seats.update(ANN, (now) => {
      if (++asked > 1) return now.released(ANN, owner('here'));
      return { owner: owner('here'), collected: 0 };
    });
    stands({ owner: owner('there'), changeId: 'b' });
    expect(await changed).toBe('changed');
    expect([ledger.claim(ANN)?.owner?.node, appends]).toEqual(['here', [1]]);
  });

  it('that goes wrong hinders no other', async () => {
    const { seats, ledger } = journal();
    const faults: unknown[] = [];
    Object.assign(seats.journal, { onFault: (error: unknown) => faults.push(error) });
    const broken = seats.update(ANN, () => Promise.reject(new Error('no payload')));
    expect([await broken, await seats.update(ANN, () => ({ owner: owner('here') }))]).toEqual(['failed', 'changed']);
    expect([faults.length, ledger.claim(ANN)?.owner]).toEqual([1, owner('here')]);
  });
});
