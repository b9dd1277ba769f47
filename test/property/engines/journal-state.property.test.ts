import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DELETE_GRACE_MS } from '../../../src/adapters/engines/nats/batch-table.ts';
import type { StoredMessage, ClaimOwner, ClaimEntry, RemovalEntry } from '../../../src/adapters/engines/nats/entries.ts';
import { messageIdOf } from '../../../src/adapters/engines/nats/keys.ts';
import { BUCKET_HISTORY, JournalState, type EntryPosition } from '../../../src/adapters/engines/nats/journal-state.ts';
import { connectionId, nodeId, type NodeId, type PeerId } from '../../../src/domain/ids.ts';

const LEASE = 1_000;
const LIMITS = {
  mailboxMessages: 3,
  mailboxBytes: 1_000,
  realmMailboxBytes: 2_500,
  mailboxesPerSender: 2,
  sendBufferBytes: 1_000,
  expireTimeout: 5_000,
};
const NODES = ['a', 'b', 'c'].map(nodeId) as [NodeId, NodeId, NodeId];
const IDS = ['ann', 'bob', 'cem', 'eve'] as PeerId[];

type Entry = EntryPosition &
  (
    | { readonly of: 'seat'; readonly id: PeerId; readonly seat: ClaimEntry }
    | { readonly of: 'taken'; readonly id: PeerId; readonly taken: RemovalEntry }
    | { readonly of: 'bag'; readonly ticket: string; readonly letters: readonly StoredMessage[] }
    | { readonly of: 'lease'; readonly node: NodeId }
  );

/** A journal as an engine keeps it: of each key the last entries, and what was erased is not there. */
class Journal {
  readonly ledger = newLedger(NODES[0]);
  readonly #erased = new Set<number>();
  #all: Entry[] = [];
  #revision = 0;
  at = 0;

  get stands(): readonly Entry[] {
    const younger = new Map<string, number>();
    const kept = this.#all.toReversed().filter((entry) => {
      const count = younger.get(keyOf(entry)) ?? 0;
      younger.set(keyOf(entry), count + 1);
      return count < BUCKET_HISTORY && !this.#erased.has(entry.revision);
    });
    return kept.toReversed();
  }

  append(entry: Entry extends infer E ? (E extends Entry ? Omit<E, keyof EntryPosition> : never) : never): number {
    const whole = { ...entry, revision: ++this.#revision, at: this.at } as Entry;
    this.#all.push(whole);
    enter(this.ledger, whole);
    // Whose bag says nothing any more erases it.
    for (const revision of this.ledger.batches.takeDeletable(this.ledger.now)) this.#erased.add(revision);
    return whole.revision;
  }
}

const deed = fc.oneof(
  fc.record({ do: fc.constant('claim' as const), node: fc.nat(2), id: fc.nat(3) }),
  fc.record({ do: fc.constant('release' as const), id: fc.nat(3) }),
  fc.record({ do: fc.constant('collect' as const), id: fc.nat(3), most: fc.nat(3) }),
  fc.record({
    do: fc.constant('put' as const),
    all: fc.array(fc.record({ from: fc.nat(3), to: fc.nat(3), isLate: fc.boolean(), size: fc.nat(300) }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({ do: fc.constant('keep' as const), node: fc.nat(2) }),
  fc.record({ do: fc.constant('wait' as const), span: fc.oneof(fc.nat(700), fc.nat(2 * DELETE_GRACE_MS)) }),
);

it('O3, O11: who begins to read later, when much was erased, comes to the same as who read it all', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const journal = new Journal();
      for (const node of NODES) journal.append({ of: 'lease', node });
      let count = 0;
      const owners = new Map<PeerId, ClaimOwner>();
      for (const one of deeds) {
        const id = 'id' in one ? (IDS[one.id] as PeerId) : (IDS[0] as PeerId);
        const seat = journal.ledger.claim(id);
        const changeId = String(++count);
        if (one.do === 'wait') journal.at += one.span;
        if (one.do === 'keep') journal.append({ of: 'lease', node: NODES[one.node] as NodeId });
        // A node that claims has kept its lease.
        if (one.do === 'claim') journal.append({ of: 'lease', node: NODES[one.node] as NodeId });
        if (one.do === 'claim') {
          const owner = { node: NODES[one.node] as NodeId, connection: connectionId(count, 0), digest: 'hers' };
          if (!owners.has(id)) owners.set(id, owner);
          journal.append({ of: 'seat', id, seat: { owner, changeId } });
        }
        if (one.do === 'release' && seat !== undefined) {
          journal.append({ of: 'seat', id, seat: { owner: undefined, changeId } });
        }
        if (one.do === 'collect') {
          const last = journal.ledger.messages.for(id).slice(0, one.most).at(-1);
          const { node, connection } = seat?.owner ?? { node: NODES[1], connection: connectionId(0, 0) };
          if (last !== undefined) journal.append({ of: 'taken', id, taken: { node, connection, upTo: last.position } });
        }
        if (one.do === 'put') {
          const letters = one.all.map(({ from, to, isLate, size }): StoredMessage => {
            const [sender, addressee] = [IDS[from], IDS[to]] as [PeerId, PeerId];
            const speaker = isLate ? owners.get(sender) : journal.ledger.claim(sender)?.owner;
            return { from: sender, to: addressee, sender: speaker, kind: 'offer', payload: new Uint8Array(size) };
          });
          journal.append({ of: 'bag', ticket: messageIdOf(NODES[0], count), letters });
        }
      }
      // Who begins to read says so: from that it knows what time it is.
      journal.append({ of: 'lease', node: nodeId('z') });
      const late = newLedger(NODES[2]);
      for (const entry of journal.stands) enter(late, entry);
      late.finishInitialRead(newLedger(NODES[2]), true);
      for (const id of IDS) {
        expect(late.activeOwner(id)).toEqual(journal.ledger.activeOwner(id));
        expect(late.messages.for(id).map(({ position }) => position)).toEqual(
          journal.ledger.messages.for(id).map(({ position }) => position),
        );
      }
      expect(late.messages.bytes).toBe(journal.ledger.messages.bytes);
      expect(late.claimCount).toBe(journal.ledger.claimCount);
    }),
    { numRuns: 1_000 },
  );
});

function newLedger(node: NodeId): JournalState {
  return new JournalState({ ...LIMITS, node, lease: LEASE });
}

function enter(ledger: JournalState, entry: Entry): void {
  if (entry.of === 'seat') ledger.applyClaim(entry.id, entry.seat, entry);
  else if (entry.of === 'taken') ledger.applyRemoval(entry.id, entry.taken, entry);
  else if (entry.of === 'bag')
    ledger.applyBatch({ kind: 'batch', messageId: entry.ticket, author: NODES[0] }, entry.letters, entry);
  else ledger.applyLease(entry.node, entry);
}

function keyOf(entry: Entry): string {
  if (entry.of === 'seat') return `seat ${entry.id}`;
  if (entry.of === 'taken') return `taken ${entry.id} ${entry.taken.node}`;
  return entry.of === 'bag' ? `bag ${entry.ticket}` : `lease ${entry.node}`;
}
