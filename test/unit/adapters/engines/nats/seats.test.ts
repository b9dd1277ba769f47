import { describe, expect, it } from 'vitest';
import { readSeat, type Seat } from '../../../../../src/adapters/engines/nats/entries.ts';
import type { Journal } from '../../../../../src/adapters/engines/nats/journal.ts';
import { Ledger } from '../../../../../src/adapters/engines/nats/ledger.ts';
import { Seats } from '../../../../../src/adapters/engines/nats/seats.ts';
import type { Appended, Entry } from '../../../../../src/adapters/engines/nats/writer.ts';
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
  const ledger = new Ledger({ ...LIMITS, node: nodeId('here'), lease: 1_000 });
  let revision = 0;
  const stands = (seat: Seat): number => {
    ledger.readSeat(ANN, seat, { revision: ++revision, at: 0 });
    return revision;
  };
  const appends: (number | undefined)[] = [];
  const parts = {
    ...{
      ledger,
      ready: Promise.resolve(),
      posted: () => Promise.resolve(0),
      stamp: undefined,
      nextTicket: () => `here=${revision}`,
      onFault: expect.fail,
    },
    reads: () => Promise.resolve(),
    append({ body, expected }: Entry): Promise<Appended> {
      appends.push(expected);
      if (expected !== (ledger.seat(ANN)?.revision ?? 0)) return Promise.resolve({ instead: revision });
      const seat = readSeat(body);
      return Promise.resolve('why' in seat ? 'failed' : { at: stands(seat) });
    },
  };
  return { seats: new Seats(parts as unknown as Journal), ledger, stands, appends };
}

describe('a change of a seat', () => {
  it('is made for the state that it was decided for, whatever is read between', async () => {
    const { seats, ledger, stands, appends } = journal();
    stands({ owner: owner('here'), by: 'a' });
    let asked = 0;
    const changed = await seats.change(ANN, async (now) => {
      const freed = now.freed(ANN, owner('here'));
      // Somebody else is let in, and that is read, before the change leaves.
      if (++asked === 1) await Promise.resolve().then(() => stands({ owner: owner('there'), by: 'b' }));
      return freed;
    });
    expect([changed, asked, appends]).toEqual(['left', 2, []]);
    expect(ledger.seat(ANN)?.owner).toEqual(owner('there'));
  });

  it('changes of one id wait for each other', async () => {
    const { seats, ledger } = journal();
    const all = ['a', 'b', 'c'].map((node) => seats.change(ANN, () => ({ owner: owner(node) })));
    expect(await Promise.all(all)).toEqual(['changed', 'changed', 'changed']);
    expect(ledger.seat(ANN)).toMatchObject({ owner: owner('c'), revision: 3 });
    expect(seats.isChanging(ANN)).toBe(false);
  });

  it('is made again where another one came first, and left where nothing is to change any more', async () => {
    const { seats, ledger, stands, appends } = journal();
    let asked = 0;
    const changed = seats.change(ANN, (now) => {
      if (++asked > 1) return now.freed(ANN, owner('here'));
      return { owner: owner('here'), collected: 0 };
    });
    stands({ owner: owner('there'), by: 'b' });
    expect(await changed).toBe('changed');
    expect([ledger.seat(ANN)?.owner?.node, appends]).toEqual(['here', [1]]);
  });

  it('that goes wrong hinders no other', async () => {
    const { seats, ledger } = journal();
    const faults: unknown[] = [];
    Object.assign(seats.journal, { onFault: (error: unknown) => faults.push(error) });
    const broken = seats.change(ANN, () => Promise.reject(new Error('no payload')));
    expect([await broken, await seats.change(ANN, () => ({ owner: owner('here') }))]).toEqual(['failed', 'changed']);
    expect([faults.length, ledger.seat(ANN)?.owner]).toEqual([1, owner('here')]);
  });
});
