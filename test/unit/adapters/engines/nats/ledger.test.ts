import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../../../src/adapters/engines/nats/ledger.ts';
import { positionOf } from '../../../../../src/adapters/engines/nats/letters.ts';
import { connectionId, nodeId, type PeerId } from '../../../../../src/domain/ids.ts';

const LIMITS = {
  ...{ mailboxMessages: 10, mailboxBytes: 1_000, realmMailboxBytes: 1_000, mailboxesPerSender: 10, expireTimeout: 5_000 },
  lease: 3_000,
};
const [here, elsewhere] = [nodeId('here'), nodeId('elsewhere')];
const [ann, bob] = ['ann', 'bob'] as [PeerId, PeerId];
const [first, second] = [connectionId(1, 0), connectionId(2, 0)];
const BAG = 2;

/** Ann was elsewhere and went; then mail of hers was taken here. @param isErased the letter, before all this was read. */
function reading(isErased: boolean, takenElsewhere: number | undefined): Ledger {
  const ledger = new Ledger({ ...LIMITS, node: here });
  const written = (revision: number): { revision: number; at: number } => ({ revision, at: revision });
  ledger.readSeat(ann, { owner: { node: elsewhere, connection: first, digest: '' }, by: '1' }, written(1));
  const letter = { from: bob, to: ann, sender: undefined, kind: 'offer', payload: undefined } as const;
  if (!isErased) ledger.readBag({ of: 'bag', ticket: '2', author: here }, [letter, letter, letter], written(BAG));
  if (takenElsewhere !== undefined) {
    ledger.readTaken(ann, { node: elsewhere, connection: first, upTo: positionOf(BAG, takenElsewhere) }, written(3));
  }
  ledger.readSeat(ann, { owner: undefined, by: '4' }, written(4));
  ledger.readTaken(ann, { node: here, connection: second, upTo: positionOf(BAG, 2) }, written(5));
  return ledger;
}

describe('what a node has taken', () => {
  it.each([true, false])('O11: is what nobody had taken before, as far as it stands there or not (erased: %s)', (isErased) => {
    expect(reading(isErased, undefined).took(5)).toBe(0);
    expect(reading(isErased, 1).took(5)).toBe(positionOf(BAG, 1));
    expect(reading(isErased, 2).took(5)).toBe(positionOf(BAG, 2));
  });

  it('O11: is nothing where another owns the id', () => {
    const ledger = reading(false, undefined);
    ledger.readSeat(ann, { owner: { node: elsewhere, connection: first, digest: '' }, by: '6' }, { revision: 6, at: 6 });
    ledger.readTaken(ann, { node: here, connection: second, upTo: positionOf(BAG, 2) }, { revision: 7, at: 7 });
    expect(ledger.took(7)).toBeUndefined();
  });

  it('is told once', () => {
    const ledger = reading(false, 1);
    expect([ledger.took(5), ledger.took(5)]).toEqual([positionOf(BAG, 1), undefined]);
  });
});
